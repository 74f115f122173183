// A message that waits for its sender's commit, and then goes its way.
import type { Address } from "./address.ts";
import type { Envelope } from "./envelope.ts";
import type { RuntimeError } from "./errors.ts";
import type { HeldOutput } from "./group-commit.ts";
import type { Turn } from "./turn.ts";

interface Deliverer {
  deliver(address: Address, envelope: Envelope, caller: Turn | undefined): RuntimeError | undefined;
}

export class HeldMessage implements HeldOutput {
  readonly #delivery: Deliverer;
  readonly #address: Address;
  readonly #envelope: Envelope;
  readonly #caller: Turn | undefined;

  constructor(delivery: Deliverer, address: Address, envelope: Envelope, caller: Turn | undefined) {
    this.#delivery = delivery;
    this.#address = address;
    this.#envelope = envelope;
    this.#caller = caller;
  }

  release(): void {
    const { asking } = this.#envelope;
    if (asking?.settled === true) return;
    const problem = this.#delivery.deliver(this.#address, this.#envelope, this.#caller);
    if (problem === undefined) return;
    if (asking !== undefined) asking.reject(problem);
    else this.#address.host.services.deadLetter(this.#address, this.#envelope, problem);
  }

  /** What it was sent after is lost: it was never sent. */
  discard(error: RuntimeError): void {
    this.#envelope.asking?.reject(error);
  }
}
