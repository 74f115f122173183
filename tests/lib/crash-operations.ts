// What the clients of the crash test do: every operation follows from the seed, so both processes know it untold.
import { createRandom } from "#runtime/base/random.ts";
import type { MissedPolicy } from "#runtime/core/stored.ts";

interface Known {
  /** `life.client.number`: names what the operation leaves behind, and is its `once` where it has one. */
  readonly id: string;
  readonly once: boolean;
  /** Of the actor that is asked. */
  readonly key: string;
}

export type Operation =
  | (Known & { readonly kind: "add"; readonly amount: number; readonly refused: boolean })
  | (Known & { readonly kind: "transfer"; readonly from: string; readonly to: string; readonly amount: number })
  | (Known & { readonly kind: "append"; readonly length: number })
  | (Known & { readonly kind: "note"; readonly amount: number })
  | (Known & { readonly kind: "wake"; readonly afterMs: number; readonly missed: MissedPolicy });

/** What an operation leaves behind: the entry of this id in the numbered list of that actor. */
export interface ExpectedEntry {
  readonly place: string;
  readonly id: string;
  readonly amount: number;
}

/** What a refusal is reported as; numbers in lists begin with 1. */
export const REFUSED = 0;

const ACCOUNTS = 12;
const LOGS = 3;
const TELLERS = 4;
/** So few that each is met again, so many that most are asleep. */
const SLEEPERS = 60;
/** Lives that share their sleepers: each has a state from lives before, which does not grow for ever. */
const LIVES_OF_SLEEPERS = 8;
const TIMEKEEPERS = 2;
const POLICIES: readonly MissedPolicy[] = ["once", "all", "skip"];

const accounts = keys("account", ACCOUNTS);
export const tellers = keys("teller", TELLERS);

/** Alarm actors of one life: the next one ends them. */
export function timekeepersOf(life: number): readonly string[] {
  return keys(`life-${life}`, TIMEKEEPERS);
}

/** The operation that this client does as its `number`th, counted from 1, in this life of the process. */
export function operationAt(seed: number, life: number, client: number, number: number): Operation {
  const mixed = [seed, life, client, number].reduce((mix, each) => Math.imul(mix ^ each, 0x9e3779b1) ^ (mix >>> 13), 7);
  const random = createRandom(mixed);
  const below = (bound: number): number => Math.floor(random.next() * bound);
  const oneOf = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;
  const known = { id: `${life}.${client}.${number}`, once: below(2) === 1 };
  const amount = 1 + below(1_000);
  const kind = random.next();
  if (kind < 0.35) return { ...known, kind: "add", key: oneOf(accounts), amount, refused: below(10) === 0 };
  if (kind < 0.55) {
    const from = below(ACCOUNTS);
    const to = (from + 1 + below(ACCOUNTS - 1)) % ACCOUNTS;
    const parties = { from: accounts[from] as string, to: accounts[to] as string };
    return { ...known, once: true, kind: "transfer", key: oneOf(tellers), amount, ...parties };
  }
  if (kind < 0.7) return { ...known, kind: "append", key: oneOf(keys("log", LOGS)), length: below(2_000) };
  if (kind < 0.92) {
    const group = Math.floor(life / LIVES_OF_SLEEPERS);
    return { ...known, kind: "note", key: oneOf(keys(`group-${group}`, SLEEPERS)), amount };
  }
  const when = { afterMs: 5 + below(46), missed: oneOf(POLICIES) };
  return { ...known, kind: "wake", key: oneOf(timekeepersOf(life)), ...when };
}

/** The entries that an operation with this answer has made, or would make. */
export function entriesOf(operation: Operation, answer: number): readonly ExpectedEntry[] {
  const { kind, id, key } = operation;
  switch (kind) {
    case "add":
      return [{ place: `account/${key}`, id, amount: operation.amount }];
    case "append":
      return [{ place: `log/${key}`, id, amount: operation.length }];
    case "note":
      return [{ place: `sleeper/${key}`, id, amount: operation.amount }];
    case "wake":
      return [{ place: `timekeeper/${key}`, id, amount: operation.afterMs }];
    case "transfer": {
      if (answer === REFUSED) return [];
      const { from, to, amount } = operation;
      return [
        { place: `account/${from}`, id: `${id}-`, amount: -amount },
        { place: `account/${to}`, id: `${id}+`, amount },
      ];
    }
  }
}

function keys(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}`);
}
