// For tests: tokens, sign-ins and an audit as a gateway is given them, in memory and with a clock that tests set.

import { addSignIn, addToken, noAccess, removeToken, signInOf, type Token, tokenOf } from "#actors/access/records.ts";
import { type AuditEntry, fits } from "#actors/audit/entries.ts";
import { Refusal, RuntimeError } from "#runtime/mod.ts";

import type { AuditPort } from "./audit-trail.ts";
import type { GatewayClock } from "./front-door.ts";
import type { AccessPort } from "./identity.ts";

/** Stands still between two calls of `pass`. */
class TestClock implements GatewayClock {
  #nowMs = 1_735_689_600_000;

  unixMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }
}

/** `entries` is the audit, oldest first; while `failing` neither can be read or written. */
export class TestAccess {
  readonly clock = new TestClock();
  readonly entries: AuditEntry[] = [];
  failing = false;

  readonly #state = noAccess();

  readonly access: AccessPort = {
    holder: async ({ digest }) => {
      this.#check();
      return found(tokenOf(this.#state, digest, this.clock.unixMs()));
    },
    signedIn: async ({ digest }) => {
      this.#check();
      const signIn = signInOf(this.#state, digest, this.clock.unixMs());
      if (signIn === undefined) return {};
      return { by: signIn.token, ...found(tokenOf(this.#state, signIn.token, this.clock.unixMs())) };
    },
    signIn: async ({ digest, token }) => {
      this.#check();
      addSignIn(this.#state, digest, token, this.clock.unixMs());
      return true;
    },
    signOut: async ({ digest }) => void delete this.#state.signIns[digest],
    list: async () => Object.values(this.#state.tokens),
    create: async (wanted) => {
      this.#check();
      const token = addToken(this.#state, wanted, this.clock.unixMs());
      if (typeof token === "string") throw new Refusal(token);
      return token;
    },
    revoke: async ({ id }) => removeToken(this.#state, id),
  };

  readonly audit: AuditPort = {
    begin: async (act) => {
      this.#check();
      return this.entries.push({ number: this.entries.length + 1, ...act });
    },
    page: async (query) => {
      const { before = this.entries.length + 1, limit } = query;
      const older = this.entries.filter((entry) => entry.number < before && fits(entry, query)).toReversed();
      const items = older.slice(0, limit);
      return items.length < older.length ? { items, next: items.at(-1)?.number ?? 1 } : { items };
    },
    tell: {
      begin: (act) => this.entries.push({ number: this.entries.length + 1, ...act }),
      end: ({ number, ...end }) => Object.assign(this.entries[number - 1] ?? {}, end),
      refused: (refused) => this.entries.push({ number: this.entries.length + 1, ...refused }),
    },
  };

  #check(): void {
    if (this.failing) throw new RuntimeError("store.full", "Cannot commit: the disk is full");
  }
}

function found(token: Token | undefined): { readonly token?: Token } {
  return token === undefined ? {} : { token };
}
