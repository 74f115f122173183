// Hot. Data packets as they leave: what is due goes into the next one, as much as the window and the path allow.
import { limits } from "../limits.ts";
import { CHECKSUM_BYTES, seal } from "./checksum.ts";
import { Congestion } from "./congestion.ts";
import { frameKind, PROOF_FRAME_BYTES, writeClose, writeFragment, writePing, writeProof } from "./frames.ts";
import { OutboundMessages } from "./outbound-messages.ts";
import {
  type ConnectionId,
  DATA_HEADER_BYTES,
  DataHeader,
  FRAMES_BYTES_MAX,
  PACKET_NUMBER_MAX,
} from "./packet-header.ts";
import type { Profile } from "./profile.ts";
import type { ReceivedPackets } from "./received-packets.ts";
import { RoundTrip } from "./round-trip.ts";
import { type SentPacket, SentPackets } from "./sent-packets.ts";

const FRAMES_END = DATA_HEADER_BYTES + FRAMES_BYTES_MAX;
/** A packet with a question to an unproven address. One that wants an acknowledgement is no shorter: it allows one. */
export const QUESTION_PACKET_BYTES = DATA_HEADER_BYTES + PROOF_FRAME_BYTES + CHECKSUM_BYTES;
/** Numbers kept for closing. */
const NUMBERS_KEPT = 1_024;
const WINDOW_STEP = limits.datagramWindowBytes / 4;

/** What a packet says beside what is sent with it. */
export interface Said {
  readonly nowMs: number;
  /** What this side takes in all. */
  readonly window: number;
  /** Octets to give back to who asked for them. */
  readonly answer: Uint8Array | undefined;
  /** Whatever is there to send, a ping goes with it. */
  readonly keepAlive: boolean;
}

export class PacketSender {
  readonly roundTrip: RoundTrip;
  readonly congestion = new Congestion();
  readonly outbound: OutboundMessages;
  readonly sent: SentPackets;
  readonly #received: ReceivedPackets;
  readonly #header = new DataHeader();
  #number: number;
  /** The window that a ping has said: that packet is repeated until it is acknowledged. */
  #announcedWindow: number = limits.datagramFirstWindowBytes;
  repeatedFragments = 0;

  constructor(
    id: ConnectionId,
    profile: Profile,
    received: ReceivedPackets,
    first: { packet: number; message: number },
  ) {
    this.#header.id = id;
    this.#received = received;
    this.#number = first.packet;
    this.roundTrip = new RoundTrip(profile);
    this.outbound = new OutboundMessages(first.message);
    this.sent = new SentPackets(this.outbound, this.roundTrip, this.congestion);
  }

  /** The number of the next packet: none from here on was sent. */
  get nextNumber(): number {
    return this.#number;
  }

  get numbersUsedUp(): boolean {
    return this.#number > PACKET_NUMBER_MAX - NUMBERS_KEPT || this.outbound.numbersUsedUp;
  }

  /** Writes the next data packet and returns its length, 0 where nothing is due. */
  write(into: Uint8Array, said: Said): number {
    const record = this.sent.create();
    let offset = DATA_HEADER_BYTES;
    if (said.answer !== undefined) offset = writeProof(into, offset, frameKind.response, said.answer);
    if (this.sent.mayLeave) offset = this.#writeWanting(into, offset, { record, said });
    const isWanting = record.ping || record.fragments.length > 0;
    const isDue = offset > DATA_HEADER_BYTES || this.#received.dueMs <= said.nowMs;
    if (!isWanting) {
      this.sent.probes = 0;
      this.sent.putBack(record);
      return isDue ? this.#reply(into, offset, said) : 0;
    }
    while (offset < QUESTION_PACKET_BYTES - CHECKSUM_BYTES) into[offset++] = frameKind.pad;
    record.number = this.#number;
    record.sentMs = said.nowMs;
    record.bytes = this.#reply(into, offset, said);
    this.sent.add(record);
    return offset + CHECKSUM_BYTES;
  }

  /** A packet that only asks whether the peer is where it goes: what it acknowledges may reach nobody. */
  writeQuestion(into: Uint8Array, said: Said, question: Uint8Array): number {
    return this.#close(into, writeProof(into, DATA_HEADER_BYTES, frameKind.challenge, question), said);
  }

  writeClose(into: Uint8Array, said: Said, why: { code: number; text: Uint8Array }): number {
    return this.#close(into, writeClose(into, DATA_HEADER_BYTES, why.code, why.text), said);
  }

  /** Frames that want an acknowledgement. */
  #writeWanting(into: Uint8Array, start: number, { record, said }: { record: SentPacket; said: Said }): number {
    let offset = start;
    let fragment = this.outbound.next(FRAMES_END - offset);
    while (fragment !== undefined) {
      offset = writeFragment(into, offset, fragment);
      if (fragment.packet > 0) this.repeatedFragments++;
      record.fragments.push(fragment);
      fragment = this.outbound.next(FRAMES_END - offset);
    }
    const opens = said.window - this.#announcedWindow >= WINDOW_STEP;
    if (offset === FRAMES_END || !(this.sent.pingWanted || opens || said.keepAlive)) return offset;
    this.sent.pingWanted = false;
    this.#announcedWindow = said.window;
    record.ping = true;
    return writePing(into, offset);
  }

  /** A packet to where the peer is: it acknowledges what came. */
  #reply(into: Uint8Array, end: number, said: Said): number {
    this.#received.acknowledged();
    return this.#close(into, end, said);
  }

  /** Header and checksum around the frames. */
  #close(into: Uint8Array, end: number, { nowMs, window }: Said): number {
    this.#header.number = this.#number++;
    this.#header.window = window >>> 0;
    this.#received.describe(this.#header, nowMs);
    this.#header.write(into);
    return seal(into, end);
  }
}
