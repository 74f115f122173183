// The written rule for keys: which texts name an actor, and why the others do not.
import { limits } from "../limits.ts";

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * A key is any text of 1 to 512 UTF-16 code units in Unicode's normal form C, without control characters and without
 * half of a surrogate pair; but not `.` or `..`, which no URL can hold. Slashes, spaces and every script are allowed;
 * keys are compared code unit by code unit, so look-alikes of different letters are different actors. Returns what is
 * wrong, or undefined.
 */
export function keyProblem(key: string): string | undefined {
  if (typeof key !== "string") return `it is no text but ${typeof key}`;
  if (key.length === 0) return "it is empty";
  if (key === "." || key === "..") return "no URL can hold it";
  if (key.length > limits.actorKeyLengthMax) {
    return `it has ${key.length} characters, the limit is ${limits.actorKeyLengthMax}`;
  }
  if (isPlain(key)) return undefined;
  if (CONTROL.test(key)) return "it has a control character";
  if (!key.isWellFormed()) return "it has half of a surrogate pair";
  return key.normalize("NFC") === key ? undefined : "it is not in Unicode's normal form C";
}

/** Printable ASCII, as nearly every key is: nothing else needs to be looked at. */
function isPlain(key: string): boolean {
  for (let index = 0; index < key.length; index++) {
    const unit = key.charCodeAt(index);
    if (unit < 0x20 || unit > 0x7e) return false;
  }
  return true;
}
