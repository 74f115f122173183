// A short number for a text, to tell it from others of its sender. No defence: whoever wants two alike finds them.

const FACTOR = 0x01_00_01_93;

/** 64 bits, as up to 14 letters and digits. */
export function digest(text: string): string {
  let one = 0x811c_9dc5;
  let other = 0x1234_5678;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    one = Math.imul(one ^ code, FACTOR);
    other = Math.imul(other ^ (code + index), FACTOR);
  }
  return (one >>> 0).toString(36) + (other >>> 0).toString(36).padStart(7, "0");
}
