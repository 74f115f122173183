// What /accounts takes and answers: the schemas and examples of its documents.

import { Type } from "@sinclair/typebox";
import { type Static, t } from "elysia";

import { limits } from "#runtime/mod.ts";

import { oneOf, wholeNumber } from "./answer-schemas.ts";
import { nameParameter } from "./name-parameter.ts";
import { nextCursor, pageParameters } from "./paging.ts";

/** What every protocol can carry: a blank ends an argument of text, `;` a field of matches. */
export const PASSWORD_RULE = `1 to ${limits.passwordLengthMax} characters, no blanks, \`;\` or control characters`;

export const accountSchema = t.Object({
  name: t.String({ description: "As its owner wrote it; as names are compared where an earlier version made it" }),
  status: oneOf(["active", "disabled"]),
  createdAt: t.Optional(wholeNumber("Unix milliseconds; absent where an earlier version made it")),
});

export const accountsSchema = t.Object({ items: t.Array(accountSchema), next: nextCursor });

export const accountsQuery = t.Object({
  prefix: t.Optional(nameParameter("prefix", ": how names begin")),
  ...pageParameters,
});

export const accountPath = t.Object({ name: nameParameter("name") });

const password = Type.String({
  title: "password",
  description: PASSWORD_RULE,
  minLength: 1,
  maxLength: limits.passwordLengthMax,
  pattern: "^[^\\s;\\u0000-\\u001f\\u007f-\\u009f]+$",
});

export const createBody = Type.Object(
  { name: nameParameter("name", ", none of the server's own"), password },
  { title: "body", description: "An object with name and password", additionalProperties: false },
);

export const resetBody = Type.Object(
  { password },
  { title: "body", description: "An object with a password", additionalProperties: false },
);

const EXAMPLE_PASSWORD = "uma-senha-boa";
export const createExample = { name: "ana", password: EXAMPLE_PASSWORD };
export const resetExample = { password: EXAMPLE_PASSWORD };
export const accountExample: Static<typeof accountSchema> = {
  name: "ana",
  status: "active",
  createdAt: 1_735_689_600_000,
};
