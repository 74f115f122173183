// A value that goes to many connections, with its bytes for each protocol that has encoded it so far.
import type { SharedMessage } from "./ports.ts";

/** The value must not change any more. Where encoding throws nothing is kept: the next connection tries again. */
export class SharedValue implements SharedMessage {
  readonly value: unknown;
  readonly #encoded = new Map<object, Uint8Array>();

  constructor(value: unknown) {
    this.value = value;
  }

  encodedFor(protocol: object, encode: () => Uint8Array): Uint8Array {
    const known = this.#encoded.get(protocol);
    if (known !== undefined) return known;
    const bytes = encode();
    this.#encoded.set(protocol, bytes);
    return bytes;
  }
}
