// A cookie that people can copy: proof, as text, that whoever sends it receives at the address it came from.
import { CookieBaker } from "../datagrams/cookie.ts";
import { COOKIE_BYTES, NONCE_BYTES } from "../datagrams/handshake-packets.ts";
import type { SecretRandom } from "../datagrams/secrets.ts";
import { limits } from "../limits.ts";

const SECONDS_BYTES = 4;
/** Text has no hello, and no nonce. */
const NO_NONCE = new Uint8Array(NONCE_BYTES);

export class TextCookies {
  readonly #baker: CookieBaker;

  constructor(random: SecretRandom, nowMs: number) {
    this.#baker = new CookieBaker(random, nowMs, limits.udpTextCookieMs);
  }

  /** 27 letters, digits, `-` and `_`. */
  give(address: string, nowMs: number): string {
    const { seconds, proof } = this.#baker.bake({ address, nonce: NO_NONCE }, nowMs);
    const octets = Buffer.alloc(SECONDS_BYTES + COOKIE_BYTES);
    octets.writeUInt32BE(seconds);
    octets.set(proof, SECONDS_BYTES);
    return octets.toString("base64url");
  }

  isGood(text: string, address: string, nowMs: number): boolean {
    const octets = Buffer.from(text, "base64url");
    if (octets.length !== SECONDS_BYTES + COOKIE_BYTES) return false;
    const cookie = { seconds: octets.readUInt32BE(), proof: octets.subarray(SECONDS_BYTES) };
    return this.#baker.isGood(cookie, { address, nonce: NO_NONCE }, nowMs);
  }
}
