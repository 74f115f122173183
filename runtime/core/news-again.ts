// News of those who are gone that could not be handled because the store failed: they are brought again, after a while.
import { Timer, type TimerOwner, type TimerWheel } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import type { Gone } from "./context.ts";
import type { Store } from "./ports.ts";
import type { StoredWatch } from "./stored.ts";
import type { TellGone } from "./watches.ts";

type Watcher = Parameters<TellGone>[0];

interface News {
  readonly watcher: Watcher;
  readonly gone: Gone;
}

/** In memory: after a restart whoever watches is told anyway, by the watch that is stored. */
export class NewsAgain implements TimerOwner {
  readonly #wheel: TimerWheel;
  readonly #store: Pick<Store, "watches">;
  readonly #tell: TellGone;
  readonly #waitingMax: number;
  readonly #timer = new Timer(this);
  #waiting: News[] = [];
  #stopped = false;

  constructor(
    wheel: TimerWheel,
    store: Pick<Store, "watches">,
    tell: TellGone,
    waitingMax: number = limits.newsAgainMax,
  ) {
    this.#wheel = wheel;
    this.#store = store;
    this.#tell = tell;
    this.#waitingMax = waitingMax;
  }

  /** False where too many wait already, or the node ends. */
  add(watcher: Watcher, gone: Gone): boolean {
    if (this.#stopped || this.#waiting.length >= this.#waitingMax) return false;
    this.#waiting.push({ watcher, gone });
    if (!this.#timer.armed) this.#wheel.arm(this.#timer, limits.newsRetryMs);
    return true;
  }

  timerFired(): void {
    void this.#bring();
  }

  /** What waits is told after the next start. */
  stop(): void {
    this.#stopped = true;
    this.#waiting = [];
    this.#wheel.disarm(this.#timer);
  }

  /** A commit that failed may be stored all the same: then the watch has ended with it, and its news were handled. */
  async #bring(): Promise<void> {
    const standing = await this.#standing();
    if (this.#stopped) return;
    if (standing === undefined) return this.#wheel.arm(this.#timer, limits.newsRetryMs);
    const news = this.#waiting;
    this.#waiting = [];
    // Once, however often it was gone.
    for (const { watcher, gone } of news)
      if (standing.delete(nameOf(watchOf(watcher, gone)))) this.#tell(watcher, gone);
  }

  /** Undefined while the store cannot be read. */
  async #standing(): Promise<Set<string> | undefined> {
    try {
      const watches = await this.#store.watches();
      return new Set(watches.map(nameOf));
    } catch {
      return undefined;
    }
  }
}

function watchOf(watcher: Watcher, gone: Gone): StoredWatch {
  const { type: watcherType, key: watcherKey, method } = watcher;
  return { watcherType, watcherKey, watchedType: gone.type, watchedKey: gone.key, method };
}

function nameOf({ watcherType, watcherKey, watchedType, watchedKey, method }: StoredWatch): string {
  return JSON.stringify([watcherType, watcherKey, watchedType, watchedKey, method]);
}
