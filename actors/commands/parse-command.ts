// One line of text into a command and its arguments, or into what is wrong with it.
import type { TObject, TSchema } from "#runtime/mod.ts";
import { limits, t, Value } from "#runtime/mod.ts";

import type { Command, Vocabulary } from "./command.ts";

export interface ParsedCommand {
  readonly kind: "command";
  readonly tag: string;
  readonly command: Command;
  readonly input: never;
}

export type Parsed =
  | ParsedCommand
  /** Nothing was said. */
  | { readonly kind: "empty" }
  | { readonly kind: "wrong"; readonly tag: string; readonly code: WrongLine; readonly command: Command | undefined };

export type WrongLine =
  "text.unknown_command" | "text.bad_arguments" | "text.not_utf8" | "text.control_character" | "text.line_too_long";

/** The last argument, which takes what is left of the line, blanks included. */
export const restOfLine = (maxLength: number = limits.textLineBytesMax): TSchema & { static: string } =>
  t.String({ minLength: 1, maxLength, rest: true });

const TAGGED = /^#([A-Za-z0-9_.-]{1,32})[ \t]+/;
const FIRST_WORD = /^(\S+)[ \t]*/;
const WHOLE_NUMBER = /^\d{1,15}$/;
const REPLACEMENT = "\uFFFD";
/** Of C0 and C1 only the tab may be in a line: the rest could move somebody's cursor. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]/u;
const TABS = /\t/g;

/** `line` has no ending. Octets that were not UTF-8 are U+FFFD by now. */
export function parseCommand(line: string, vocabulary: Vocabulary): Parsed {
  const text = line.trim();
  if (text === "") return { kind: "empty" };
  const tagged = TAGGED.exec(text);
  const tag = tagged?.[1] ?? "";
  const said = tagged === null ? text : text.slice(tagged[0].length);
  const word = FIRST_WORD.exec(said);
  const command = vocabulary.get((word?.[1] ?? "").toUpperCase());
  const wrong = (code: WrongLine): Parsed => ({ kind: "wrong", tag, code, command });
  if (said.includes(REPLACEMENT)) return wrong("text.not_utf8");
  if (CONTROL_CHARACTERS.test(said.replace(TABS, " "))) return wrong("text.control_character");
  if (isTooLong(text)) return wrong("text.line_too_long");
  if (command === undefined || word === null) return wrong("text.unknown_command");
  const input = parseArguments(command.input, said.slice(word[0].length));
  if (input === undefined) return wrong("text.bad_arguments");
  return { kind: "command", tag, command, input: input as never };
}

/** In octets; no character has more than three for each of its code units. */
function isTooLong(text: string): boolean {
  return text.length * 3 > limits.textLineBytesMax && Buffer.byteLength(text) > limits.textLineBytesMax;
}

/** Undefined when they are not what the schema says. */
function parseArguments(schema: TObject, text: string): Record<string, unknown> | undefined {
  const input: Record<string, unknown> = {};
  let left = text;
  for (const [name, property] of Object.entries(schema.properties)) {
    const word = property["rest"] === true ? left : (FIRST_WORD.exec(left)?.[1] ?? "");
    if (word === "") break;
    left = property["rest"] === true ? "" : left.slice((FIRST_WORD.exec(left) as RegExpExecArray)[0].length);
    input[name] = property["type"] === "integer" && WHOLE_NUMBER.test(word) ? Number(word) : word;
  }
  return left === "" && Value.Check(schema, input) ? input : undefined;
}
