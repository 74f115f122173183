// What clients do, as events with a name: the process's log has them as JSON lines, the documents' files as their own.
import { limits } from "#runtime/mod.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Where such events go. Declared here, by their makers. */
export interface ClientEvents {
  /** `fields` is asked only where the event becomes a line: of many in a second, most do not. */
  event?(reason: string, fields: () => Fields): void;
}

const CONTROL_CHARACTERS = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** One line that moves no cursor, whatever a client sent. */
export function printable(text: string): string {
  return text.replace(CONTROL_CHARACTERS, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16).padStart(4, "0")}}`;
  });
}

/** The same, no longer than a field of the log may be. */
export function asField(text: string): string {
  return printable(text.slice(0, limits.logFieldCharsMax));
}
