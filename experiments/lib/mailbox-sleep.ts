// Rows of the mailbox experiment about actors whose state is on disk: committed, put to sleep, woken.

import { type MailboxSample, type Totals } from "./mailbox-rows.ts";
import {
  add,
  Amounts,
  askEach,
  measureRate,
  memoryInUse,
  memorySince,
  type Subject,
  totalsOfEach,
  type WorkParameters,
  type Works,
} from "./mailbox-work.ts";

/** What every durable actor keeps: about 200 bytes as JSON, of which each message changes two numbers. */
export interface Account {
  count: number;
  sum: number;
  readonly owner: string;
  readonly address: string;
  readonly tags: readonly string[];
}

/** Actors whose state is committed before they answer; `find` wakes those that sleep. */
export interface DurableSubject<Ref> extends Pick<Subject<Ref>, "find" | "ask" | "totals"> {
  /** Everyone leaves memory; resolves with how many did. */
  sleep(): Promise<number>;
  /** Actors in memory. */
  resident(): number;
}

/** Actors that warm a row up, beside those that are measured. */
const warmShare = 0.2;
/** Asks that one of the concurrent askers makes before it waits for the others. */
const asksInRow = 32;

export function createAccount(): Account {
  return {
    count: 0,
    sum: 0,
    owner: "Maria da Conceição Albuquerque",
    address: "Rua do Correio 1752, São Luís, Maranhão, 65010-000",
    tags: ["first class", "registered", "signature required"],
  };
}

export function durableWorksOf<Ref>(subject: DurableSubject<Ref>): Works {
  return {
    wake: (parameters) => wakeAll(subject, parameters),
    hibernation: (parameters) => sleepAll(subject, parameters),
    durable: (parameters) => askDurably(subject, parameters),
    asleep: (parameters) => holdSleepers(subject, parameters),
  };
}

/** Each asker has an actor of its own, and asks again when it has been answered. */
async function askDurably<Ref>(subject: DurableSubject<Ref>, parameters: WorkParameters): Promise<MailboxSample> {
  const refs = Array.from({ length: parameters.size }, (_, index) => subject.find(index));
  const amounts = new Amounts();
  let answered = 0;
  const askInRow = async (ref: Ref): Promise<void> => {
    for (let count = 0; count < asksInRow; count++) {
      const amount = await subject.ask(ref, amounts.next());
      answered += amount;
    }
  };
  const timed = await measureRate(parameters, async () => {
    await Promise.all(refs.map(askInRow));
    return refs.length * asksInRow;
  });
  await sleepFully(subject);
  const { sent } = amounts;
  const stored = await totalsOfEach(subject, 0, refs.length);
  return { ...timed, sent, counted: [{ count: sent, sum: answered }, stored] };
}

/** Every actor is asked what it has counted; none of them is in memory. */
async function wakeAll<Ref>(subject: DurableSubject<Ref>, { size }: WorkParameters): Promise<MailboxSample> {
  const warm = Math.ceil(size * warmShare);
  const all = warm + size;
  const { sent, answered } = await fill(subject, 0, all, new Amounts());
  await sleepFully(subject);
  const woken = { ...(await totalsOfEach(subject, 0, warm)) };
  Bun.gc(true);
  const startedMs = performance.now();
  add(woken, await totalsOfEach(subject, warm, all));
  const seconds = (performance.now() - startedMs) / 1_000;
  return { operations: size, seconds, sent, counted: [answered, woken] };
}

async function sleepAll<Ref>(subject: DurableSubject<Ref>, { size }: WorkParameters): Promise<MailboxSample> {
  const { sent, answered } = await fill(subject, 0, size, new Amounts());
  await sleepFully(subject);
  const woken = await totalsOfEach(subject, 0, size);
  Bun.gc(true);
  const startedMs = performance.now();
  const operations = await sleepFully(subject);
  const seconds = (performance.now() - startedMs) / 1_000;
  return { operations, seconds, sent, counted: [answered, woken, await totalsOfEach(subject, 0, size)] };
}

/** What actors leave behind in memory that have been there and sleep now. */
async function holdSleepers<Ref>(subject: DurableSubject<Ref>, { size }: WorkParameters): Promise<MailboxSample> {
  const warm = Math.ceil(size * warmShare);
  const all = warm + size;
  const amounts = new Amounts();
  const together = { count: 0, sum: 0 };
  add(together, (await fill(subject, 0, warm, amounts)).answered);
  await sleepFully(subject);
  const before = memoryInUse();
  const startedMs = performance.now();
  add(together, (await fill(subject, warm, all, amounts)).answered);
  await sleepFully(subject);
  const seconds = (performance.now() - startedMs) / 1_000;
  const memory = memorySince(before);
  const counted = [together, await totalsOfEach(subject, 0, all)];
  return { operations: size, seconds, ...memory, sent: amounts.sent, counted };
}

async function fill<Ref>(
  subject: DurableSubject<Ref>,
  from: number,
  to: number,
  amounts: Amounts,
): Promise<{ sent: number; answered: Totals }> {
  const answered = await askEach(subject, (index) => subject.find(index), { from, to, amounts });
  return { sent: amounts.sent, answered };
}

async function sleepFully<Ref>(subject: DurableSubject<Ref>): Promise<number> {
  const slept = await subject.sleep();
  if (subject.resident() > 0) throw new Error(`Cannot measure sleep: ${subject.resident()} actors are still awake`);
  return slept;
}
