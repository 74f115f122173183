// Characters for generated texts: any code point but half of a pair.
import * as fc from "fast-check";

const PAIRS_FROM = 0xd800;
const PAIRS = 0x800;
const COUNT = 0x110000 - PAIRS;

/** For `fc.string({ unit })`. What it calls "binary" is the same, and takes most of a second to make. */
export const anyCodePoint: fc.Arbitrary<string> = fc.nat({ max: COUNT - 1 }).map(
  (index) => String.fromCodePoint(index < PAIRS_FROM ? index : index + PAIRS),
  (character) => {
    const point = typeof character === "string" ? (character.codePointAt(0) ?? -1) : -1;
    if (point < 0 || String.fromCodePoint(point) !== character) throw new TypeError("Not one character");
    return point < PAIRS_FROM ? point : point - PAIRS;
  },
);
