// Fields that many routes take in a query, a path or a body, and those of them that were sent.

import { type TString, Type } from "@sinclair/typebox";
import { t } from "elysia";

import { HTTP_LIMITS } from "./limits.ts";

export function boundedText(title: string, description: string, charsMax: number = HTTP_LIMITS.nameCharsMax): TString {
  const bounded = `1 to ${charsMax} characters: ${description}`;
  return Type.String({ title, description: bounded, minLength: 1, maxLength: charsMax });
}

/** Of a query or a path, whose numbers are texts. */
export function wholeFrom(minimum: number, title: string, description: string) {
  const bounded = `A whole number from ${minimum}: ${description}`;
  return t.Integer({ title, description: bounded, minimum, maximum: Number.MAX_SAFE_INTEGER });
}

/** Without those that were not sent. */
export function given<Fields extends object>(
  fields: Fields,
): { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  const sent = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(sent) as ReturnType<typeof given<Fields>>;
}
