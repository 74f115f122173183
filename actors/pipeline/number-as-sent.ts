// The digits of a number as its sender wrote them: a double cannot hold 2^53 + 1, and prints 1e400 as Infinity.

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * The text of the number that `key` names in the outermost object; of a key given twice the last counts, as in
 * `JSON.parse`. `text` has been parsed: it is a JSON object, and `key` names a number in it. A plain walk, because a
 * reviver meets the same key in nested objects, and overflows the stack where the parser itself does not.
 */
export function numberAsSent(text: string, key: string): string {
  let depth = 0;
  let number = "";
  let valueStart = -1;
  let lastText = "";
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === QUOTE) {
      const end = stringEnd(text, index);
      if (depth === 1 && valueStart < 0) lastText = text.slice(index, end);
      index = end - 1;
    } else if (unit === OPENING_BRACE || unit === OPENING_BRACKET) {
      depth++;
    } else if (unit === COLON && depth === 1) {
      if (JSON.parse(lastText) === key) valueStart = index + 1;
    } else if (unit === CLOSING_BRACE || unit === CLOSING_BRACKET || unit === COMMA) {
      if (depth === 1 && valueStart >= 0) {
        number = text.slice(valueStart, index).trim();
        valueStart = -1;
      }
      if (unit !== COMMA) depth--;
    }
  }
  return number;
}

/** The index behind the closing quote of the string that starts at `start`. */
function stringEnd(text: string, start: number): number {
  let index = start + 1;
  for (; text.charCodeAt(index) !== QUOTE; index++) if (text.charCodeAt(index) === BACKSLASH) index++;
  return index + 1;
}
