// Hot. A stream of chunks into ZMTP messages: greeting, handshake, then frames; those that arrived whole stay in place.
import { limits } from "../limits.ts";
import type { Decoder, DecoderOutlet, WireFault } from "./protocol.ts";
import { ZmtpBatch } from "./zmtp-batch.ts";
import { encodeCommand, encodePing, parseCommand, parsePing } from "./zmtp-command.ts";
import { bodyBytes, bodyFault, FLAG_COMMAND, FLAG_MORE, flagsFault, headerBytes } from "./zmtp-frame.ts";
import { MESSAGE_OCTETS_MAX, ZmtpGatheredMessage } from "./zmtp-gathered-message.ts";
import { isSubscriptionCommand } from "./zmtp-message.ts";
import type { ZmtpOpening } from "./zmtp-opening.ts";

const NO_OCTETS = Buffer.alloc(0);

/** One for each connection. The first thing it gives out is the `ZmtpPeer`; batches come from `spares`. */
export class ZmtpDecoder implements Decoder {
  readonly #spares: ZmtpBatch[];
  readonly #outlet: DecoderOutlet;
  /** Until the peer has shaken hands, and has been given out. */
  #opening: ZmtpOpening | undefined;
  #chunk: Buffer = NO_OCTETS;
  #offset = 0;
  #arrivedMs = 0;
  #gathered: ZmtpGatheredMessage | undefined;
  #answersPing = false;
  readonly #isPublisher: boolean;
  #fault: WireFault | undefined;
  silenceMaxMs = Number.POSITIVE_INFINITY;

  constructor(spares: ZmtpBatch[], opening: ZmtpOpening, outlet: DecoderOutlet) {
    this.#spares = spares;
    this.#opening = opening;
    this.#outlet = outlet;
    this.#isPublisher = opening.own.socketType === "PUB" || opening.own.socketType === "XPUB";
  }

  get holding(): boolean {
    return this.#offset < this.#chunk.length;
  }

  /** Until the handshake is over, the whole connection is a message that is not whole. */
  get partialBytes(): number {
    return this.#gathered?.filledBytes ?? (this.#opening === undefined ? 0 : 1);
  }

  /** A frame says how long it is. */
  get quietMs(): undefined {
    return undefined;
  }

  /** ZMTP has no last word. */
  get finished(): boolean {
    return false;
  }

  get fault(): WireFault | undefined {
    return this.#fault;
  }

  opened(): void {
    this.#opening?.begin();
  }

