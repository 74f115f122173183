// GET /actors: which actors there are, awake and asleep.

import { type Elysia, t } from "elysia";

import { ACTOR_STATUSES, type ActorsView } from "#runtime/observe/view.ts";

import { actorAnswers } from "./actor-answers.ts";
import { actorExample, actorSchema } from "./actor-schemas.ts";
import { oneOf } from "./answer-schemas.ts";
import { answers, jsonAnswer, parameters, problemAnswer } from "./document.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { limitComplaint, nextCursor, pageParameters, pageQuery } from "./paging.ts";
import { problem } from "./problems.ts";
import { boundedText, given } from "./request-fields.ts";

export const actorsSchema = t.Object({
  items: t.Array(actorSchema),
  next: nextCursor,
});

const SORTS = ["mailbox", "turns"] as const;

const text = (...field: Parameters<typeof boundedText>) => t.Optional(boundedText(...field));

const { cursorCharsMax } = HTTP_LIMITS;

const querySchema = t.Object({
  type: text("type", "list only actors of this type; of a private one, as an operator"),
  keyPrefix: text("keyPrefix", "list only actors whose key begins so", cursorCharsMax),
  status: t.Optional(oneOf(ACTOR_STATUSES, `One of ${ACTOR_STATUSES.join(", ")}: list only actors of this status`)),
  field: text("field", "with `value`, list only actors of the type whose state had this in the field"),
  value: text("value", "JSON where it is a number, true, false or a text in quotes; else a text", cursorCharsMax),
  sort: t.Optional(
    oneOf(SORTS, "`mailbox` or `turns`: of those in memory, the ones with most of it; there is no next page"),
  ),
  limit: pageParameters.limit,
  after: text("after", "the `next` of the page before, a type and a key such as `counter/page/home`", cursorCharsMax),
});

const SORTED_ALONE =
  'Cannot accept the request: "sort" goes with neither "field" nor "after": it looks only at what is in memory, once';

const example = { items: [actorExample], next: "counter/page/home" };

export function serveActors(app: Elysia, view: ActorsView): void {
  app.get(
    "/actors",
    async ({ query }) => {
      const { type, keyPrefix, status, field, value, sort } = query;
      if ((field === undefined) !== (value === undefined)) {
        return problem("invalid_request", 'Cannot accept the request: "field" and "value" go together');
      }
      const where = field === undefined || value === undefined ? undefined : { field, value: fieldValue(value) };
      const filter = given({ type, keyPrefix, status, where });
      if (sort === undefined) return { ...(await view.actors({ ...filter, ...pageQuery(query) })) };
      if (field !== undefined || query.after !== undefined) return problem("invalid_request", SORTED_ALONE);
      return { items: view.sortedActors({ ...filter, sort, limit: query.limit }) };
    },
    {
      query: querySchema,
      detail: {
        summary: "Actors, awake and asleep",
        description:
          "One page of them in the order of type and key: those in memory, and of durable types those that are " +
          "stored. Those of private types are there only when their type is asked for. A page may be short and yet " +
          "have a next one.",
        tags: ["actors"],
        parameters: parameters("query", querySchema),
        responses: answers({
          200: jsonAnswer("One page of actors", actorsSchema, example),
          422: problemAnswer("invalid_request", limitComplaint),
          ...actorAnswers([404, 503]),
        }),
      },
    },
  );
}

/** Fields hold texts, numbers and booleans; a query holds only text. */
function fieldValue(value: string): string | number | boolean {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === "string" || typeof parsed === "boolean" || Number.isFinite(parsed)) return parsed as string;
  } catch {
    // Not JSON: a text as it stands.
  }
  return value;
}
