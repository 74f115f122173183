// One run of an exploration: from its seed follow who runs next, how slow the store is, and what fails when.
import { createRandom, type Random } from "../base/random.ts";
import type { AnyActorType } from "../core/definition.ts";
import { FaultChance, type Faults } from "./fault-chance.ts";
import type { StoreErrorCode, StoreOperation, Trouble } from "./faulty-store.ts";
import { watch } from "./outcome.ts";
import type { Outside } from "./outside.ts";
import { SteppedSystem } from "./stepped-system.ts";
import { World } from "./world.ts";

export interface Exploration<Result> {
  readonly types: readonly AnyActorType[];
  /** What clients do; run on a fresh node for each seed. What it gives back, `check` is given. */
  readonly scenario: (world: World) => Promise<Result>;
  /** Run when the scenario is over and the node is at rest, without faults. Throws where something is wrong. */
  readonly check?: (world: World, result: Result) => void | Promise<void>;
  readonly faults?: Faults;
  /** Seeds that are tried: 100 unless given, from `firstSeed` on, 1 unless given. */
  readonly runs?: number;
  readonly firstSeed?: number;
  /** Steps after which a run has failed, because it will not end: 5 000 unless given. */
  readonly stepsMax?: number;
  /** Turns of the loop that the store takes at most before it is done, and again before it answers; 3 unless given. */
  readonly storeTurnsMax?: number;
}

/** Which run: of a seed, with the faults of these numbers, or all that the seed brings. */
export interface Ticket {
  readonly seed: number;
  readonly faults?: readonly number[];
}

export interface Run {
  readonly seed: number;
  /** The numbers of the faults that happened. */
  readonly faults: readonly number[];
  /** All that happened, in order: a run of the same ticket gives the same lines. */
  readonly trace: readonly string[];
  readonly steps: number;
  readonly failure: { readonly error: unknown } | undefined;
}

const STEPS_MAX = 5_000;
/** Timers that go off one after the other without anything to do: whoever is awaited will not come. */
const IDLE_TIMERS_MAX = 1_000;
/** Of all steps, how many let a timer go off that is due soon, though there is something to do. */
const EARLY_TIMERS = 1 / 16;
const SOON_MS = 1_000;
const REFUSALS: readonly StoreErrorCode[] = ["store.full", "store.locked", "store.failed"];

/** Never rejects: what goes wrong is the run's failure. */
export async function runTicket<Result>(exploration: Exploration<Result>, { seed, faults }: Ticket): Promise<Run> {
  const run = new ExploredRun(exploration, seed, new FaultChance(seed ^ 0x5bd1e995, faults));
  const failure = await run.play().then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  return { seed, faults: run.chance.happened, trace: run.trace, steps: run.steps, failure };
}

class ExploredRun<Result> {
  readonly trace: string[] = [];
  readonly chance: FaultChance;
  steps = 0;
  readonly #exploration: Exploration<Result>;
  readonly #random: Random;
  readonly #stepped: SteppedSystem;
  readonly #world: World;
  #crashWanted: PromiseWithResolvers<void> | undefined;
  #idleTimers = 0;

