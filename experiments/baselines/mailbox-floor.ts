// The floor of the mailbox experiment: bare Bun doing the same work, with no actors and nothing checked.

import { Database } from "bun:sqlite";
import { join } from "node:path";

import { limits } from "#runtime/limits.ts";

import { worksOf } from "../lib/mailbox-loops.ts";
import type { MailboxSample, Totals } from "../lib/mailbox-rows.ts";
import { type Account, createAccount, type DurableSubject, durableWorksOf } from "../lib/mailbox-sleep.ts";
import {
  Amounts,
  measureRate,
  runWorks,
  type Subject,
  totalsOfEach,
  type WorkParameters,
} from "../lib/mailbox-work.ts";

interface Message {
  readonly amount: number;
}

interface Receiver {
  count: number;
  sum: number;
}

type Resolve = (amount: number) => void;

/** What was put in one go is handled at the next microtask: the least that answers later, and in order. */
class Queue {
  readonly #receivers: Receiver[] = [];
  readonly #messages: Message[] = [];
  readonly #resolves: (Resolve | undefined)[] = [];
  #waiting = 0;

  ask(receiver: Receiver, message: Message): Promise<number> {
    const answer = new Promise<number>(this.#keepResolve);
    this.#put(receiver, message);
    return answer;
  }

  tell(receiver: Receiver, message: Message): void {
    this.#resolves[this.#waiting] = undefined;
    this.#put(receiver, message);
  }

  readonly #keepResolve = (resolve: Resolve): void => {
    this.#resolves[this.#waiting] = resolve;
  };

  #put(receiver: Receiver, message: Message): void {
    this.#receivers[this.#waiting] = receiver;
    this.#messages[this.#waiting++] = message;
    if (this.#waiting === 1) queueMicrotask(this.#run);
  }

  readonly #run = (): void => {
    const waiting = this.#waiting;
    this.#waiting = 0;
    for (let index = 0; index < waiting; index++) {
      const { amount } = this.#messages[index]!;
      const receiver = this.#receivers[index]!;
      receiver.count++;
      receiver.sum += amount;
      this.#resolves[index]?.(amount);
    }
  };
}

/** A map of plain objects and one queue; a chain is three functions that wait for one another. */
function createSubject(): Subject<Receiver> {
  const queue = new Queue();
  const receivers = new Map<string, Receiver>();
  const start = (index: number): Receiver => {
    const receiver = { count: 0, sum: 0 };
    receivers.set(`actor-${index}`, receiver);
    return receiver;
  };
  const totals = async (receiver: Receiver): Promise<Totals> => {
    await queue.ask({ count: 0, sum: 0 }, { amount: 0 }); // what was put before has been handled then
    const { count, sum } = receiver;
    return { count, sum };
  };
  return {
    start,
    find: (index) => receivers.get(`actor-${index}`)!,
    ask: (receiver, amount) => queue.ask(receiver, { amount }),
    tell: (receiver, amount) => queue.tell(receiver, { amount }),
    totals,
    startChain() {
      const last = start(0);
      const askLast = async (message: Message): Promise<number> => await queue.ask(last, message);
      const askMiddle = async (message: Message): Promise<number> => await askLast(message);
      return { ask: (amount) => askMiddle({ amount }), totals: () => totals(last) };
    },
  };
}

interface Waiting {
  readonly key: string;
  readonly amount: number;
  readonly resolve: Resolve;
}

interface Awake {
  readonly account: Account;
  readonly idleSinceMs: number;
}

/** As Correio keeps them, so that the same bytes go to the disk. */
const schema = `CREATE TABLE actors (
  type TEXT NOT NULL, key TEXT NOT NULL,
  version INTEGER NOT NULL, epoch INTEGER NOT NULL, state_version INTEGER NOT NULL, state TEXT NOT NULL,
  PRIMARY KEY (type, key)) STRICT`;

/** Rows of a table, written in groups by one prepared statement; beside it a map of what is awake. */
class RawStore implements DurableSubject<string> {
  readonly #begin;
  readonly #upsert;
  readonly #select;
  readonly #commit;
  readonly #awake = new Map<string, Awake>();
  #waiting: Waiting[] = [];

  constructor(folder: string) {
    const database = new Database(join(folder, "floor.db"), { create: true });
    database.run("PRAGMA journal_mode = WAL");
    database.run("PRAGMA synchronous = FULL");
    database.run(`PRAGMA cache_size = ${-limits.storeCacheBytes / 1_024}`);
    database.run(schema);
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#select = database.prepare<{ state: string }, [string]>(
      "SELECT state FROM actors WHERE type = 'account' AND key = ?",
    );
    this.#upsert = database.prepare<undefined, [string, number, string]>(
      `INSERT INTO actors VALUES ('account', ?, ?, 1, 1, ?)
       ON CONFLICT DO UPDATE SET version = excluded.version, epoch = excluded.epoch, state = excluded.state`,
    );
  }

  find(index: number): string {
    return `actor-${index}`;
  }

  /** What is asked in one go is one transaction. */
  ask(key: string, amount: number): Promise<number> {
    return new Promise((resolve) => {
      this.#waiting.push({ key, amount, resolve });
      if (this.#waiting.length === 1) queueMicrotask(this.#commitWaiting);
    });
  }

  async totals(key: string): Promise<Totals> {
    const { count, sum } = this.#wake(key);
    return { count, sum };
  }

  /** Each is looked at, as a timer would. */
  async sleep(): Promise<number> {
    const nowMs = performance.now();
    let slept = 0;
    for (const [key, { idleSinceMs }] of this.#awake) {
      if (idleSinceMs <= nowMs && this.#awake.delete(key)) slept++;
    }
    return slept;
  }

  resident(): number {
    return this.#awake.size;
  }

  /** One transaction, durable when it returns: every key gets the next amount. */
  commitGroup(keys: readonly string[], amounts: Amounts): void {
    this.#begin.run();
    for (const key of keys) this.#add(key, amounts.next());
    this.#commit.run();
  }

  readonly #commitWaiting = (): void => {
    const group = this.#waiting;
    this.#waiting = [];
    this.#begin.run();
    for (const { key, amount } of group) this.#add(key, amount);
    this.#commit.run();
    for (const { amount, resolve } of group) resolve(amount);
  };

  #add(key: string, amount: number): void {
    const account = this.#wake(key);
    account.count++;
    account.sum += amount;
    this.#upsert.run(key, account.count, JSON.stringify(account));
  }

  #wake(key: string): Account {
    const awake = this.#awake.get(key);
    if (awake !== undefined) return awake.account;
    const stored = this.#select.get(key);
    const account = stored === null ? createAccount() : (JSON.parse(stored.state) as Account);
    this.#awake.set(key, { account, idleSinceMs: performance.now() });
    return account;
  }
}

/** Nobody asks and nobody waits: the disk and SQLite set the pace. */
async function commitGroups(store: RawStore, parameters: WorkParameters): Promise<MailboxSample> {
  const keys = Array.from({ length: parameters.size }, (_, index) => store.find(index));
  const amounts = new Amounts();
  const timed = await measureRate(parameters, async () => {
    store.commitGroup(keys, amounts);
    return keys.length;
  });
  await store.sleep();
  return { ...timed, sent: amounts.sent, counted: [await totalsOfEach(store, 0, keys.length)] };
}

if (import.meta.main) {
  await runWorks((folder) => {
    if (folder === "") return worksOf(createSubject());
    const store = new RawStore(folder);
    return { ...durableWorksOf(store), durable: (parameters) => commitGroups(store, parameters) };
  });
}
