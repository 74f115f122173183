// The 12-byte header of the pipelined protocol: magic u32, type u32, payload length u32, all big-endian.
import { limits } from "../limits.ts";
import type { WireFault } from "./protocol.ts";

export const FRAME_HEADER_BYTES = 12;
export const FRAME_MAGIC = 0x12345678;
export const FRAME_MAGIC_BYTES: readonly number[] = [0x12, 0x34, 0x56, 0x78];

export const FRAME_TYPE_REQUEST = 1;
export const FRAME_TYPE_RESPONSE = 2;
export const FRAME_TYPE_CLOSE = 4;

/** Writes one header at `offset`; the caller has made sure that 12 bytes are free there. */
export function writeFrameHeader(view: DataView, offset: number, type: number, payloadBytes: number): void {
  view.setUint32(offset, FRAME_MAGIC);
  view.setUint32(offset + 4, type);
  view.setUint32(offset + 8, payloadBytes);
}

/** Nothing after this frame is read, its own payload neither. */
export function isCloseFrame(type: number): boolean {
  return type === FRAME_TYPE_CLOSE;
}

/** What is wrong with a frame that a server receives and that does not close, judged before any payload is waited for. */
export function frameFault(type: number, payloadBytes: number): WireFault | undefined {
  if (type !== FRAME_TYPE_REQUEST) return "wire.unknown_frame_type";
  return payloadBytes > limits.framePayloadBytesMax ? "wire.frame_too_large" : undefined;
}
