// Schemas for what the gateway answers. Elysia's own `t.Integer` also takes text: right in a query, wrong in an answer.

import { type TInteger, type TUnsafe, Type } from "@sinclair/typebox";
import { t } from "elysia";

/** A whole number that is never negative: a count, bytes, a port, Unix milliseconds. */
export function wholeNumber(description?: string): TInteger {
  return Type.Integer({ minimum: 0, ...(description === undefined ? {} : { description }) });
}

/** One of these words. Without the default that `t.UnionEnum` adds: an answer has none. */
export function oneOf<const Word extends string>(
  words: readonly [Word, ...Word[]],
  description?: string,
): TUnsafe<Word> {
  const { default: _first, ...schema } = t.UnionEnum([...words]);
  return (description === undefined ? schema : { ...schema, description }) as unknown as TUnsafe<Word>;
}
