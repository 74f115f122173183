// What the programs of the mailbox experiment share: one command line, the same loops, and counts of what arrived.

import { heapStats } from "bun:jsc";
import { parseArgs } from "node:util";

import { parsePositive } from "./command-line.ts";
import { amountMax, type MailboxSample, parseRowKind, type RowKind, type Totals } from "./mailbox-rows.ts";
import { residentBytesOf } from "./process-facts.ts";

export interface WorkParameters {
  readonly kind: RowKind;
  readonly size: number;
  readonly sampleMs: number;
  readonly warmUpMs: number;
}

export type Work = (parameters: WorkParameters) => Promise<MailboxSample>;
export type Works = Partial<Readonly<Record<RowKind, Work>>>;

/** Actors that add up amounts, as one implementation has them; all loops over them are the same code. */
export interface Subject<Ref> {
  /** A new actor. The same index is not given twice. */
  start(index: number): Ref;
  /** The actor that was started with this index. */
  find(index: number): Ref;
  /** Answered with the amount by the actor that has added it. */
  ask(ref: Ref, amount: number): Promise<number>;
  /** Throws when the message is refused. */
  tell(ref: Ref, amount: number): void;
  /** What the actor has counted, once it has handled everything that was sent before. */
  totals(ref: Ref): Promise<Totals>;
  /** Three actors: each asks the next, and the last one adds. */
  startChain?(): Chain;
}

export interface Chain {
  /** Of the first. */
  ask(amount: number): Promise<number>;
  /** Of the last. */
  totals(): Promise<Totals>;
}

/** Asks of one timed batch: reading the clock for each would be measured too. */
const batchSize = 1_000;
/** Started in flight; below the bound of a mailbox, though each has its own. */
const startedAtOnce = 1_000;
/** Started actors stay: more of them would measure the memory of the machine. */
const warmedActorsMax = 100_000;
const timedActorsMax = 300_000;
const heldInWarmUp = 1_000;
const inMemory = ["ask", "in-flight", "tell", "chain", "activation", "memory"] as const satisfies RowKind[];

/** 1 to 1000, again and again; counts what it gave. */
export class Amounts {
  sent = 0;

  next(): number {
    return (this.sent++ % amountMax) + 1;
  }
}

/**
 * Runs the row that the command line names and prints its sample; ends the process, whatever timers are left. `worksIn`
 * is given an empty folder for rows that keep something on disk, else "".
 */
export async function runWorks(worksIn: (folder: string) => Works): Promise<void> {
  const { values } = parseArgs({
    options: {
      row: { type: "string", default: "ask" },
      size: { type: "string", default: "1" },
      "sample-ms": { type: "string", default: "1000" },
      "warm-up-ms": { type: "string", default: "500" },
      folder: { type: "string", default: "" },
    },
  });
  const kind = parseRowKind(values.row);
  const work = worksIn(values.folder)[kind];
  if (work === undefined) throw new TypeError(`Cannot run "${kind}": this program does not have it`);
  const sample = await work({
    kind,
    size: parsePositive(values.size),
    sampleMs: parsePositive(values["sample-ms"]),
    warmUpMs: parsePositive(values["warm-up-ms"]),
  });
  await Bun.write(Bun.stdout, `${JSON.stringify(sample)}\n`);
  process.exit(0);
}

/** The rows that need nothing but actors in memory. */
export function worksOf<Ref>(subject: Subject<Ref>): Pick<Required<Works>, (typeof inMemory)[number]> {
  return {
    ask: (parameters) => askInSequence(subject, parameters),
    "in-flight": (parameters) => askInFlight(subject, parameters),
    tell: (parameters) => tellInBursts(subject, parameters),
    chain: (parameters) => askThroughChain(subject, parameters),
    activation: (parameters) => startAndAsk(subject, parameters),
    memory: (parameters) => holdActors(subject, parameters),
  };
}

/** Batches until the time is over: first to warm up, then, after a full collection, timed. */
export async function measureRate(
  { warmUpMs, sampleMs }: Pick<WorkParameters, "warmUpMs" | "sampleMs">,
  batch: () => Promise<number>,
  operationsMax?: { readonly warmUp: number; readonly timed: number },
): Promise<{ operations: number; seconds: number }> {
  await runBatches(batch, warmUpMs, operationsMax?.warmUp);
  Bun.gc(true);
  return runBatches(batch, sampleMs, operationsMax?.timed);
}

/** Bytes alive after a full collection, and bytes the kernel has given the process. */
export function memoryInUse(): { heapBytes: number; residentBytes: number } {
  Bun.gc(true);
  Bun.gc(true);
  return { heapBytes: heapStats().heapSize, residentBytes: residentBytesOf(process.pid) };
}

/** What is held after less what was held before, for each of `operations` actors. */
export function memorySince(
  before: ReturnType<typeof memoryInUse>,
): Required<Pick<MailboxSample, "heapBytes" | "residentBytes" | "processBytes">> {
  const after = memoryInUse();
  return {
    heapBytes: after.heapBytes - before.heapBytes,
    residentBytes: after.residentBytes - before.residentBytes,
    processBytes: after.residentBytes,
  };
}

/** Asks actors `from` up to, not including, `to` once each, a thousand of them in flight. */
export async function askEach<Ref>(
  subject: Pick<Subject<Ref>, "ask">,
  refOf: (index: number) => Ref,
  { from, to, amounts }: { readonly from: number; readonly to: number; readonly amounts: Amounts },
): Promise<Totals> {
  const answers: Promise<number>[] = [];
  let sum = 0;
  for (let start = from; start < to; start += startedAtOnce) {
    const end = Math.min(to, start + startedAtOnce);
    for (let index = start; index < end; index++) answers.push(subject.ask(refOf(index), amounts.next()));
    for (const answer of answers) sum += await answer;
    answers.length = 0;
  }
  return { count: to - from, sum };
}

