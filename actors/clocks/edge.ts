// Where the delays of many messages begin, or end: the average of a few at the edge, as one alone may be an accident.

export interface EdgePoint {
  readonly delayMs: number;
  readonly atMs: number;
}

/**
 * Of so many delays the edge is the average of half a square root of them. Timers and queues blur every edge, and then
 * the one message that was quickest says less than some of the quickest together; but the more messages there are, the
 * smaller the share of them that tells where the edge is.
 */
export function edgeCount(messageCount: number): number {
  return Math.max(1, Math.round(Math.sqrt(messageCount) / 2));
}

/** Keeps the least delays of those that it is given, in order. */
export class LowEdge {
  readonly #count: number;
  readonly #delaysMs: number[] = [];
  readonly #atMs: number[] = [];

  /** `count`: 1 or more. */
  constructor(count: number) {
    this.#count = count;
  }

  /** For each message in each step of a search: nothing is created here. */
  add(delayMs: number, atMs: number): void {
    const delaysMs = this.#delaysMs;
    let index = delaysMs.length;
    if (index === this.#count) {
      index--;
      if (delayMs >= (delaysMs[index] as number)) return;
    }
    for (; index > 0 && (delaysMs[index - 1] as number) > delayMs; index--) {
      delaysMs[index] = delaysMs[index - 1] as number;
      this.#atMs[index] = this.#atMs[index - 1] as number;
    }
    delaysMs[index] = delayMs;
    this.#atMs[index] = atMs;
  }

  /** After one delay at least. */
  average(): EdgePoint {
    return { delayMs: averageOf(this.#delaysMs), atMs: averageOf(this.#atMs) };
  }
}

function averageOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
