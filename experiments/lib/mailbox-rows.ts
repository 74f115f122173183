// The rows of the mailbox experiment: what is done in each, and how it is known that it was really done.

export const rowKinds = [
  "ask",
  "in-flight",
  "tell",
  "chain",
  "activation",
  "wake",
  "hibernation",
  "durable",
  "memory",
  "asleep",
] as const;
export type RowKind = (typeof rowKinds)[number];

/** Rows whose result is bytes for each actor; those of all others are operations per second. */
const memoryKinds: ReadonlySet<RowKind> = new Set(["memory", "asleep"]);

export interface Row {
  readonly kind: RowKind;
  /** Messages in flight, messages of a burst, concurrent askers, or actors, as the kind has it; else 1. */
  readonly size: number;
}

/** What was counted where it arrived: messages, and the sum of the amounts they carried. */
export interface Totals {
  readonly count: number;
  readonly sum: number;
}

/** What one program says of one run of one row. */
export interface MailboxSample {
  /** Operations that were timed, or actors whose memory was measured. */
  readonly operations: number;
  readonly seconds: number;
  /** Amounts sent in all, those of the warm-up included. */
  readonly sent: number;
  /** Each place where they were counted: by the receiver, and by the asker where there is an answer. */
  readonly counted: readonly Totals[];
  /** Growth of the heap by these actors, after a full collection. */
  readonly heapBytes?: number;
  /** Growth of the process's resident memory by them. */
  readonly residentBytes?: number;
  /** Resident memory of the whole process with them. */
  readonly processBytes?: number;
}

/** Amounts go 1 to this and begin again, so that the sum of any number of them is known. */
export const amountMax = 1_000;

export function isMemoryRow({ kind }: Row): boolean {
  return memoryKinds.has(kind);
}

/** Every message that was sent arrived once, with its amount, wherever it was counted. */
export function isVerified({ sent, counted }: MailboxSample): boolean {
  const wanted = sumOfAmounts(sent);
  return sent > 0 && counted.length > 0 && counted.every(({ count, sum }) => count === sent && sum === wanted);
}

export function sumOfAmounts(count: number): number {
  const rest = count % amountMax;
  return (Math.floor(count / amountMax) * amountMax * (amountMax + 1)) / 2 + (rest * (rest + 1)) / 2;
}
