// The server before there is a connection: it answers with what fits into less than it was sent, and keeps nothing.
import { limits } from "../limits.ts";
import { isSealed } from "./checksum.ts";
import { CookieBaker } from "./cookie.ts";
import {
  gonePacket,
  parseHello,
  PROTOCOL_VERSION,
  refusalReason,
  refusedPacket,
  retryPacket,
} from "./handshake-packets.ts";
import { DataHeader } from "./packet-header.ts";
import type { Profile } from "./profile.ts";
import type { SecretRandom } from "./secrets.ts";

/**
 * `answer`: this packet goes back. `connect`: who asks does receive at its address; it is answered with `acceptPacket`
 * or `refusedPacket`. A nonce that has its connection already gets the same accept again: the first one was lost.
 */
export type Greeting =
  | { readonly kind: "answer"; readonly packet: Uint8Array }
  | { readonly kind: "connect"; readonly nonce: Uint8Array; readonly profile: Profile }
  | { readonly kind: "ignored" };

const IGNORED: Greeting = { kind: "ignored" };

export class DatagramGreeter {
  readonly #baker: CookieBaker;
  readonly #header = new DataHeader();
  #gonesSinceMs = Number.NEGATIVE_INFINITY;
  #gones = 0;

  constructor(random: SecretRandom, nowMs: number) {
    this.#baker = new CookieBaker(random, nowMs);
  }

  /** Of any octets. `address` is that of the sender with its port. */
  greet(packet: Uint8Array, address: string, nowMs: number): Greeting {
    const hello = parseHello(packet);
    if (hello === undefined) return IGNORED;
    const { nonce, version, profile, cookie } = hello;
    if (version !== PROTOCOL_VERSION) {
      return { kind: "answer", packet: refusedPacket(nonce, refusalReason.unknownVersion) };
    }
    const asker = { address, nonce };
    if (cookie === undefined) return { kind: "answer", packet: retryPacket(nonce, this.#baker.bake(asker, nowMs)) };
    return this.#baker.isGood(cookie, asker, nowMs) ? { kind: "connect", nonce, profile } : IGNORED;
  }

  /** The answer to a data packet of a connection that does not exist, `datagramGonesPerSecond` times at most. */
  gone(packet: Uint8Array, nowMs: number): Uint8Array | undefined {
    if (!this.#header.read(packet) || !isSealed(packet)) return undefined;
    if (nowMs - this.#gonesSinceMs >= 1_000) {
      this.#gonesSinceMs = nowMs;
      this.#gones = 0;
    }
    return this.#gones++ < limits.datagramGonesPerSecond ? gonePacket(this.#header.id) : undefined;
  }
}
