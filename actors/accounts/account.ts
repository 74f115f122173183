// An account: a name that only its password opens.
import { actor, limits, t } from "#runtime/mod.ts";

import type { Passwords } from "./passwords.ts";

const PasswordSchema = t.Object({ password: t.String({ minLength: 1, maxLength: limits.passwordLengthMax }) });

/** The key is that of the id (`idKey`), so that names which look alike are one account. */
export type AccountType = ReturnType<typeof createAccount>;

/** Hashing takes about a tenth of a second: whoever asks has been throttled before (`login-gate.ts`). */
export function createAccount(passwords: Passwords) {
  return actor("account", {
    state: () => ({ hash: "" }),
    durable: true,
    private: true,
    mailbox: { capacity: limits.accountMailboxMax },
  })
    .on("create", { in: PasswordSchema }, async (account, { password }) => {
      if (account.state.hash !== "") throw account.refuse("account.exists");
      const hash = await passwords.hash(password);
      if (hash === undefined) throw account.refuse("account.busy");
      account.state.hash = hash;
    })
    .read("verify", { in: PasswordSchema, out: t.Boolean() }, async (account, { password }) => {
      const { hash } = account.state;
      const matches = await passwords.verify(password, hash === "" ? undefined : hash);
      if (matches === undefined) throw account.refuse("account.busy");
      return matches;
    })
    .read("exists", { out: t.Boolean() }, ({ state }) => state.hash !== "");
}
