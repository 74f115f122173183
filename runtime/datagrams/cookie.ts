// Cookies: a server knows its own again without having kept any, so that a forged address costs it nothing.
import { limits } from "../limits.ts";
import { type Cookie, COOKIE_BYTES } from "./handshake-packets.ts";
import { writeU32 } from "./octets.ts";
import { keyedHash, type SecretRandom } from "./secrets.ts";

const SECRET_BYTES = 32;

/** Who asked: the address as the socket says it, with its port, and the nonce of the hello. */
export interface Asker {
  readonly address: string;
  readonly nonce: Uint8Array;
}

/** Keeps two secrets, the present one and the one before, and nothing of those who ask. */
export class CookieBaker {
  readonly #random: SecretRandom;
  readonly #lifeMs: number;
  readonly #present = new Uint8Array(SECRET_BYTES);
  readonly #former = new Uint8Array(SECRET_BYTES);
  #changedMs: number;

  constructor(random: SecretRandom, nowMs: number, lifeMs: number = limits.datagramCookieMs) {
    this.#random = random;
    this.#lifeMs = lifeMs;
    random.drawInto(this.#present);
    random.drawInto(this.#former);
    this.#changedMs = nowMs;
  }

  bake(asker: Asker, nowMs: number): Cookie {
    this.#change(nowMs);
    const seconds = Math.floor(nowMs / 1_000) >>> 0;
    return { seconds, proof: proofOf(this.#present, asker, seconds) };
  }

  /** It was baked here, for this asker, and not longer ago than it may be. */
  isGood({ seconds, proof }: Cookie, asker: Asker, nowMs: number): boolean {
    this.#change(nowMs);
    const ageSeconds = Math.floor(nowMs / 1_000) - seconds;
    if (ageSeconds < 0 || ageSeconds * 1_000 > this.#lifeMs) return false;
    const isPresent = isSame(proof, proofOf(this.#present, asker, seconds));
    return isPresent || isSame(proof, proofOf(this.#former, asker, seconds));
  }

  #change(nowMs: number): void {
    if (nowMs - this.#changedMs < Math.max(limits.datagramSecretMs, this.#lifeMs)) return;
    this.#former.set(this.#present);
    this.#random.drawInto(this.#present);
    this.#changedMs = nowMs;
  }
}

function proofOf(secret: Uint8Array, { address, nonce }: Asker, seconds: number): Uint8Array {
  const text = Buffer.alloc(nonce.length + 4 + Buffer.byteLength(address));
  text.set(nonce);
  writeU32(text, nonce.length, seconds);
  text.write(address, nonce.length + 4);
  return keyedHash(secret, text).subarray(0, COOKIE_BYTES);
}

/** Takes as long whichever octet differs. */
function isSame(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < left.length; index++) difference |= (left[index] as number) ^ (right[index] as number);
  return difference === 0;
}
