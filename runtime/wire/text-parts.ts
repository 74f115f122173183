// Hot. Text put together from parts, straight into a sink: no string is built only to be copied.
import type { ByteSink } from "./protocol.ts";

/** Octets prepared earlier, text, or a whole number from 0 to 2^53 - 1 that is written in decimal. */
export type TextPart = Uint8Array | string | number;

/** UTF-8 needs at most three octets for each UTF-16 code unit. */
const UTF8_OCTETS_PER_UNIT_MAX = 3;
const DECIMAL_DIGITS_MAX = 16;
const ZERO = 0x30;
const INT32_MAX = 0x7fff_ffff;

/** How many octets the parts may need. */
export function partsBytesMax(parts: readonly TextPart[]): number {
  let bytesMax = 0;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as TextPart;
    if (typeof part === "number") bytesMax += DECIMAL_DIGITS_MAX;
    else bytesMax += typeof part === "string" ? part.length * UTF8_OCTETS_PER_UNIT_MAX : part.length;
  }
  return bytesMax;
}

/** Writes the parts one behind the other at `offset`, where there is room; returns the offset behind the last. */
export function writeParts(parts: readonly TextPart[], sink: ByteSink, offset: number): number {
  const { bytes } = sink;
  let position = offset;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as TextPart;
    if (typeof part === "string") {
      position += bytes.write(part, position, "utf8");
    } else if (typeof part === "number") {
      position = writeDecimal(part, bytes, position);
    } else {
      bytes.set(part, position);
      position += part.length;
    }
  }
  return position;
}

function writeDecimal(value: number, bytes: Buffer, offset: number): number {
  if (value > INT32_MAX) return offset + bytes.write(String(value), offset, "latin1");
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  let rest = value | 0;
  for (let position = offset + digits - 1; position >= offset; position--) {
    const tenth = (rest / 10) | 0;
    bytes[position] = ZERO + (rest - tenth * 10);
    rest = tenth;
  }
  return offset + digits;
}
