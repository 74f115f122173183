// Messages in JSON: octets are looked through before they are parsed, and what was parsed before anybody uses it.
import { isMessageKey, isUtf8, type MessageBounds, type MessageProblem } from "./message-pack-check.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
/** Of arrays; braces have one bit more. */
const OPENING = 0x5b;
const CLOSING = 0x5d;
const BRACE_BIT = 0x20;

type ParsedJson = { readonly value: unknown } | { readonly problem: MessageProblem };

/**
 * JSON as RFC 8259 has it. Numbers are those of JavaScript, whole ones too; a key that comes twice has its last value.
 * What JSON can write and nobody can have is refused: halves of surrogate pairs, and numbers too large to be one.
 */
export function parseJson(bytes: Buffer, bounds: MessageBounds): ParsedJson {
  const problem = octetsProblem(bytes, bounds);
  if (problem !== undefined) return { problem };
  const value = parsed(bytes.toString());
  if (value === undefined) return { problem: "bad_json" };
  const wrong = valueProblem(value, bounds);
  return wrong === undefined ? { value } : { problem: wrong };
}

/** Values are counted by commas and openings, so that empty arrays and objects count twice. */
function octetsProblem(bytes: Buffer, { depthMax, valuesMax }: MessageBounds): MessageProblem | undefined {
  let depth = 0;
  let values = 1;
  let isText = false;
  for (let offset = 0; offset < bytes.length; offset++) {
    const octet = bytes[offset] as number;
    if (octet === QUOTE) isText = !isText;
    else if (isText) offset += octet === BACKSLASH ? 1 : 0;
    else if (octet === COMMA) values++;
    else if ((octet & ~BRACE_BIT) === OPENING) {
      values++;
      if (++depth > depthMax) return "too_deep";
    } else if ((octet & ~BRACE_BIT) === CLOSING) depth--;
  }
  if (values > valuesMax) return "too_many_values";
  return isUtf8(bytes, 0, bytes.length) ? undefined : "bad_text";
}

/** Undefined where it is no JSON, which has no such value. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Nothing in it is deeper than octets have been counted. */
function valueProblem(value: unknown, bounds: MessageBounds): MessageProblem | undefined {
  if (typeof value === "string") return value.isWellFormed() ? undefined : "bad_text";
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "bad_number";
  if (typeof value !== "object" || value === null) return undefined;
  if (!Array.isArray(value) && !Object.keys(value).every((key) => isMessageKey(key, bounds))) return "bad_key";
  for (const item of Object.values(value)) {
    const problem = valueProblem(item, bounds);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
