// Hot. Makes the bytes of a value that many connections send, when the first of a protocol does.
import type { SharedMessage } from "../core/ports.ts";
import type { ByteSink, Protocol } from "../wire/protocol.ts";

/** One for all connections of a node: a function for each message and connection would be garbage for each of them. */
export class SharedEncoder {
  readonly #sink: ByteSink;
  #protocol: Protocol<never, never> | undefined;
  #value: unknown;

  /** The sink is as it was after each use, though what lay behind its offset may be overwritten. */
  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  bytesOf(message: SharedMessage, protocol: Protocol<never, never>): Uint8Array {
    this.#protocol = protocol;
    this.#value = message.value;
    const bytes = message.encodedFor(protocol, this.#encode);
    this.#value = undefined;
    return bytes;
  }

  readonly #encode = (): Uint8Array => encodeAlone(this.#protocol as Protocol<never, never>, this.#value, this.#sink);
}

/** Bytes of the value that belong to nobody else; what the sink gave for making them is free again. */
function encodeAlone(protocol: Protocol<never, never>, value: unknown, sink: ByteSink): Uint8Array {
  const { bytes, offset } = sink;
  protocol.encode(value as never, sink);
  const start = bytes === sink.bytes ? offset : 0;
  const encoded = new Uint8Array(sink.bytes.subarray(start, sink.offset));
  sink.offset = start;
  return encoded;
}