  constructor(exploration: Exploration<Result>, seed: number, chance: FaultChance) {
    this.#exploration = exploration;
    this.chance = chance;
    this.#random = createRandom(seed ^ 0x2545f491);
    const storePlan = (operation: StoreOperation): Trouble => this.#trouble(operation);
    this.#stepped = new SteppedSystem(exploration.types, { seed, storePlan, heard: (what) => this.#say(what) });
    const crash = (): Promise<void> => (this.#crashWanted ??= Promise.withResolvers()).promise;
    this.#world = new World(this.#stepped, createRandom(seed ^ 0x68e31da4), (text) => this.#say(text), crash);
  }

  async play(): Promise<void> {
    await this.#stepped.started();
    this.chance.enabled = true;
    const result = await this.#until(this.#exploration.scenario(this.#world));
    this.chance.enabled = false;
    while (await this.#step());
    this.#say("check");
    await this.#until(Promise.resolve(this.#exploration.check?.(this.#world, result)));
  }

  async #until<Value>(work: Promise<Value>): Promise<Value> {
    const watched = watch(work);
    for (;;) {
      const isQuiet = !(await this.#step());
      if (watched.outcome.kind === "failed") throw watched.outcome.error;
      if (watched.outcome.kind === "answered") return watched.outcome.value;
      if (isQuiet) this.#letTimePass();
    }
  }

  /** False when nothing is left to do without time passing. */
  async #step(): Promise<boolean> {
    if (++this.steps > (this.#exploration.stepsMax ?? STEPS_MAX)) {
      throw new Error(`Livelock: not over after ${this.steps - 1} steps`);
    }
    const fault = this.chance.happens(this.#exploration.faults?.crash);
    if (fault !== undefined || this.#crashWanted !== undefined) return this.#crash(fault);
    const senders = this.#world.clients.filter(({ heldFirst }) => heldFirst !== undefined);
    if (senders.length > 0 && this.#random.next() < 0.5) return this.#send(senders);
    if (this.#random.next() < EARLY_TIMERS) this.#callTimer(this.#stepped.clock.monotonicMs() + SOON_MS);
    const { waited, ran } = await this.#stepped.look();
    if (ran !== undefined) this.#idleTimers = 0;
    return waited || (senders.length > 0 && this.#send(senders));
  }

  #send(senders: readonly Outside[]): true {
    const sender = senders[Math.floor(this.#random.next() * senders.length)];
    this.#say(`${sender?.name} asks ${sender?.heldFirst}`);
    sender?.sendNext();
    this.#idleTimers = 0;
    return true;
  }

  async #crash(fault: number | undefined): Promise<true> {
    const wanted = this.#crashWanted;
    this.#crashWanted = undefined;
    this.#say(fault === undefined ? "crash, as the scenario wants it" : `fault ${fault}: crash`);
    const wasEnabled = this.chance.enabled;
    this.chance.enabled = false;
    await this.#stepped.restart();
    this.chance.enabled = wasEnabled;
    wanted?.resolve();
    return true;
  }

  #letTimePass(): void {
    if (++this.#idleTimers > IDLE_TIMERS_MAX || !this.#callTimer(Number.POSITIVE_INFINITY)) {
      throw new Error("Stuck: nothing is left to do, and what is awaited has not come");
    }
  }

  #callTimer(untilMs: number): boolean {
    const { clock } = this.#stepped;
    const beforeMs = clock.monotonicMs();
    const called = clock.callNext(untilMs);
    const passedMs = clock.monotonicMs() - beforeMs;
    if (passedMs > 0) this.#say(`${passedMs} ms pass`);
    return called;
  }

  /** What the store makes of an operation. */
  #trouble({ name, of }: StoreOperation): Trouble {
    const { faults = {} } = this.#exploration;
    const delays = { delayTurns: this.#delayTurns(), answerDelayTurns: this.#delayTurns() };
    const isCommit = name === "commit";
    const refused = this.chance.happens(isCommit ? faults.commitFails : faults.readFails);
    const lost = isCommit && refused === undefined ? this.chance.happens(faults.answerLost) : undefined;
    const fails = isCommit ? REFUSALS[Math.floor(this.#random.next() * REFUSALS.length)] : "store.failed";
    const what = `store.${name}${of === "" ? "" : ` of ${of}`}`;
    if (refused !== undefined && fails !== undefined) {
      this.#say(`fault ${refused}: ${what} fails with ${fails}`);
      return { ...delays, fails };
    }
    this.#say(lost === undefined ? what : `fault ${lost}: ${what} loses its answer`);
    return lost === undefined ? delays : { ...delays, answerLost: true };
  }

  #delayTurns(): number {
    const most = this.#exploration.storeTurnsMax ?? 3;
    return this.#random.next() < 0.5 ? 0 : Math.ceil(this.#random.next() * most);
  }

  #say(text: string): void {
    this.trace.push(text);
  }
}
