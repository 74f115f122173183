// Frames as the tests of this folder make and read them: plainly, so that they can be trusted beside the hot code.
import type { Decoder } from "./protocol.ts";

/** A frame of any magic, type and announced length; a payload that is as long as announced unless told otherwise. */
export function frame(payload: string | Uint8Array, header: { magic?: number; type?: number; length?: number } = {}) {
  const body = Buffer.from(payload);
  const bytes = Buffer.alloc(12 + body.length);
  bytes.writeUInt32BE(header.magic ?? 0x12345678, 0);
  bytes.writeUInt32BE(header.type ?? 1, 4);
  bytes.writeUInt32BE(header.length ?? body.length, 8);
  body.copy(bytes, 12);
  return bytes;
}

export const closeFrame = frame("", { type: 4 });

/** Every payload that can be had now, in batches of at most `countMax`. */
export function takeAll(decoder: Decoder, countMax = 1_000): string[] {
  const payloads: string[] = [];
  for (let batch = decoder.next(countMax); batch !== undefined; batch = decoder.next(countMax)) {
    while (batch.remaining > 0) payloads.push(batch.take() as string);
    batch.release();
  }
  return payloads;
}

/** Feeds the chunks one after the other, taking everything after each. */
export function feed(decoder: Decoder, chunks: readonly Uint8Array[], countMax = 1_000): string[] {
  const payloads: string[] = [];
  for (const chunk of chunks) {
    decoder.push(Buffer.from(chunk), 0);
    payloads.push(...takeAll(decoder, countMax));
  }
  return payloads;
}

export function singleBytes(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
}

/** Cut before each of the offsets, whatever their order. */
export function splitAt(bytes: Uint8Array, offsets: readonly number[]): Uint8Array[] {
  const cuts = [0, ...offsets.filter((offset) => offset > 0 && offset < bytes.length), bytes.length];
  const inOrder = [...new Set(cuts)].sort((left, right) => left - right);
  return inOrder.slice(1).map((end, index) => bytes.subarray(inOrder[index], end));
}