/** What actors `from` up to, not including, `to` have counted, together. */
export async function totalsOfEach<Ref>(
  subject: Pick<Subject<Ref>, "find" | "totals">,
  from: number,
  to: number,
): Promise<Totals> {
  const waiting: Promise<Totals>[] = [];
  const together = { count: 0, sum: 0 };
  for (let start = from; start < to; start += startedAtOnce) {
    const end = Math.min(to, start + startedAtOnce);
    for (let index = start; index < end; index++) waiting.push(subject.totals(subject.find(index)));
    for (const totals of waiting) add(together, await totals);
    waiting.length = 0;
  }
  return together;
}

export function add(together: { count: number; sum: number }, { count, sum }: Totals): void {
  together.count += count;
  together.sum += sum;
}

async function runBatches(
  batch: () => Promise<number>,
  forMs: number,
  operationsMax = Number.POSITIVE_INFINITY,
): Promise<{ operations: number; seconds: number }> {
  const startedMs = performance.now();
  let operations = 0;
  let nowMs = startedMs;
  do {
    operations += await batch();
    nowMs = performance.now();
  } while (nowMs - startedMs < forMs && operations < operationsMax);
  return { operations, seconds: (nowMs - startedMs) / 1_000 };
}

async function askInSequence<Ref>(subject: Subject<Ref>, parameters: WorkParameters): Promise<MailboxSample> {
  const ref = subject.start(0);
  const amounts = new Amounts();
  let answered = 0;
  const timed = await measureRate(parameters, async () => {
    for (let count = 0; count < batchSize; count++) answered += await subject.ask(ref, amounts.next());
    return batchSize;
  });
  const { sent } = amounts;
  return { ...timed, sent, counted: [{ count: sent, sum: answered }, await subject.totals(ref)] };
}

async function askInFlight<Ref>(subject: Subject<Ref>, parameters: WorkParameters): Promise<MailboxSample> {
  const ref = subject.start(0);
  const amounts = new Amounts();
  const answers: Promise<number>[] = [];
  const { size } = parameters;
  let answered = 0;
  const timed = await measureRate(parameters, async () => {
    for (let index = 0; index < size; index++) answers[index] = subject.ask(ref, amounts.next());
    for (let index = 0; index < size; index++) answered += await answers[index]!;
    return size;
  });
  const { sent } = amounts;
  return { ...timed, sent, counted: [{ count: sent, sum: answered }, await subject.totals(ref)] };
}

/** A burst, then an ask for what has arrived: a message that was dropped is found, and no mailbox overflows. */
async function tellInBursts<Ref>(subject: Subject<Ref>, parameters: WorkParameters): Promise<MailboxSample> {
  const ref = subject.start(0);
  const amounts = new Amounts();
  const { size } = parameters;
  let totals: Totals = { count: 0, sum: 0 };
  const timed = await measureRate(parameters, async () => {
    for (let count = 0; count < size; count++) subject.tell(ref, amounts.next());
    totals = await subject.totals(ref);
    if (totals.count !== amounts.sent) throw new Error(`Lost messages: ${totals.count} of ${amounts.sent} arrived`);
    return size;
  });
  return { ...timed, sent: amounts.sent, counted: [totals] };
}

async function askThroughChain<Ref>(subject: Subject<Ref>, parameters: WorkParameters): Promise<MailboxSample> {
  if (subject.startChain === undefined) throw new TypeError("Cannot run the chain: this program does not have one");
  const chain = subject.startChain();
  const amounts = new Amounts();
  let answered = 0;
  const timed = await measureRate(parameters, async () => {
    for (let count = 0; count < batchSize; count++) answered += await chain.ask(amounts.next());
    return batchSize;
  });
  const { sent } = amounts;
  return { ...timed, sent, counted: [{ count: sent, sum: answered }, await chain.totals()] };
}

async function startAndAsk<Ref>(subject: Subject<Ref>, parameters: WorkParameters): Promise<MailboxSample> {
  const amounts = new Amounts();
  const { size } = parameters;
  let started = 0;
  let answered = 0;
  const start = (index: number): Ref => subject.start(index);
  const batch = async (): Promise<number> => {
    const { sum } = await askEach(subject, start, { from: started, to: started + size, amounts });
    started += size;
    answered += sum;
    return size;
  };
  const timed = await measureRate(parameters, batch, { warmUp: warmedActorsMax, timed: timedActorsMax });
  const counted = [{ count: started, sum: answered }, await totalsOfEach(subject, 0, started)];
  return { ...timed, sent: amounts.sent, counted };
}

/** Each actor has handled one message, so that it holds all that an idle one holds. */
async function holdActors<Ref>(subject: Subject<Ref>, { size }: WorkParameters): Promise<MailboxSample> {
  const amounts = new Amounts();
  const start = (index: number): Ref => subject.start(index);
  const together = { count: 0, sum: 0 };
  add(together, await askEach(subject, start, { from: 0, to: heldInWarmUp, amounts }));
  await totalsOfEach(subject, 0, heldInWarmUp);
  const before = memoryInUse();
  const startedMs = performance.now();
  const all = heldInWarmUp + size;
  add(together, await askEach(subject, start, { from: heldInWarmUp, to: all, amounts }));
  const seconds = (performance.now() - startedMs) / 1_000;
  const memory = memorySince(before);
  const counted = [together, await totalsOfEach(subject, 0, all)];
  return { operations: size, seconds, ...memory, sent: amounts.sent, counted };
}
