// How a connection ends: a close that is repeated until it is answered, or silence.
import { limits } from "../limits.ts";

export type ChannelState = "open" | "closing" | "closed" | "lost";

/** Who ended it: this side, the peer, nobody (nothing was heard), or a peer that knows of no such connection. */
export interface Ended {
  readonly by: "us" | "peer" | "silence" | "gone";
  readonly code: number;
  readonly text: string;
}

export class Ending {
  state: ChannelState = "open";
  why: Ended | undefined;
  #code = 0;
  #text: Uint8Array = new Uint8Array(0);
  #closesLeft = 0;
  #dueMs = Number.POSITIVE_INFINITY;

  /** When the next close leaves, or is not waited for any more. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** A close leaves, again and again until the peer answers with one or `datagramClosesSent` have left. */
  close(code: number, text: string, nowMs: number): void {
    if (this.state !== "open") return;
    this.#end("closing", { by: "us", code, text });
    this.#code = code;
    this.#text = cut(text);
    this.#closesLeft = limits.datagramClosesSent;
    this.#dueMs = nowMs;
  }

  /** The peer closes, or answers a close: then one close leaves, or none. */
  heardClose(code: number, text: string, nowMs: number): void {
    if (this.state === "open") this.#end("closed", { by: "peer", code, text });
    if (this.state === "closed" && this.why?.by === "peer") {
      this.#closesLeft = 1;
      this.#dueMs = nowMs;
    } else if (this.state === "closing") {
      this.#end("closed", this.why);
    }
  }

  lose(by: "silence" | "gone"): void {
    if (this.state === "open") this.#end("lost", { by, code: 0, text: "" });
    else if (this.state === "closing") this.#end("closed", this.why);
  }

  /** What a close says that leaves now, if one does; the next one leaves `againMs` later. */
  next(nowMs: number, againMs: number): { code: number; text: Uint8Array } | undefined {
    if (nowMs < this.#dueMs) return undefined;
    if (this.#closesLeft === 0) {
      this.#end("closed", this.why);
      return undefined;
    }
    this.#closesLeft--;
    this.#dueMs = this.state === "closing" ? nowMs + againMs : Number.POSITIVE_INFINITY;
    return { code: this.#code, text: this.#text };
  }

  #end(state: ChannelState, why: Ended | undefined): void {
    this.state = state;
    this.why = why;
    this.#closesLeft = 0;
    this.#dueMs = Number.POSITIVE_INFINITY;
  }
}

/** As much of the text as a close frame holds. */
function cut(text: string): Uint8Array {
  const octets = new Uint8Array(limits.datagramCloseTextBytesMax);
  return octets.subarray(0, new TextEncoder().encodeInto(text, octets).written);
}
