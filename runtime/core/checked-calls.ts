// Calls from outside the node: inputs and answers are checked, in production too, where actors trust each other.
import type { Address } from "./address.ts";
import type { Method } from "./definition.ts";
import { type Receipt, RuntimeError } from "./errors.ts";
import { type Courier, createRefClass, type RefClass } from "./ref.ts";
import type { Addressable, CallOptions, Ref, TellOptions } from "./shape.ts";
import type { ActorSystem } from "./system.ts";

export class CheckedCalls implements Courier {
  readonly #system: ActorSystem;
  readonly #refClasses = new Map<string, RefClass>();

  constructor(system: ActorSystem) {
    this.#system = system;
  }

  /** Throws `actor.unknown_type` and `actor.bad_key`. */
  ref<Methods>(type: Addressable<Methods>, key: string): Ref<Methods> {
    const address = this.#system.address(type.name, key);
    const RefClass = this.#refClasses.get(type.name) ?? this.#addRefClass(address);
    return new RefClass(address) as unknown as Ref<Methods>;
  }

  /** Rejects with a `RuntimeError` or a `Refusal`. */
  async ask(address: Address, method: Method, input: unknown, options: CallOptions | undefined): Promise<unknown> {
    const { delivery, checks } = this.#system;
    const bad = delivery.badInput(address, method, input);
    if (bad !== undefined) throw bad;
    const answer = await delivery.ask(address, method, input, options);
    const problem = method.out === undefined ? undefined : checks.problem(method.out, answer);
    if (problem === undefined) return answer;
    const message = `Cannot pass on the answer of ${address.name}.${method.name}: it does not fit${problem}`;
    throw new RuntimeError("actor.bad_reply", message, { stood: "running" });
  }

  tell(address: Address, method: Method, input: unknown, options: TellOptions | undefined): Receipt {
    const { delivery } = this.#system;
    const why = delivery.badInput(address, method, input);
    return why === undefined ? delivery.tell(address, method, input, options) : { accepted: false, why };
  }

  #addRefClass({ host }: Address): RefClass {
    const RefClass = createRefClass(host.type, this);
    this.#refClasses.set(host.type.name, RefClass);
    return RefClass;
  }
}
