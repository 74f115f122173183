// Hot. One connection over datagrams, without socket or clock: packets in, packets out, messages between.
import { limits } from "../limits.ts";
import { type ChannelHealth, healthOf } from "./channel-health.ts";
import { CHECKSUM_BYTES, isSealed } from "./checksum.ts";
import { closeCode, type Fault } from "./close-codes.ts";
import { type PackedMessage, packMessage, unpackMessage } from "./compression.ts";
import { type ChannelState, type Ended, Ending } from "./ending.ts";
import { areFrames, frameKind, FrameReader, type Lane } from "./frames.ts";
import { isGone } from "./handshake-packets.ts";
import { InboundMessages } from "./inbound-messages.ts";
import { Liveness } from "./liveness.ts";
import { type ConnectionId, DATA_HEADER_BYTES, DataHeader } from "./packet-header.ts";
import { PacketSender, QUESTION_PACKET_BYTES, type Said } from "./packet-sender.ts";
import { type Path, PathProof } from "./path-proof.ts";
import type { Profile } from "./profile.ts";
import { ReceivedPackets } from "./received-packets.ts";
import type { SecretRandom } from "./secrets.ts";

/** `moved`: taken, and the peer has proven that it is at the candidate: that is its address now. */
export type Receipt = "taken" | "moved" | "duplicate" | "bad";

export interface ChannelOptions {
  readonly id: ConnectionId;
  readonly profile: Profile;
  readonly random: SecretRandom;
  readonly nowMs: number;
  /** A sample of the round trip that the handshake has given. */
  readonly roundTripMs?: number;
  /** False: messages travel as they are. */
  readonly compress?: boolean;
  /** For tests: where the counting of packets and messages begins. */
  readonly first?: { readonly packet: number; readonly message: number };
}

/** Both sides are alike. Call `nextPacket` until it gives 0 after each call that may give it something to do. */
export class DatagramChannel {
  readonly id: ConnectionId;
  /** Plain figures that a scrape reads. Octets are those of whole packets, without headers of UDP. */
  readonly figures = { packetsIn: 0, octetsIn: 0, packetsOut: 0, octetsOut: 0, duplicates: 0, bad: 0, messagesIn: 0 };
  /** Where the packet goes that `nextPacket` has just written. */
  packetTo: Path = "proven";
  readonly #compress: boolean;
  readonly #received = new ReceivedPackets();
  readonly #inbound: InboundMessages;
  readonly #sender: PacketSender;
  readonly #path: PathProof;
  readonly #ending = new Ending();
  readonly #header = new DataHeader();
  readonly #reader = new FrameReader();
  #answer: Uint8Array | undefined;
  #finish: { code: number; text: string } | undefined;
  readonly #liveness: Liveness;

  constructor({ id, profile, random, nowMs, ...rest }: ChannelOptions) {
    const first = rest.first ?? { packet: 1, message: 0 };
    this.id = id;
    this.#compress = rest.compress ?? true;
    this.#inbound = new InboundMessages(first.message);
    this.#sender = new PacketSender(id, profile, this.#received, first);
    this.#path = new PathProof(random);
    this.#liveness = new Liveness(profile, nowMs);
    if (rest.roundTripMs !== undefined) this.#sender.roundTrip.guess(rest.roundTripMs);
  }

  get state(): ChannelState {
    return this.#ending.state;
  }

  /** Why it is not open any more. */
  get ended(): Ended | undefined {
    return this.#ending.why;
  }

  /** Cost of what was sent and is not acknowledged: the octets as they travel, and 64 for each fragment. */
  get queuedBytes(): number {
    return this.#sender.outbound.queuedBytes;
  }

