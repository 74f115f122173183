// What the store is asked about watches that a failure left in doubt: a while later, and until it answers.
import { Timer, type TimerOwner, type TimerWheel } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import type { Store } from "./ports.ts";
import { nameOf } from "./watch-index.ts";

/** Hears by which method the watch is stored; undefined where it is not. */
type Answer = (method: string | undefined) => void;

interface Inquiry {
  readonly pair: string;
  readonly answer: Answer;
}

/** In memory: after a restart the watches that are stored stand anyway. */
export class WatchInquiries implements TimerOwner {
  readonly #wheel: TimerWheel;
  readonly #store: Pick<Store, "watches">;
  readonly #waitingMax: number;
  readonly #timer = new Timer(this);
  readonly #waiting: Inquiry[] = [];
  /** The store looks. */
  #busy = false;
  #stopped = false;

  constructor(wheel: TimerWheel, store: Pick<Store, "watches">, waitingMax: number = limits.watchInquiriesMax) {
    this.#wheel = wheel;
    this.#store = store;
    this.#waitingMax = waitingMax;
  }

  /** By their names. False where too many wait already, or the node ends: then nothing will be answered. */
  ask(watcher: string, watched: string, answer: Answer): boolean {
    if (this.#stopped || this.#waiting.length >= this.#waitingMax) return false;
    this.#waiting.push({ pair: pairOf(watcher, watched), answer });
    this.#inquireLater();
    return true;
  }

  timerFired(): void {
    void this.#inquire();
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting.length = 0;
    this.#wheel.disarm(this.#timer);
  }

  /** What comes while the store looks may be newer than what it sees: it waits for the next time. */
  async #inquire(): Promise<void> {
    const count = this.#waiting.length;
    this.#busy = true;
    const methods = await this.#stored();
    this.#busy = false;
    if (this.#stopped) return;
    const asked = methods === undefined ? [] : this.#waiting.splice(0, count);
    this.#inquireLater();
    for (const { pair, answer } of asked) answer(methods?.get(pair));
  }

  #inquireLater(): void {
    if (this.#waiting.length === 0 || this.#busy || this.#timer.armed) return;
    this.#wheel.arm(this.#timer, limits.watchInquiryMs);
  }

  /** The method of each watch; undefined while the store cannot be read. */
  async #stored(): Promise<ReadonlyMap<string, string> | undefined> {
    try {
      const watches = await this.#store.watches();
      const entries = watches.map(({ watcherType, watcherKey, watchedType, watchedKey, method }) => {
        const watcher = nameOf({ type: watcherType, key: watcherKey });
        const watched = nameOf({ type: watchedType, key: watchedKey });
        return [pairOf(watcher, watched), method] as const;
      });
      return new Map(entries);
    } catch {
      return undefined;
    }
  }
}

function pairOf(watcher: string, watched: string): string {
  return JSON.stringify([watcher, watched]);
}
