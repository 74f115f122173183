// A node that keeps its actors: on a fake clock, with a store that outlives it, to be killed and started again.
import { MemoryDisk, openMemoryStore } from "../storage/memory-store.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { type Outcome, watch } from "../testing/outcome.ts";
import type { AnyActorType } from "./definition.ts";
import { Operations } from "./operations.ts";
import type { Store } from "./ports.ts";
import { textOf } from "./supervision.ts";
import { ActorSystem, type SystemOptions } from "./system.ts";
import { GatedStore } from "./test-gated-store.ts";

export interface NodeOptions extends Pick<SystemOptions, "development" | "memory" | "tracer"> {
  /** Opens the store again at each start; one in memory that is this node's own unless given. */
  readonly open?: () => Store;
  readonly clock?: FakeClock;
}

export class TestNode {
  readonly clock: FakeClock;
  readonly store: GatedStore;
  readonly system: ActorSystem;
  readonly operations: Operations;
  /** `type/key.method: error`. */
  readonly crashes: string[] = [];
  /** `type/key.method: reason`. */
  readonly letters: string[] = [];
  /** `type/key`. */
  readonly quarantines: string[] = [];
  readonly storeFailures: unknown[] = [];
  readonly #types: readonly AnyActorType[];
  readonly #options: NodeOptions & { readonly open: () => Store };

  constructor(types: readonly AnyActorType[], options: NodeOptions & { readonly open: () => Store }) {
    const { clock = new FakeClock(), open, ...rest } = options;
    this.#types = types;
    this.#options = options;
    this.clock = clock;
    this.store = new GatedStore(open());
    this.system = new ActorSystem({
      clock,
      types,
      store: this.store,
      ...rest,
      events: {
        crashed: ({ type, key, method, error }) => this.crashes.push(`${type}/${key}.${method}: ${textOf(error)}`),
        deadLetter: ({ type, key, method, reason }) => this.letters.push(`${type}/${key}.${method}: ${reason}`),
        quarantined: ({ type, key }) => this.quarantines.push(`${type}/${key}`),
        storeFailed: ({ error }) => this.storeFailures.push(error),
      },
    });
    this.operations = new Operations(this.system);
  }

  get ref(): ActorSystem["ref"] {
    return this.system.ref.bind(this.system);
  }

  /** Lets everything run that can without time passing, then says how the promise stands. */
  async outcome<Value>(promise: Promise<Value>): Promise<Outcome<Value>> {
    const watched = watch(promise);
    await this.clock.settle();
    return watched.outcome;
  }

  /** The answer, where it can be given without time passing. */
  async answer<Value>(promise: Promise<Value>): Promise<Value> {
    const outcome = await this.outcome(promise);
    if (outcome.kind === "answered") return outcome.value;
    throw outcome.kind === "failed" ? outcome.error : new Error("Assertion failed: no answer yet");
  }

  /** Keys of the resident actors of one type, in the order they were started. */
  resident(type: { readonly name: string }): readonly string[] {
    return Array.from(this.system.hosts.find((each) => each.type.name === type.name)?.cells.keys() ?? []);
  }

  /** The process is gone with all it had in memory; another opens what it stored `downMs` later. */
  async restart(change: { readonly downMs?: number; readonly types?: readonly AnyActorType[] } = {}) {
    const { downMs = 0, types = this.#types } = change;
    const clock = new FakeClock();
    clock.stepUnix(this.clock.unixMs() + downMs - clock.unixMs());
    const node = new TestNode(types, { ...this.#options, clock });
    await node.system.start();
    return node;
  }
}

export async function startNode(types: readonly AnyActorType[], options: NodeOptions = {}): Promise<TestNode> {
  const disk = new MemoryDisk();
  const node = new TestNode(types, { open: () => openMemoryStore(disk), ...options });
  await node.system.start();
  return node;
}