  /** How the path and its queues are, for a scrape and for tests. */
  get health(): ChannelHealth {
    return healthOf(this.#sender, this.#inbound);
  }

  /** Never throws; octets that are not of this connection change nothing. It keeps no part of them. */
  received(packet: Uint8Array, nowMs: number, from: Path = "proven"): Receipt {
    const receipt = this.#receive(packet, nowMs, from);
    if (receipt === "bad") this.figures.bad++;
    else if (receipt === "duplicate") this.figures.duplicates++;
    return receipt;
  }

  /** The next message, whole; taking it opens the window. Also after the end, as long as there are any. */
  take(nowMs: number): { readonly lane: Lane; readonly bytes: Uint8Array } | undefined {
    const message = this.#inbound.take();
    if (message === undefined) return undefined;
    const bytes = unpackMessage(message);
    if (bytes === undefined) {
      this.#fail("badCompression", nowMs);
      return undefined;
    }
    this.figures.messagesIn++;
    return { lane: message.lane, bytes };
  }

  /** Not copied: the octets stay as they are until they are acknowledged. What is not `queued` is not kept. */
  send(message: Uint8Array, lane: Lane): "queued" | "full" | "too_long" | "closed" {
    return this.sendPacked(this.#compress ? packMessage(message) : { wire: message, compressed: false }, lane);
  }

  /** The same for what has been packed once for many. */
  sendPacked(packed: PackedMessage, lane: Lane): "queued" | "full" | "too_long" | "closed" {
    if (packed.wire.length > limits.datagramMessageBytesMax) return "too_long";
    if (this.state !== "open" || this.#finish !== undefined) return "closed";
    return this.#sender.outbound.add(packed, lane) ? "queued" : "full";
  }

  /** Writes the next packet that may leave now and returns its length; 0: none. `into` has room for 1 200 octets. */
  nextPacket(nowMs: number, into: Uint8Array): number {
    this.#look(nowMs);
    const length = this.#write(nowMs, into);
    if (length === 0) return 0;
    this.#liveness.sent(nowMs);
    this.figures.packetsOut++;
    this.figures.octetsOut += length;
    return length;
  }

  /** When `nextPacket` should be called again at the latest, once it has given 0. Infinity: never by itself. */
  nextTimeMs(): number {
    if (this.state !== "open") return this.#ending.dueMs;
    return Math.min(
      this.#received.dueMs,
      this.#sender.sent.dueMs,
      this.#liveness.dueMs(this.#sender.sent.count > 0),
      this.#path.dueMs(QUESTION_PACKET_BYTES),
    );
  }

  /** Ends it now: what was not acknowledged may be lost. */
  close(code: number, text: string, nowMs: number): void {
    this.#ending.close(code, text, nowMs);
  }

  /** Takes nothing more, and closes once all that was sent is acknowledged. */
  finish(code: number, text: string): void {
    this.#finish ??= { code, text };
  }

  /** A ping leaves next: for who has reason to doubt the path, or has changed it. */
  ping(): void {
    this.#sender.sent.pingWanted = true;
  }

  /** A packet of so many octets was `taken` that came from elsewhere: that is the candidate now. */
  addressChanged(octets: number, nowMs: number): void {
    this.#path.begin(octets, nowMs);
  }

  #receive(packet: Uint8Array, nowMs: number, from: Path): Receipt {
    if (!isSealed(packet) || this.state === "lost") return "bad";
    if (isGone(packet, this.id)) {
      this.#ending.lose("gone");
      return "taken";
    }
    const header = this.#header;
    if (!header.read(packet) || header.id !== this.id) return "bad";
    this.figures.packetsIn++;
    this.figures.octetsIn += packet.length;
    if (from === "candidate") this.#path.heard(packet.length);
    if (this.#received.hasSeen(header.number)) return "duplicate";
    this.#reader.open(packet, DATA_HEADER_BYTES, packet.length - CHECKSUM_BYTES);
    if (!areFrames(this.#reader)) return this.#fail("malformed", nowMs);
    if (header.largest >= this.#sender.nextNumber || header.acknowledgesNone) return this.#fail("neverSent", nowMs);
    return this.#takeData(packet, nowMs);
  }

  #takeData(packet: Uint8Array, nowMs: number): Receipt {
    const isOutOfOrder = this.#received.add(this.#header.number, nowMs);
    this.#liveness.heard(nowMs);
    this.#sender.sent.acknowledged(this.#header, nowMs);
    this.#sender.outbound.windowSaid(this.#header.window);
    const reader = this.#reader;
    let receipt: Receipt = "taken";
    let isWanting = false;
    let atOnce = isOutOfOrder;
    reader.open(packet, DATA_HEADER_BYTES, packet.length - CHECKSUM_BYTES);
    while (reader.next()) {
      const outcome = this.#takeFrame(reader, nowMs);
      if (outcome === "bad") return "bad";
      if (outcome === "moved") receipt = "moved";
      if (outcome === "duplicate") atOnce = true;
      if (reader.kind === frameKind.ping || reader.kind === frameKind.message) isWanting = true;
    }
    if (isWanting) this.#received.wantAcknowledgement(atOnce, nowMs);
    return receipt;
  }

  #takeFrame(frame: FrameReader, nowMs: number): Receipt {
    if (frame.kind === frameKind.close) {
      this.#ending.heardClose(frame.code, new TextDecoder().decode(frame.bytes), nowMs);
    } else if (frame.kind === frameKind.message && this.state === "open") {
      const arrival = this.#inbound.add(frame);
      if (arrival === "again") return "duplicate";
      if (arrival !== "new") return this.#fail(arrival, nowMs);
    } else if (frame.kind === frameKind.challenge) {
      this.#answer = new Uint8Array(frame.bytes);
    } else if (frame.kind === frameKind.response && this.#path.isProvenBy(frame.bytes)) {
      this.#sender.roundTrip.forget();
      this.#sender.congestion.forget(nowMs);
      return "moved";
    }
    return "taken";
  }

  /** What time alone brings about. */
  #look(nowMs: number): void {
    if (this.state !== "open") return;
    if (this.#liveness.isLost(nowMs)) this.#ending.lose("silence");
    else if (this.#sender.numbersUsedUp) this.close(closeCode.numbersUsedUp, "", nowMs);
    else if (this.#finish !== undefined && this.queuedBytes === 0) {
      this.close(this.#finish.code, this.#finish.text, nowMs);
    } else if (nowMs >= this.#sender.sent.dueMs) this.#sender.sent.look(nowMs);
  }

  #write(nowMs: number, into: Uint8Array): number {
    this.packetTo = "proven";
    const said: Said = {
      nowMs,
      window: this.#inbound.window,
      answer: this.#answer,
      keepAlive: this.#liveness.wantsPing(nowMs),
    };
    if (this.state !== "open") {
      const close = this.#ending.next(nowMs, this.#sender.roundTrip.timeoutMs);
      return close === undefined ? 0 : this.#sender.writeClose(into, said, close);
    }
    if (this.#path.mayAsk(QUESTION_PACKET_BYTES, nowMs)) {
      this.packetTo = "candidate";
      this.#path.asked(QUESTION_PACKET_BYTES, nowMs + this.#sender.roundTrip.timeoutMs);
      return this.#sender.writeQuestion(into, said, this.#path.question);
    }
    this.#answer = undefined;
    return this.#sender.write(into, said);
  }

  #fail(fault: Fault, nowMs: number): "bad" {
    this.close(closeCode[fault], "", nowMs);
    return "bad";
  }
}
