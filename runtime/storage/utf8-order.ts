// The order of texts by their UTF-8 bytes, which is that of their code points: the same in memory and in a database.

/** As `sort` wants it. Both texts are well-formed; UTF-16 alone would put U+FFFD after every emoji. */
export function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const [leftUnit, rightUnit] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (leftUnit !== rightUnit) return rank(leftUnit) - rank(rightUnit);
  }
  return left.length - right.length;
}

/** Surrogates stand for code points above all that one unit can hold. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** The least text after all that begin with this prefix; undefined when nothing can come after them. */
export function prefixEnd(prefix: string): string | undefined {
  const points = Array.from(prefix.toWellFormed(), (character) => character.codePointAt(0) as number);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last < 0x10ffff) return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return undefined;
}

/** The least text that begins with this prefix, or comes after it, and comes after `after`. */
export function pageStart(prefix: string, after: string): string {
  const next = `${after.toWellFormed()}\0`;
  const start = prefix.toWellFormed();
  return compareUtf8(next, start) > 0 ? next : start;
}
