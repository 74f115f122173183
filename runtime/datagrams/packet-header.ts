// Hot. How packets begin: the kinds, the header of data packets, the connection id. docs/datagrams.md has the table.
import { limits } from "../limits.ts";
import { CHECKSUM_BYTES } from "./checksum.ts";
import { readU16, readU32, writeU16, writeU32 } from "./octets.ts";
import type { SecretRandom } from "./secrets.ts";

/** First octets: 0x80 to 0xBF never begin UTF-8 text, so one port can serve both. */
export const packetKind = {
  hello: 0x80,
  retry: 0x81,
  connect: 0x82,
  accept: 0x83,
  data: 0x84,
  refused: 0x85,
  gone: 0x86,
} as const;

/** Sixty-four bits of which the upper eleven are zero, so that it is a number here. */
export type ConnectionId = number & { readonly brand: "ConnectionId" };

const UPPER_MAX = 0x1f_ffff;

export function readConnectionId(packet: Uint8Array, offset: number): ConnectionId | undefined {
  const upper = readU32(packet, offset);
  return upper > UPPER_MAX ? undefined : ((upper * 2 ** 32 + readU32(packet, offset + 4)) as ConnectionId);
}

export function writeConnectionId(packet: Uint8Array, offset: number, id: ConnectionId): void {
  writeU32(packet, offset, Math.floor(id / 2 ** 32));
  writeU32(packet, offset + 4, id % 2 ** 32);
}

/** Fifty-three bits of chance: whoever has not seen a packet of a connection does not guess its id. */
export function createConnectionId(random: SecretRandom): ConnectionId {
  const octets = new Uint8Array(8);
  random.drawInto(octets);
  return ((readU32(octets, 0) & UPPER_MAX) * 2 ** 32 + readU32(octets, 4)) as ConnectionId;
}

export const DATA_HEADER_BYTES = 31;
/** What frames have of one packet. */
export const FRAMES_BYTES_MAX = limits.datagramBytesMax - DATA_HEADER_BYTES - CHECKSUM_BYTES;
export const PACKET_NUMBER_MAX = 2 ** 32 - 1;

/** What a data packet says before its frames. One object is used again for every packet. */
export class DataHeader {
  id = 0 as ConnectionId;
  /** From 1 on; never used twice. */
  number = 0;
  /** Cost of messages that the sender of this packet takes in all, modulo 2^32. */
  window = 0;
  /** Largest packet number that its sender has received, 0 before the first. */
  largest = 0;
  /** How long ago `largest` came, in units of 100 µs. */
  ackDelay = 0;
  /** Which came of the 64 packets before `largest`: bit i is the packet `largest - 1 - i`. */
  ackedHigh = 0;
  ackedLow = 0;

  /** False where this is no data packet that could have been sent. */
  read(packet: Uint8Array): boolean {
    if (packet.length < DATA_HEADER_BYTES + CHECKSUM_BYTES || packet.length > limits.datagramBytesMax) return false;
    const id = readConnectionId(packet, 1);
    if (packet[0] !== packetKind.data || id === undefined) return false;
    this.id = id;
    this.number = readU32(packet, 9);
    this.window = readU32(packet, 13);
    this.largest = readU32(packet, 17);
    this.ackDelay = readU16(packet, 21);
    this.ackedHigh = readU32(packet, 23);
    this.ackedLow = readU32(packet, 27);
    return this.number > 0;
  }

  write(packet: Uint8Array): void {
    packet[0] = packetKind.data;
    writeConnectionId(packet, 1, this.id);
    writeU32(packet, 9, this.number);
    writeU32(packet, 13, this.window);
    writeU32(packet, 17, this.largest);
    writeU16(packet, 21, this.ackDelay);
    writeU32(packet, 23, this.ackedHigh);
    writeU32(packet, 27, this.ackedLow);
  }

  /** The packet `number` is among those that the header acknowledges. */
  acknowledges(number: number): boolean {
    const before = this.largest - number;
    if (before <= 0) return before === 0;
    return hasBit(this.ackedHigh, this.ackedLow, before - 1);
  }

  /** It acknowledges a packet with a number below 1. */
  get acknowledgesNone(): boolean {
    const known = Math.max(0, this.largest - 1);
    if (known >= 64) return false;
    if (known >= 32) return this.ackedHigh >>> (known - 32) !== 0;
    return this.ackedHigh !== 0 || this.ackedLow >>> known !== 0;
  }
}

function hasBit(high: number, low: number, index: number): boolean {
  if (index >= 64) return false;
  return ((index < 32 ? low >>> index : high >>> (index - 32)) & 1) === 1;
}
