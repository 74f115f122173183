// Hot. ZMTP messages of one chunk, remembered by where they lie in it; and before all of them, who the peer is.
import type { MessageBatch } from "../core/ports.ts";
import { limits } from "../limits.ts";
import { ZmtpMessage } from "./zmtp-message.ts";
import type { ZmtpPeer } from "./zmtp-peer.ts";

const NO_OCTETS = Buffer.alloc(0);

export class ZmtpBatch implements MessageBatch {
  /** Of each message; filled by the decoder. */
  readonly starts = new Uint32Array(limits.zmtpMessagesPerBatch);
  readonly ends = new Uint32Array(limits.zmtpMessagesPerBatch);
  arrivedMs = 0;
  bytes = 0;
  next: object | undefined = undefined;
  #octets: Buffer = NO_OCTETS;
  #peer: ZmtpPeer | undefined;
  #index = 0;
  #count = 0;
  readonly #spares: ZmtpBatch[];

  constructor(spares: ZmtpBatch[]) {
    this.#spares = spares;
  }

  get remaining(): number {
    return this.#count - this.#index;
  }

  /** `starts` and `ends` hold `count` entries for messages in `octets`. */
  fill(octets: Buffer, count: number, arrivedMs: number): this {
    this.#octets = octets;
    this.#index = 0;
    this.#count = count;
    this.arrivedMs = arrivedMs;
    this.bytes = count === 0 ? 0 : (this.ends[count - 1] as number) - (this.starts[0] as number);
    return this;
  }

  /** One thing to be taken: the peer. */
  introduce(peer: ZmtpPeer, arrivedMs: number): this {
    this.fill(NO_OCTETS, 0, arrivedMs);
    this.#peer = peer;
    this.#count = 1;
    return this;
  }

  take(): ZmtpPeer | ZmtpMessage {
    const index = this.#index++;
    if (this.#peer !== undefined) return this.#peer;
    return new ZmtpMessage(this.#octets, this.starts[index] as number, this.ends[index] as number);
  }

  release(): void {
    this.#octets = NO_OCTETS;
    this.#peer = undefined;
    this.#count = 0;
    this.#index = 0;
    if (this.#spares.length < limits.spareBatchesMax) this.#spares.push(this);
  }
}
