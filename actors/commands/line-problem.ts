// What no line of text may have in it, whatever it means: what is not UTF-8, control characters, too many octets.
import { limits } from "#runtime/mod.ts";

export type LineProblem = "not_utf8" | "control_character" | "too_long";

const REPLACEMENT = "\uFFFD";
/** C0, C1 and the separators of lines: they could move somebody's cursor. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]/u;

/** The first that holds, in the order of the type. Octets that were not UTF-8 are U+FFFD by now. */
export function lineProblem(line: string): LineProblem | undefined {
  if (line.includes(REPLACEMENT)) return "not_utf8";
  if (hasControlCharacter(line)) return "control_character";
  return isTooLong(line) ? "too_long" : undefined;
}

export function hasControlCharacter(text: string): boolean {
  return CONTROL_CHARACTERS.test(text);
}

/** In octets; no character has more than three for each of its code units. */
function isTooLong(text: string): boolean {
  return text.length * 3 > limits.textLineBytesMax && Buffer.byteLength(text) > limits.textLineBytesMax;
}
