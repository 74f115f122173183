// What a scenario has of the node that is explored: refs, clients, time, chance, and the power to crash it.
import type { Random } from "../base/random.ts";
import type { Addressable, Ref } from "../core/shape.ts";
import type { ActorSystem } from "../core/system.ts";
import type { MemoryDisk } from "../storage/memory-store.ts";
import type { Outside } from "./outside.ts";
import type { SteppedSystem } from "./stepped-system.ts";

export class World {
  readonly #stepped: SteppedSystem;
  readonly #random: Random;
  readonly #note: (text: string) => void;
  readonly #crash: () => Promise<void>;
  readonly #clients = new Map<string, Outside>();

  constructor(stepped: SteppedSystem, random: Random, note: (text: string) => void, crash: () => Promise<void>) {
    this.#stepped = stepped;
    this.#random = random;
    this.#note = note;
    this.#crash = crash;
  }

  /** Those who send from outside, each with its own order. */
  get clients(): readonly Outside[] {
    return Array.from(this.#clients.values());
  }

  /** A ref of the client that has no name. */
  ref<Methods>(type: Addressable<Methods>, key: string): Ref<Methods> {
    return this.client("client").ref(type, key);
  }

  /** What different clients ask arrives in any order; what one of them asks keeps its own. */
  client(name: string): Pick<Outside, "ref"> {
    const client = this.#clients.get(name) ?? this.#stepped.client(name, { holds: true });
    this.#clients.set(name, client);
    return client;
  }

  /** As it runs now; what is called on it directly is not part of the trace. */
  get system(): ActorSystem {
    return this.#stepped.system;
  }

  /** What is stored, to be looked at. */
  get disk(): MemoryDisk {
    return this.#stepped.disk;
  }

  /** `type/key.method: error`, in the order of the crashes. */
  get crashes(): readonly string[] {
    return this.#stepped.crashes;
  }

  /** `type/key.method: reason` of messages that were put aside. */
  get deadLetters(): readonly string[] {
    return this.#stepped.deadLetters;
  }

  /** Unix milliseconds. */
  unixMs(): number {
    return this.#stepped.clock.unixMs();
  }

  /** At least 0 and less than 1; follows from the seed. */
  random(): number {
    return this.#random.next();
  }

  /** Goes on after a crash of the node too. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.#stepped.clock.after(delayMs, resolve));
  }

  /** A line of its own in the trace. */
  note(text: string): void {
    this.#note(text);
  }

  /** Kills the node and starts it again with what is stored. */
  crash(): Promise<void> {
    return this.#crash();
  }
}
