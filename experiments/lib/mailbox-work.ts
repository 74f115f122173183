// What the programs of the mailbox experiment share: a command line, what is timed and weighed, counts of what arrived.

import { heapStats } from "bun:jsc";
import { parseArgs } from "node:util";

import { parseName, parsePositive } from "./command-line.ts";
import { amountMax, type MailboxSample, type RowKind, rowKinds, type Totals } from "./mailbox-rows.ts";
import { residentBytesOf } from "./process-facts.ts";

export interface WorkParameters {
  readonly kind: RowKind;
  readonly size: number;
  readonly sampleMs: number;
  readonly warmUpMs: number;
}

export type Work = (parameters: WorkParameters) => Promise<MailboxSample>;
export type Works = Partial<Readonly<Record<RowKind, Work>>>;

/** Actors that add up amounts, as one implementation has them; the loops over them are the same code for all. */
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

/** Started in flight; below the bound of a mailbox, though each has its own. */
const startedAtOnce = 1_000;

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
  const kind = parseName(values.row, rowKinds);
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
