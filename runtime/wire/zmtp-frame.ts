// Hot. The header of a ZMTP frame: flags (1 MORE, 2 LONG, 4 COMMAND), then its size in one octet, or eight when LONG.
import { limits } from "../limits.ts";
import type { WireFault } from "./protocol.ts";

export const FLAG_MORE = 1;
const FLAG_LONG = 2;
export const FLAG_COMMAND = 4;

const KNOWN_FLAGS = FLAG_MORE | FLAG_LONG | FLAG_COMMAND;
const SHORT_HEADER_BYTES = 2;
const LONG_HEADER_BYTES = 9;
const SHORT_BODY_BYTES_MAX = 255;

/** How long a header is whose first octet is this. */
export function headerBytes(flags: number): number {
  return (flags & FLAG_LONG) === 0 ? SHORT_HEADER_BYTES : LONG_HEADER_BYTES;
}

/** What no header begins with. A command stands alone: it is not part of a message. */
export function flagsFault(flags: number): WireFault | undefined {
  const isSplitCommand = (flags & FLAG_COMMAND) !== 0 && (flags & FLAG_MORE) !== 0;
  return (flags & ~KNOWN_FLAGS) !== 0 || isSplitCommand ? "wire.zmtp_frame" : undefined;
}

/** The size of the body that a whole header at `offset` announces; one past every bound where it says 4 GiB or more. */
export function bodyBytes(octets: Uint8Array, offset: number): number {
  if (((octets[offset] as number) & FLAG_LONG) === 0) return octets[offset + 1] as number;
  for (let index = 1; index <= 4; index++) if (octets[offset + index] !== 0) return Number.POSITIVE_INFINITY;
  const high = ((octets[offset + 5] as number) << 24) | ((octets[offset + 6] as number) << 16);
  return (high | ((octets[offset + 7] as number) << 8) | (octets[offset + 8] as number)) >>> 0;
}

/** Judged on the header, before anything is kept. */
export function bodyFault(flags: number, bytes: number): WireFault | undefined {
  const bytesMax = (flags & FLAG_COMMAND) === 0 ? limits.zmtpMessageBytesMax : limits.zmtpCommandBytesMax;
  return bytes > bytesMax ? "wire.frame_too_large" : undefined;
}

export function encodedFrameBytes(bytes: number): number {
  return (bytes > SHORT_BODY_BYTES_MAX ? LONG_HEADER_BYTES : SHORT_HEADER_BYTES) + bytes;
}

/** Writes header and body at `offset`, where there is room for them, and returns the offset behind. */
export function writeFrame(octets: Buffer, offset: number, flags: number, body: Uint8Array): number {
  let position = offset;
  if (body.length <= SHORT_BODY_BYTES_MAX) {
    octets[position++] = flags;
    octets[position++] = body.length;
  } else {
    octets[position++] = flags | FLAG_LONG;
    octets.writeUInt32BE(0, position);
    octets.writeUInt32BE(body.length, position + 4);
    position += 8;
  }
  octets.set(body, position);
  return position + body.length;
}
