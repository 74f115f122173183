// An account: a name that only its password opens.
import { actor, limits, type ReadContext, type Refusal, t } from "#runtime/mod.ts";

import type { HashAsker, Passwords } from "./passwords.ts";

const Password = t.String({ minLength: 1, maxLength: limits.passwordLengthMax });
const RemoteAddress = t.String({ description: "Where whoever gives it is connected from" });
const PasswordSchema = t.Object({ password: Password, remoteAddress: RemoteAddress });
const ChangeSchema = t.Object({ password: Password, next: Password, remoteAddress: RemoteAddress });

type Asked = Pick<ReadContext<unknown>, "signal" | "refuse">;

/** The key is that of the id (`idKey`), so that names which look alike are one account. */
export type AccountType = ReturnType<typeof createAccount>;

/**
 * Hashing takes about a quarter of a second: whoever asks has been throttled before (`login-gate.ts`). What waits for
 * it is not hashed any more when its asker is gone, or has no time left.
 */
export function createAccount(passwords: Passwords) {
  return actor("account", {
    about: "A name that only its password opens; the key is the name as it is compared",
    aboutMethods: {
      create: "Gives the name a password, where it has none",
      change: "Replaces the password by another one",
      verify: "Whether this is the password",
      exists: "Whether the name has a password",
    },
    state: () => ({ hash: "" }),
    durable: true,
    private: true,
    mailbox: { capacity: limits.accountMailboxMax },
  })
    .on("create", { in: PasswordSchema }, async (account, { password, remoteAddress }) => {
      if (account.state.hash !== "") throw account.refuse("account.exists");
      const hash = await passwords.hash(password, askerOf(account, remoteAddress));
      if (hash === undefined) throw notHashed(account);
      account.state.hash = hash;
    })
    .on("change", { in: ChangeSchema }, async (account, { password, next, remoteAddress }) => {
      const { hash: known } = account.state;
      const asker = askerOf(account, remoteAddress);
      const matches = await passwords.verify(password, known === "" ? undefined : known, asker);
      if (matches === false) throw account.refuse("account.bad_password");
      if (password === next) throw account.refuse("account.same_password");
      const hash = matches === undefined ? undefined : await passwords.hash(next, asker);
      if (hash === undefined) throw notHashed(account);
      account.state.hash = hash;
    })
    .read("verify", { in: PasswordSchema, out: t.Boolean() }, async (account, { password, remoteAddress }) => {
      const { hash } = account.state;
      const asker = askerOf(account, remoteAddress);
      const matches = await passwords.verify(password, hash === "" ? undefined : hash, asker);
      if (matches === undefined) throw notHashed(account);
      return matches;
    })
    .read("exists", { out: t.Boolean() }, ({ state }) => state.hash !== "");
}

/** Options of whoever asks for a hash: many may wait for theirs, and it is given up with the connection. */
export function whileWanted({ signal }: Pick<ReadContext<unknown>, "signal">) {
  return { signal, timeoutMs: limits.passwordTimeoutMs };
}

function askerOf({ signal }: Asked, remoteAddress: string): HashAsker {
  return { remoteAddress, signal };
}

/** Whoever is gone hears nothing of it: it is counted. */
function notHashed(account: Asked): Refusal {
  return account.refuse(account.signal.aborted ? "account.asker_gone" : "account.busy");
}
