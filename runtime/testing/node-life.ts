// One life of a node, from its start to its kill: its actor system, its clock and the store it has opened.
import { ProcessClock } from "../base/process-clock.ts";
import type { Random } from "../base/random.ts";
import type { AnyActorType } from "../core/definition.ts";
import type { CoreEvents, Store } from "../core/ports.ts";
import { ActorSystem } from "../core/system.ts";
import type { FakeClock } from "./fake-clock.ts";
import { FaultyStore, type StorePlan } from "./faulty-store.ts";
import { watch, type Watched } from "./outcome.ts";
import type { TurnGate } from "./turn-gate.ts";

export interface LifeOptions {
  readonly clock: FakeClock;
  /** In monotonic milliseconds of `clock`: the process counts from then on. */
  readonly startMs: number;
  readonly types: readonly AnyActorType[];
  readonly store: Store | undefined;
  readonly storePlan: StorePlan;
  readonly gate: TurnGate;
  readonly random: Random;
  readonly events: Partial<CoreEvents>;
  readonly development: boolean;
  /** It was killed, by a test or by its store. */
  readonly killed: () => void;
}

/** Looks of the loop within which a store has to answer what a start asks it. */
const LOOKS_MAX = 10_000;

export class NodeLife {
  readonly system: ActorSystem;
  readonly #loop: FakeClock;
  readonly #clock: ProcessClock;
  readonly #store: FaultyStore | undefined;
  readonly #start: Watched<void>;
  readonly #killed: () => void;
  #up = true;

  constructor(options: LifeOptions) {
    const { clock, startMs, store, storePlan, gate, types, random, events, development } = options;
    this.#loop = clock;
    this.#clock = new ProcessClock(clock, startMs);
    this.#killed = options.killed;
    this.#store = store && new FaultyStore(store, this.#clock, storePlan, () => this.kill());
    this.system = new ActorSystem({
      clock: this.#clock,
      types,
      random,
      events,
      development,
      order: gate,
      probe: gate,
      ...(this.#store === undefined ? {} : { store: this.#store }),
    });
    gate.system = this.system;
    this.#start = watch(store === undefined ? Promise.resolve() : this.system.start());
  }

  get up(): boolean {
    return this.#up;
  }

  /**
   * Turns the loop until what an earlier life left has been taken up. Rejects when the store cannot be read;
   * after a kill there is nothing to wait for.
   */
  async finishStart(): Promise<void> {
    for (let look = 0; this.#up && this.#start.outcome.kind === "pending"; look++) {
      if (look >= LOOKS_MAX) throw new Error("Cannot start: the store has not answered");
      await this.#loop.turnOfLoop();
    }
    if (this.#start.outcome.kind === "failed") throw this.#start.outcome.error;
  }

  /** As `kill -9`: no turn, no timer and no commit of this life comes any more. */
  kill(): void {
    if (!this.#up) return;
    this.#up = false;
    this.#clock.kill();
    this.#store?.kill();
    this.#killed();
  }
}
