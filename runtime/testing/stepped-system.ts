// An actor system on a fake clock: nothing runs until the test says so, and what went wrong is written down.
import { createRandom } from "../base/random.ts";
import type { AnyActorType } from "../core/definition.ts";
import type { CoreEvents, Store } from "../core/ports.ts";
import type { Addressable, Ref } from "../core/shape.ts";
import type { ActorSystem } from "../core/system.ts";
import { MemoryDisk, openMemoryStore } from "../storage/memory-store.ts";
import { FakeClock } from "./fake-clock.ts";
import type { StorePlan } from "./faulty-store.ts";
import { NodeLife } from "./node-life.ts";
import { type Outcome, watch } from "./outcome.ts";
import { Outside } from "./outside.ts";
import { StoreScript } from "./store-script.ts";
import { type RanTurn, TurnGate } from "./turn-gate.ts";

export interface SteppedOptions {
  readonly development?: boolean;
  /** What durable actors are kept on: another system's, to go on from there; one of its own unless given. */
  readonly disk?: MemoryDisk;
  /** Instead of a disk: called at the start and at each restart. */
  readonly openStore?: () => Store;
  /** What actors draw at random follows from it, and so does who runs next: without it that is who waits longest. */
  readonly seed?: number;
  /** Troubles of the store; those that the test sends to `storeFaults` unless given. */
  readonly storePlan?: StorePlan;
  /** Told of turns as they begin, and as they go on after they have waited; and of all that is written down. */
  readonly heard?: (what: string) => void;
}

/** Turns, or looks of the loop, after which a system that never comes to rest is a bug of the test or of the system. */
const QUIET_WITHIN = 10_000;

export class SteppedSystem {
  readonly clock = new FakeClock();
  readonly disk: MemoryDisk;
  readonly storeFaults = new StoreScript();
  /** `type/key.method: error`, in the order of the crashes. */
  readonly crashes: string[] = [];
  /** `type/key: reason` of refusals that nobody was there to be told. */
  readonly refusals: string[] = [];
  /** `type/key.method: reason` of messages that were put aside. */
  readonly deadLetters: string[] = [];
  /** `type/key: reason` of keys that were shut. */
  readonly quarantines: string[] = [];
  /** What the store failed with. */
  readonly storeFailures: string[] = [];
  readonly #types: readonly AnyActorType[];
  readonly #options: SteppedOptions;
  readonly #gate: TurnGate;
  readonly #outside: Outside[] = [];
  /** The one without a name. */
  #client: Outside | undefined;
  #lives = 0;
  #life: NodeLife;
  #restarting = false;

  constructor(types: readonly AnyActorType[], options: SteppedOptions = {}) {
    this.disk = options.disk ?? new MemoryDisk();
    this.#types = types;
    this.#options = options;
    const { seed, heard } = options;
    this.#gate = new TurnGate(seed === undefined ? undefined : seededPick(seed), heard);
    this.#life = this.#begin();
  }

  /** As it runs now; another one after a restart. */
  get system(): ActorSystem {
    return this.#life.system;
  }

  /** False from a kill to the end of the restart. */
  get up(): boolean {
    return this.#life.up && !this.#restarting;
  }

  /** A ref as clients outside have it: it outlives restarts, and asks that a kill cuts off fail with `node.killed`. */
  ref<Methods>(type: Addressable<Methods>, key: string): Ref<Methods> {
    this.#client ??= this.client("client");
    return this.#client.ref(type, key);
  }

