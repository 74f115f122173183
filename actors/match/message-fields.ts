// A message of a match client: fields that are joined by `;`, and what a field may be.
import { hasControlCharacter, type LineProblem, lineProblem } from "../commands/line-problem.ts";

const SEPARATOR = ";";
const ENDING = /\r?\n$/;
const WHOLE_NUMBER = /^[1-9]\d{0,14}$/;
/** Those below are the operating system's. */
const PORT_MIN = 1_024;
const PORT_MAX = 65_535;

/** A message and how it ended: with LF, CRLF, or with nothing but silence. */
export function splitEnding(message: string): { readonly text: string; readonly ending: string } {
  const text = message.replace(ENDING, "");
  return { text, ending: message.slice(text.length) };
}

/** `text` is one message without its ending. At least one field, of which any may be empty. */
export function parseFields(text: string): readonly string[] | LineProblem {
  return lineProblem(text) ?? text.split(SEPARATOR);
}

/** A message of these fields and no others, of any length. Throws where one holds a `;` or a control character. */
export function joinFields(...fields: readonly (string | number)[]): string {
  const text = fields.join(SEPARATOR);
  const isSplit = fields.some((field) => typeof field === "string" && field.includes(SEPARATOR));
  if (fields.length === 0 || isSplit || hasControlCharacter(text)) {
    throw new Error(`Cannot join ${fields.length} fields: they would be read as others`);
  }
  return text;
}

/** Decimal digits alone, as they would be printed. */
export function parsePort(text: string): number | undefined {
  const port = parseCount(text, PORT_MAX);
  return port !== undefined && port >= PORT_MIN ? port : undefined;
}

/** From 1 to `max`: decimal digits alone, as they would be printed. */
export function parseCount(text: string, max: number): number | undefined {
  if (!WHOLE_NUMBER.test(text)) return undefined;
  const count = Number(text);
  return count <= max ? count : undefined;
}
