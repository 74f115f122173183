// Who may connect: so many connections in total, so many from one address.

export type AdmissionRefusal = "net.connections_max" | "net.connections_per_address_max" | "net.draining";

export interface AdmissionLimits {
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
}

/** Counts who is in; every admitted address must be let go once. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #perAddress = new Map<string, number>();
  #total = 0;
  #closed = false;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** Counts the connection in, or says why not. */
  admit(address: string): AdmissionRefusal | undefined {
    const fromAddress = this.#perAddress.get(address) ?? 0;
    if (this.#closed) return "net.draining";
    if (this.#total >= this.#limits.connectionsMax) return "net.connections_max";
    if (fromAddress >= this.#limits.connectionsPerAddressMax) return "net.connections_per_address_max";
    this.#total++;
    this.#perAddress.set(address, fromAddress + 1);
    return undefined;
  }

  release(address: string): void {
    const fromAddress = this.#perAddress.get(address) ?? 0;
    this.#total--;
    if (fromAddress <= 1) this.#perAddress.delete(address);
    else this.#perAddress.set(address, fromAddress - 1);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** From now on nobody is admitted. */
  close(): void {
    this.#closed = true;
  }
}
