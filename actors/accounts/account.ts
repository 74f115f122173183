// An account: a name that only its password opens.
import { actor, limits, type ReadContext, type Refusal, t } from "#runtime/mod.ts";

import { type Id, NAME_PATTERN } from "../chat/names.ts";
import type { HashAsker, Passwords } from "./passwords.ts";

const Password = t.String({ minLength: 1, maxLength: limits.passwordLengthMax });
const RemoteAddress = t.String({ description: "Where whoever gives it is connected from" });
const PasswordSchema = t.Object({ password: Password, remoteAddress: RemoteAddress });
const CreateSchema = t.Object({
  ...PasswordSchema.properties,
  name: t.Optional(t.Unsafe<Id>(t.String({ pattern: NAME_PATTERN, description: "As its owner writes it" }))),
});
const ChangeSchema = t.Object({ password: Password, next: Password, remoteAddress: RemoteAddress });

export interface AccountState {
  /** Empty: there is no such account. */
  hash: string;
  /** Empty where an earlier version made it, or whoever made it did not say. */
  name: string;
  /** Unix milliseconds; 0 where an earlier version made it. */
  createdAt: number;
  /** By an operator: its password opens nothing. */
  disabled: boolean;
}

type Asked = Pick<ReadContext<unknown>, "signal" | "refuse">;

/** The key is that of the id (`idKey`), so that names which look alike are one account. */
export type AccountType = ReturnType<typeof createAccount>;

/**
 * Hashing takes about a quarter of a second: whoever asks has been throttled before (`login-gate.ts`). What waits for
 * it is not hashed any more when its asker is gone, or has no time left. `disable`, `enable` and `reset` are for an
 * operator, who ends the sessions that are there; whoever gets in at the same moment asks `isDisabled` himself.
 */
export function createAccount(passwords: Passwords) {
  return actor("account", {
    about: "A name that only its password opens; the key is the name as it is compared",
    aboutMethods: {
      create: "Gives the name a password, where it has none",
      change: "Replaces the password by another one",
      verify: "Whether this is the password",
      exists: "Whether the name has a password",
      disable: "Lets nobody log in with it any more",
      enable: "Lets its owner log in again",
      reset: "Gives it another password, whatever it had",
      isDisabled: "Whether nobody may log in with it",
    },
    state: (): AccountState => ({ hash: "", name: "", createdAt: 0, disabled: false }),
    durable: true,
    // A program that knows nothing of `disabled` must not let anybody in.
    version: 2,
    upgrade: { 1: ({ hash }: { hash: string }): AccountState => ({ hash, name: "", createdAt: 0, disabled: false }) },
    private: true,
    mailbox: { capacity: limits.accountMailboxMax },
  })
    .on("create", { in: CreateSchema }, async (account, { password, remoteAddress, name = "" }) => {
      if (account.state.hash !== "") throw account.refuse("account.exists");
      const hash = await passwords.hash(password, askerOf(account, remoteAddress));
      if (hash === undefined) throw notHashed(account);
      Object.assign(account.state, { hash, name, createdAt: Math.floor(account.turnStartedAt) });
    })
    .on("change", { in: ChangeSchema }, async (account, { password, next, remoteAddress }) => {
      const { hash: known } = account.state;
      const asker = askerOf(account, remoteAddress);
      const matches = await passwords.verify(password, known === "" ? undefined : known, asker);
      if (matches === false) throw account.refuse("account.bad_password");
      if (matches === true && account.state.disabled) throw account.refuse("account.disabled");
      if (password === next) throw account.refuse("account.same_password");
      const hash = matches === undefined ? undefined : await passwords.hash(next, asker);
      if (hash === undefined) throw notHashed(account);
      account.state.hash = hash;
    })
    .read("verify", { in: PasswordSchema, out: t.Boolean() }, async (account, { password, remoteAddress }) => {
      const { hash, disabled } = account.state;
      const asker = askerOf(account, remoteAddress);
      const matches = await passwords.verify(password, hash === "" ? undefined : hash, asker);
      if (matches === undefined) throw notHashed(account);
      // Only to its owner: whoever guesses learns nothing.
      if (matches && disabled) throw account.refuse("account.disabled");
      return matches;
    })
    .on("disable", {}, (account) => {
      requireMade(account);
      account.state.disabled = true;
    })
    .on("enable", {}, (account) => {
      requireMade(account);
      account.state.disabled = false;
    })
    .on("reset", { in: PasswordSchema }, async (account, { password, remoteAddress }) => {
      requireMade(account);
      const hash = await passwords.hash(password, askerOf(account, remoteAddress));
      if (hash === undefined) throw notHashed(account);
      account.state.hash = hash;
    })
    .read("exists", { out: t.Boolean() }, ({ state }) => state.hash !== "")
    .read("isDisabled", { out: t.Boolean() }, ({ state }) => state.disabled);
}

/** Options of whoever asks for a hash: many may wait for theirs, and it is given up with the connection. */
export function whileWanted({ signal }: Pick<ReadContext<unknown>, "signal">) {
  return { signal, timeoutMs: limits.passwordTimeoutMs };
}

function askerOf({ signal }: Asked, remoteAddress: string): HashAsker {
  return { remoteAddress, signal };
}

function requireMade(account: Asked & { readonly state: AccountState }): void {
  if (account.state.hash === "") throw account.refuse("account.unknown");
}

/** Whoever is gone hears nothing of it: it is counted. */
function notHashed(account: Asked): Refusal {
  return account.refuse(account.signal.aborted ? "account.asker_gone" : "account.busy");
}
