// What must not be guessed: random octets and keyed hashes.
import { createHmac, randomFillSync } from "node:crypto";

/** Unguessable octets as a port, so that a test can repeat what it saw. */
export interface SecretRandom {
  drawInto(octets: Uint8Array): void;
}

export const systemSecrets: SecretRandom = { drawInto: (octets) => void randomFillSync(octets) };

/** HMAC-SHA256 (RFC 2104): 32 octets. */
export function keyedHash(key: Uint8Array, text: Uint8Array): Uint8Array {
  return createHmac("sha256", key).update(text).digest();
}
