// Whoever calls actors from outside the node: a client that outlives it, and that nobody answers when it is killed.
import type { Address } from "../core/address.ts";
import type { AnyActorType, Method } from "../core/definition.ts";
import { type Receipt, RuntimeError } from "../core/errors.ts";
import { type Courier, createRefClass, type RefClass } from "../core/ref.ts";
import type { Addressable, CallOptions, Ref, TellOptions } from "../core/shape.ts";
import type { ActorSystem } from "../core/system.ts";
import { shownCall } from "./turn-gate.ts";

/** The node was killed while its answer was awaited, or is down: what was asked may have been done or not. */
export class NodeKilled extends Error {
  readonly code = "node.killed";
  readonly stood = "unknown";

  constructor() {
    super("The node was killed: nobody knows whether it has done what was asked");
    this.name = "NodeKilled";
  }
}

/** The node as it is now. */
export interface Node {
  readonly system: ActorSystem;
  readonly up: boolean;
}

interface Call {
  readonly name: string;
  readonly send: () => void;
}

export class Outside implements Courier {
  readonly name: string;
  readonly #node: Node;
  readonly #types: readonly AnyActorType[];
  /** Asks wait for `sendNext`, as messages do on a network. */
  readonly #holds: boolean;
  readonly #refClasses = new Map<string, RefClass>();
  #held: Call[] = [];
  readonly #unanswered = new Set<(error: NodeKilled) => void>();

  constructor(name: string, node: Node, types: readonly AnyActorType[], holds: boolean) {
    this.name = name;
    this.#node = node;
    this.#types = types;
    this.#holds = holds;
  }

  /** Goes on working when the node is started again. Throws `actor.unknown_type` and `actor.bad_key`. */
  ref<Methods>(type: Addressable<Methods>, key: string): Ref<Methods> {
    const address = this.#node.system.address(type.name, key);
    const RefClass = this.#refClasses.get(type.name) ?? this.#addRefClass(type.name);
    return new RefClass(address) as unknown as Ref<Methods>;
  }

  /** The ask that is held longest, as a text: `room/lobby.post("hello")`. Undefined when none is held. */
  get heldFirst(): string | undefined {
    return this.#held[0]?.name;
  }

  /** Sends the ask that is held longest. */
  sendNext(): void {
    this.#held.shift()?.send();
  }

  ask(address: Address, method: Method, input: unknown, options: CallOptions | undefined): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    // Whoever does not look at an answer is not to be stopped by it.
    promise.catch(() => undefined);
    this.#unanswered.add(reject);
    const settled = (): unknown => this.#unanswered.delete(reject);
    const send = (): void => {
      if (!this.#node.up) return reject(new NodeKilled());
      const answer = this.#node.system.delivery.ask(this.#now(address), method, input, options);
      answer.then(resolve, reject).finally(settled);
    };
    const name = shownCall({ type: address.type, key: address.key, method: method.name, input });
    if (this.#holds) this.#held.push({ name, send });
    else send();
    return promise;
  }

  /** After what is held: messages of one sender to one receiver keep their order. */
  tell(address: Address, method: Method, input: unknown, options: TellOptions | undefined): Receipt {
    while (this.heldFirst !== undefined) this.sendNext();
    if (this.#node.up) return this.#node.system.delivery.tell(this.#now(address), method, input, options);
    const why = new RuntimeError("system.draining", `Cannot deliver to "${address.name}": the node is down`);
    return { accepted: false, why };
  }

  /** The node is gone, and with it every answer that has not come. */
  killed(): void {
    this.#held = [];
    for (const reject of this.#unanswered) reject(new NodeKilled());
    this.#unanswered.clear();
  }

  #addRefClass(name: string): RefClass {
    const type = this.#types.find((each) => each.name === name) as AnyActorType;
    const RefClass = createRefClass(type, this);
    this.#refClasses.set(name, RefClass);
    return RefClass;
  }

  /** The address in the process that runs now. */
  #now({ type, key }: Address): Address {
    return this.#node.system.address(type, key);
  }
}