  /** False where the peer would not know it. */
  ping(): boolean {
    if (this.#answersPing) this.#outlet.control(encodePing());
    return this.#answersPing;
  }

  push(chunk: Buffer, arrivedMs: number): void {
    if (this.#fault !== undefined) return;
    this.#chunk = chunk;
    this.#offset = 0;
    this.#arrivedMs = arrivedMs;
  }

  flush(): void {
    // What is there of a frame is none.
  }

  /** Commands that stand before a message are obeyed even while there is no room for it: a PING has an answer. */
  next(countMax: number): ZmtpBatch | undefined {
    if (!this.holding) return undefined;
    const messagesMax = Math.min(countMax, limits.zmtpMessagesPerBatch);
    if (this.#opening === undefined && this.#gathered === undefined) return this.#scan(messagesMax);
    if (messagesMax <= 0) return undefined;
    return this.#opening === undefined ? this.#gather(messagesMax) : this.#open(this.#opening);
  }

  #open(opening: ZmtpOpening): ZmtpBatch | undefined {
    this.#offset = opening.take(this.#chunk, this.#offset);
    if (opening.fault !== undefined) return this.#stop(opening.fault);
    if (this.#offset === this.#chunk.length) this.#dropChunk();
    if (opening.peer === undefined) return undefined;
    this.#opening = undefined;
    this.#answersPing = opening.peer.minorVersion > 0;
    return this.#spareBatch().introduce(opening.peer, this.#arrivedMs);
  }

  /** Walks headers: each is judged before its body is looked for. */
  #scan(messagesMax: number): ZmtpBatch | undefined {
    const chunk = this.#chunk;
    const batch = this.#spareBatch();
    const { starts, ends } = batch;
    let count = 0;
    let frames = 0;
    let start = this.#offset;
    for (let offset = start; ;) {
      const end = this.#frameEnd(offset);
      if (end === 0) break;
      const flags = chunk[offset] as number;
      if ((flags & FLAG_COMMAND) !== 0) {
        // Within a message: its frames have to be put together without it.
        if (frames > 0) break;
        if (!this.#isSubscription(chunk, offset, end)) {
          if (!this.#obey(chunk, offset, end)) break;
          start = offset = end;
          continue;
        }
      }
      if (count >= messagesMax) break;
      offset = end;
      if (offset - start > MESSAGE_OCTETS_MAX) this.#fault = "wire.message_too_large";
      else if ((flags & FLAG_MORE) !== 0 && ++frames >= limits.zmtpFramesMax) this.#fault = "wire.zmtp_frames_max";
      if (this.#fault !== undefined) break;
      if ((flags & FLAG_MORE) !== 0) continue;
      starts[count] = start;
      ends[count++] = offset;
      start = offset;
      frames = 0;
    }
    this.#offset = start;
    if (this.#fault !== undefined || start === chunk.length) this.#dropChunk();
    // What is left begins a message that is not whole: it is copied, and the chunk let go.
    else if (count < messagesMax) this.#gathered = new ZmtpGatheredMessage();
    if (count > 0) return batch.fill(chunk, count, this.#arrivedMs);
    batch.release();
    return this.#gathered === undefined ? undefined : this.#gather(messagesMax);
  }

  /** Where the frame at `offset` ends; 0 where the chunk ends before, or it is none. */
  #frameEnd(offset: number): number {
    const chunk = this.#chunk;
    if (offset >= chunk.length) return 0;
    const flags = chunk[offset] as number;
    this.#fault = flagsFault(flags);
    const header = headerBytes(flags);
    if (this.#fault !== undefined || offset + header > chunk.length) return 0;
    const body = bodyBytes(chunk, offset);
    this.#fault = bodyFault(flags, body);
    const end = offset + header + body;
    return this.#fault !== undefined || end > chunk.length ? 0 : end;
  }

  /** To all but publishers it is a command as any other. */
  #isSubscription(octets: Buffer, frameStart: number, frameEnd: number): boolean {
    const bodyStart = frameStart + headerBytes(octets[frameStart] as number);
    return this.#isPublisher && isSubscriptionCommand(octets, bodyStart, frameEnd);
  }

  /** Ends with the chunk or with something whole; what follows a command that was cut is looked at at once. */
  #gather(messagesMax: number): ZmtpBatch | undefined {
    const gathered = this.#gathered as ZmtpGatheredMessage;
    while (this.holding) {
      const what = gathered.take(this.#chunk, this.#offset);
      this.#offset += gathered.consumed;
      if (gathered.fault !== undefined) return this.#stop(gathered.fault);
      if (what === "part") continue;
      if (what === "message") return this.#giveOut(gathered.takeOver());
      const command = gathered.takeCommand();
      const isSubscription = this.#isSubscription(command, 0, command.length);
      // Within a message it would come before what was sent before it: nobody does that.
      if (isSubscription && !gathered.empty) return this.#stop("wire.zmtp_command");
      if (isSubscription) return this.#giveOut(command);
      if (!this.#obey(command, 0, command.length)) return this.#stop("wire.zmtp_command");
      if (!gathered.empty) continue;
      this.#gathered = undefined;
      return this.#scan(messagesMax);
    }
    this.#dropChunk();
    return undefined;
  }

  #giveOut(octets: Buffer): ZmtpBatch {
    this.#gathered = undefined;
    if (this.#offset === this.#chunk.length) this.#dropChunk();
    const batch = this.#spareBatch();
    batch.starts[0] = 0;
    batch.ends[0] = octets.length;
    return batch.fill(octets, 1, this.#arrivedMs);
  }

  /** A command that is no subscription. False, and a fault, where it is malformed; unknown ones change nothing. */
  #obey(octets: Buffer, frameStart: number, frameEnd: number): boolean {
    const command = parseCommand(octets.subarray(frameStart + headerBytes(octets[frameStart] as number), frameEnd));
    if (command === undefined) this.#fault = "wire.zmtp_command";
    else if (command.name === "ERROR") this.#fault = "wire.zmtp_refused_by_peer";
    else if (command.name === "PING") this.#pong(command.data);
    return this.#fault === undefined;
  }

  #pong(data: Buffer): void {
    const ping = parsePing(data);
    if (ping === undefined) return void (this.#fault = "wire.zmtp_command");
    this.silenceMaxMs = ping.ttlMs;
    this.#outlet.control(encodeCommand("PONG", ping.context));
  }

  #stop(fault: WireFault): undefined {
    this.#fault ??= fault;
    this.#gathered = undefined;
    this.#opening = undefined;
    this.#dropChunk();
  }

  #spareBatch(): ZmtpBatch {
    return this.#spares.pop() ?? new ZmtpBatch(this.#spares);
  }

  #dropChunk(): void {
    this.#chunk = NO_OCTETS;
    this.#offset = 0;
  }
}
