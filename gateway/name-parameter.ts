// Names of people and rooms as parts of addresses, of queries and of bodies.

import { type TString, Type } from "@sinclair/typebox";

import { NAME_PATTERN } from "#actors/chat/names.ts";

const NAME_RULE = "1 to 32 letters, digits, `_`, `.` and `-`, the first a letter or a digit";

export function nameParameter(title: string, description = ""): TString {
  return Type.String({ title, description: NAME_RULE + description, pattern: NAME_PATTERN });
}

/** What a name that is none is answered with, as the document shows it. */
export function nameComplaint(title: string, description = ""): string {
  return `Cannot accept the request: "${title}" must be ${NAME_RULE}${description}`;
}
