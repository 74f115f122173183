// One line of text into a command and its arguments, or into what is wrong with it.
import type { TObject, TSchema } from "#runtime/mod.ts";
import { limits, t, Value } from "#runtime/mod.ts";

import type { Command, Vocabulary } from "./command.ts";
import { type LineProblem, lineProblem } from "./line-problem.ts";

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
/** The only control characters that may be in a command. */
const TABS = /\t/g;
const WRONG: Readonly<Record<LineProblem, WrongLine>> = {
  not_utf8: "text.not_utf8",
  control_character: "text.control_character",
  too_long: "text.line_too_long",
};

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
  const problem = lineProblem(text.replace(TABS, " "));
  if (problem !== undefined) return wrong(WRONG[problem]);
  if (command === undefined || word === null) return wrong("text.unknown_command");
  const input = parseArguments(command.input, said.slice(word[0].length));
  if (input === undefined) return wrong("text.bad_arguments");
  return { kind: "command", tag, command, input: input as never };
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
