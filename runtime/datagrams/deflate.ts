// Raw deflate with a dictionary (RFC 1951), bounded on the way out.
import { deflateRawSync, inflateRawSync } from "node:zlib";

export function deflate(bytes: Uint8Array, dictionary: Uint8Array): Uint8Array {
  return deflateRawSync(bytes, { dictionary });
}

/** `undefined` where the octets are no deflate stream, or would become more than `bytesMax`. */
export function inflate(bytes: Uint8Array, dictionary: Uint8Array, bytesMax: number): Uint8Array | undefined {
  try {
    return inflateRawSync(bytes, { dictionary, maxOutputLength: bytesMax });
  } catch {
    return undefined;
  }
}
