// Whether a silent peer is still there, where its protocol can ask: two pings without an answer, and it is not.
import { limits } from "../limits.ts";
import type { Decoder } from "../wire/protocol.ts";
import type { ConnectionReader } from "./connection-reader.ts";

const UNANSWERED_MAX = 2;

export class Heartbeat {
  readonly #decoder: Pick<Decoder, "ping" | "silenceMaxMs">;
  readonly #reader: Pick<ConnectionReader, "lastByteMs">;
  #lastPingMs = 0;
  #unanswered = 0;
  /** What a ping has for its answer: as long as the shortest silence after which the peer was ever asked. */
  #answerMs: number = limits.zmtpPingMs;

  constructor(decoder: Pick<Decoder, "ping" | "silenceMaxMs">, reader: Pick<ConnectionReader, "lastByteMs">) {
    this.#decoder = decoder;
    this.#reader = reader;
  }

  /** How long a silence the peer allows itself; infinite where it has not said. */
  get silenceMaxMs(): number {
    return this.#decoder.silenceMaxMs ?? Number.POSITIVE_INFINITY;
  }

  /** The peer has been silent for a while. Returns when to look again, in milliseconds; undefined where it is gone. */
  beat(nowMs: number): number | undefined {
    const { lastByteMs } = this.#reader;
    const leftMs = lastByteMs + this.silenceMaxMs - nowMs;
    if (lastByteMs >= this.#lastPingMs) this.#unanswered = 0;
    if (leftMs <= 0 || this.#unanswered >= UNANSWERED_MAX) return undefined;
    this.#answerMs = Math.min(this.#answerMs, nowMs - lastByteMs);
    if (this.#decoder.ping?.() === true) {
      this.#unanswered++;
      this.#lastPingMs = nowMs;
    }
    return Math.min(this.#answerMs, leftMs);
  }
}