  /** Another sender. With `holds`, what it asks waits until it is let go with `sendNext`. */
  client(name: string, options: { readonly holds?: boolean } = {}): Outside {
    const client = new Outside(name, this, this.#types, options.holds ?? false);
    this.#outside.push(client);
    return client;
  }

  /** What an earlier system has left on the disk is taken up: nothing runs before that, whoever waits for it. */
  async started(): Promise<void> {
    this.#gate.letNone();
    await this.#life.finishStart();
    this.#gate.letAll();
  }

  /** Runs one turn of one actor, as far as it comes without another turn. Undefined when nobody has anything to do. */
  async step(): Promise<RanTurn | undefined> {
    await this.started();
    for (let count = 0; count < QUIET_WITHIN; count++) {
      const { waited, ran } = await this.look();
      if (ran !== undefined || !waited) return ran;
    }
    throw new Error(`The loop is not quiet after ${QUIET_WITHIN} turns of it`);
  }

  /** Runs all that can run without time passing, one turn at a time, and returns these turns in their order. */
  async runAll(): Promise<readonly RanTurn[]> {
    const turns: RanTurn[] = [];
    for (let turn = await this.step(); turn !== undefined; turn = await this.step()) {
      turns.push(turn);
      if (turns.length > QUIET_WITHIN) throw new Error(`The actors are not quiet after ${QUIET_WITHIN} turns`);
    }
    return turns;
  }

  /** Lets time pass, and everything run that is due meanwhile. */
  async advance(delayMs: number): Promise<void> {
    await this.started();
    await this.clock.advance(delayMs);
  }

  /**
   * One turn of the loop, with at most one turn of an actor in it: what waits for the store goes on a little. `waited`
   * is false when nothing was waiting.
   */
  async look(): Promise<{ readonly waited: boolean; readonly ran: RanTurn | undefined }> {
    this.#gate.letOne();
    const waited = await this.clock.turnOfLoop();
    const { ran } = this.#gate;
    this.#gate.letAll();
    return { waited, ran };
  }

  /** As `kill -9`: everything that is not committed is gone. */
  kill(): void {
    this.#life.kill();
  }

  /** Kills what runs, and starts again with what is stored. Rejects when the store cannot be read. */
  async restart(): Promise<void> {
    this.kill();
    this.#restarting = true;
    this.#life = this.#begin();
    try {
      await this.started();
    } finally {
      this.#restarting = false;
    }
  }

  /** Lets everything run that can without time passing, then says how the promise stands. */
  async outcome<Value>(promise: Promise<Value>): Promise<Outcome<Value>> {
    const watched = watch(promise);
    await this.started();
    await this.clock.settle();
    return watched.outcome;
  }

  /** Keys of the resident actors of one type, in the order they were started. */
  resident(type: { readonly name: string }): readonly string[] {
    const host = this.system.hosts.find((each) => each.type.name === type.name);
    return Array.from(host?.cells.keys() ?? []);
  }

  #begin(): NodeLife {
    const { storePlan = this.storeFaults.plan, development = true, seed = 0 } = this.#options;
    return new NodeLife({
      clock: this.clock,
      startMs: this.#lives++ === 0 ? 0 : this.clock.monotonicMs(),
      types: this.#types,
      store: this.#openStore(),
      storePlan,
      gate: this.#gate,
      random: createRandom(seed + this.#lives),
      events: this.#events(),
      development,
      killed: () => this.#outside.forEach((each) => each.killed()),
    });
  }

  #openStore(): Store | undefined {
    const { disk, openStore } = this.#options;
    if (openStore !== undefined) return openStore();
    const isNeeded = disk !== undefined || this.#types.some(({ options }) => options.durable === true);
    return isNeeded ? openMemoryStore(this.disk) : undefined;
  }

  #events(): Partial<CoreEvents> {
    const { heard } = this.#options;
    const note = (list: string[], kind: string, what: string): void => {
      list.push(what);
      heard?.(`${kind}: ${what}`);
    };
    return {
      crashed: ({ type, key, method, error }) =>
        note(this.crashes, "crashed", `${type}/${key}.${method}: ${describe(error)}`),
      refused: ({ type, key, reason }) => note(this.refusals, "refused", `${type}/${key}: ${reason}`),
      deadLetter: ({ type, key, method, reason }) =>
        note(this.deadLetters, "dead letter", `${type}/${key}.${method}: ${reason}`),
      quarantined: ({ type, key, reason }) => note(this.quarantines, "quarantined", `${type}/${key}: ${reason}`),
      storeFailed: ({ error }) => note(this.storeFailures, "store failed", describe(error)),
    };
  }
}

function seededPick(seed: number): (count: number) => number {
  const random = createRandom(seed);
  return (count) => Math.floor(random.next() * count);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : typeof error;
}
