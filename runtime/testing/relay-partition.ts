// Whether the network is parted, in which direction, and until when: by word, and by a plan.
import type { Clock } from "../base/clock.ts";
import type { Way } from "./relay-faults.ts";

/** Which ways are cut. */
export type Partitioned = "both" | Way | "none";

/** A time during which the network is parted, counted from the relay's start. */
export interface PlannedPartition {
  readonly fromMs: number;
  readonly untilMs: number;
  /** "both" unless given. */
  readonly cut?: Exclude<Partitioned, "none">;
}

/** What is cut by word or by plan is cut: they add up. */
export class Partition {
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #planned: readonly PlannedPartition[];
  readonly #cancels: (() => void)[] = [];
  readonly #changed = new Set<() => void>();
  #byWord: Partitioned = "none";

  constructor(clock: Clock, planned: readonly PlannedPartition[] = []) {
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
    this.#planned = planned;
    for (const { fromMs, untilMs } of planned) {
      if (!(fromMs >= 0 && fromMs < untilMs && untilMs < Number.POSITIVE_INFINITY)) {
        throw new TypeError(`Cannot plan a partition from ${fromMs} to ${untilMs} ms: it must begin before it ends`);
      }
    }
    for (const { fromMs, untilMs } of planned) this.#cancels.push(this.#tellAt(fromMs), this.#tellAt(untilMs));
  }

  cuts(way: Way): boolean {
    if (isCut(this.#byWord, way)) return true;
    const sinceMs = this.#clock.monotonicMs() - this.#startMs;
    return this.#planned.some(
      ({ fromMs, untilMs, cut = "both" }) => fromMs <= sinceMs && sinceMs < untilMs && isCut(cut, way),
    );
  }

  set(partitioned: Partitioned): void {
    this.#byWord = partitioned;
    this.#tell();
  }

  /** Calls back when what is cut may have changed, until the returned function is called. */
  onChange(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => void this.#changed.delete(changed);
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#changed.clear();
  }

  /** A timer may be early by a part of a millisecond: then it waits once more. */
  #tellAt(sinceStartMs: number): () => void {
    let cancel: (() => void) | undefined;
    const wait = (): void => {
      const restMs = this.#startMs + sinceStartMs - this.#clock.monotonicMs();
      if (restMs > 0) cancel = this.#clock.after(restMs, wait);
      else this.#tell();
    };
    wait();
    return () => cancel?.();
  }

  #tell(): void {
    for (const changed of Array.from(this.#changed)) changed();
  }
}

function isCut(cut: Partitioned, way: Way): boolean {
  return cut === "both" || cut === way;
}
