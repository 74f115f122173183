// The client before there is a connection: hello until there is a cookie, connect until there is an answer.
import { limits } from "../limits.ts";
import { type Cookie, helloPacket, NONCE_BYTES, parseAnswer } from "./handshake-packets.ts";
import type { ConnectionId } from "./packet-header.ts";
import type { Profile } from "./profile.ts";
import type { SecretRandom } from "./secrets.ts";

export type DialState = "dialling" | "accepted" | "refused" | "timed_out";

export interface DialOptions {
  readonly random: SecretRandom;
  readonly profile: Profile;
  readonly nowMs: number;
  /** From now until it is given up. */
  readonly timeoutMs?: number;
}

/** What a channel is made of. */
export interface Accepted {
  readonly id: ConnectionId;
  /** What the server makes of the profile that was asked for. */
  readonly profile: Profile;
  /** Where one connect was sent, and its answer is this one. */
  readonly roundTripMs?: number;
}

/** The nonce stays the same throughout, so that however often it connects there is one connection. */
export class DatagramDialer {
  readonly #nonce = new Uint8Array(NONCE_BYTES);
  readonly #profile: Profile;
  readonly #endMs: number;
  #state: DialState = "dialling";
  #cookie: Cookie | undefined;
  #accepted: Accepted | undefined;
  #refusal: number | undefined;
  #dueMs: number;
  #waitMs: number = limits.datagramDialMs;
  #connectedMs = 0;
  #connects = 0;
  #connectsInAll = 0;

  constructor({ random, profile, nowMs, timeoutMs = limits.datagramDialTimeoutMs }: DialOptions) {
    random.drawInto(this.#nonce);
    this.#profile = profile;
    this.#endMs = nowMs + timeoutMs;
    this.#dueMs = nowMs;
  }

  get state(): DialState {
    return this.#state;
  }

  get accepted(): Accepted | undefined {
    return this.#accepted;
  }

  /** Why the server refused: one of `refusalReason`, or one that is not known here. */
  get refusal(): number | undefined {
    return this.#refusal;
  }

  /** When `nextPacket` should be called again. */
  nextTimeMs(): number {
    return this.#state === "dialling" ? Math.min(this.#dueMs, this.#endMs) : Number.POSITIVE_INFINITY;
  }

  /** The packet that leaves now, if one does. */
  nextPacket(nowMs: number): Uint8Array | undefined {
    if (this.#state !== "dialling" || nowMs < this.nextTimeMs()) return undefined;
    if (nowMs >= this.#endMs) {
      this.#state = "timed_out";
      return undefined;
    }
    if (this.#connects === limits.datagramConnectsSent) this.#forgetCookie();
    if (this.#cookie !== undefined) this.#countConnect(nowMs);
    this.#dueMs = nowMs + this.#waitMs;
    this.#waitMs = Math.min(this.#waitMs * 2, limits.datagramDialMaxMs);
    return helloPacket(this.#nonce, this.#profile, this.#cookie);
  }

  /** Of any octets; those that are no answer to this dialling change nothing. */
  received(packet: Uint8Array, nowMs: number): void {
    const answer = this.#state === "dialling" ? parseAnswer(packet, this.#nonce) : undefined;
    if (answer?.kind === "retry" && this.#cookie === undefined) {
      this.#cookie = answer.cookie;
      this.#dueMs = nowMs;
      this.#waitMs = limits.datagramDialMs;
    } else if (answer?.kind === "refused") {
      this.#state = "refused";
      this.#refusal = answer.reason;
    } else if (answer?.kind === "accept") {
      const { id, profile } = answer;
      const isSample = this.#connectsInAll === 1;
      this.#state = "accepted";
      this.#accepted = { id, profile, ...(isSample ? { roundTripMs: nowMs - this.#connectedMs } : {}) };
    }
  }

  #countConnect(nowMs: number): void {
    this.#connects++;
    this.#connectsInAll++;
    this.#connectedMs = nowMs;
  }

  /** It may be too old by now. */
  #forgetCookie(): void {
    this.#cookie = undefined;
    this.#connects = 0;
  }
}
