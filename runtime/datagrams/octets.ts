// Hot. Big-endian numbers in octets. Nothing is allocated; whoever calls has made sure that the octets are there.

export function readU16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number);
}

export function readU32(bytes: Uint8Array, offset: number): number {
  return ((readU16(bytes, offset) << 16) | readU16(bytes, offset + 2)) >>> 0;
}

export function writeU16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 8;
  bytes[offset + 1] = value;
}

export function writeU32(bytes: Uint8Array, offset: number, value: number): void {
  writeU16(bytes, offset, value >>> 16);
  writeU16(bytes, offset + 2, value);
}

export function sameOctets(left: Uint8Array, right: Uint8Array, length: number): boolean {
  for (let index = 0; index < length; index++) if (left[index] !== right[index]) return false;
  return true;
}
