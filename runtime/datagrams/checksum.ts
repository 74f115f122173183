// Hot. The last four octets of every packet: CRC-32 of all before them, against what the path has garbled.
import { crc32 } from "node:zlib";

export const CHECKSUM_BYTES = 4;

/** Writes the checksum behind `length` octets, and returns the length of the whole packet. */
export function seal(packet: Uint8Array, length: number): number {
  const sum = crc32(packet.subarray(0, length));
  packet[length] = sum >>> 24;
  packet[length + 1] = sum >>> 16;
  packet[length + 2] = sum >>> 8;
  packet[length + 3] = sum;
  return length + CHECKSUM_BYTES;
}

/** The packet is what its sender has sealed. Against forgers it is no help. */
export function isSealed(packet: Uint8Array): boolean {
  const end = packet.length - CHECKSUM_BYTES;
  if (end < 0) return false;
  const sum = crc32(packet.subarray(0, end));
  return (
    packet[end] === sum >>> 24 &&
    packet[end + 1] === ((sum >>> 16) & 0xff) &&
    packet[end + 2] === ((sum >>> 8) & 0xff) &&
    packet[end + 3] === (sum & 0xff)
  );
}
