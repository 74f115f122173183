// The texts that begin with a prefix, and those of them that come after a page, as bounds of a walk in order.
import { compareUtf8 } from "../base/utf8-order.ts";

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
