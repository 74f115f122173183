// How one method of an actor type stands in the document: its input, its answer, and all that may come instead.

import type { DocumentDecoration, TSchema } from "elysia";
import { t } from "elysia";

import { limits } from "#runtime/mod.ts";
import type { ActorTypeView, MethodView } from "#runtime/observe/view.ts";

import { actorAnswers, CALL_STATUSES } from "./actor-answers.ts";
import { keyPath } from "./actor-path.ts";
import { type Answers, answers, type ObjectSchema, parameters } from "./document.ts";
import { exampleOf } from "./example-of.ts";
import { bodyAnswers } from "./request-body.ts";
import { shownSchema } from "./shown-schema.ts";

const repeatHeader = t.Object({
  "Idempotency-Key": t.Optional(
    t.String({
      description:
        `1 to ${limits.nameLengthMax} characters, another one for each call of this method of this actor: ` +
        "under a name that was used before nothing runs, and the answer is the first one",
      minLength: 1,
      maxLength: limits.nameLengthMax,
    }),
  ),
});

/** Each type has a tag of its own. */
export function tagOf(type: { readonly type: string }): string {
  return `actor ${type.type}`;
}

export function callDetail(
  type: ActorTypeView,
  method: MethodView,
  query: ObjectSchema,
  components: Record<string, TSchema>,
): DocumentDecoration {
  const name = `${type.type}.${method.name}`;
  const show = (schema: object, end: string): TSchema => shownSchema(schema, `${name}.${end}.`, components);
  const isChange = method.kind === "write";
  return {
    summary: method.about ?? `Call ${name}`,
    description: describe(type, method),
    operationId: `${type.type}_${method.name}`,
    tags: [tagOf(type)],
    parameters: [
      ...parameters("path", keyPath),
      ...parameters("query", query),
      ...(isChange && type.durable ? parameters("header", repeatHeader) : []),
    ],
    ...(method.in === undefined
      ? {}
      : { requestBody: { required: true, content: jsonContent(method.in, show, "in") } }),
    responses: answers({
      ...answerOf(method, show),
      ...actorAnswers(CALL_STATUSES),
      ...bodyAnswers,
    }),
  };
}

function describe({ durable }: ActorTypeView, { kind }: MethodView): string {
  if (kind === "read") return "Only looks: changes nothing, and may share the actor with other reads.";
  const turn = "A turn of the actor, which has it to itself.";
  if (!durable) return `${turn} Its state is in memory only.`;
  const repeats = "Under the same `Idempotency-Key` it runs once, and a repeat gets the first answer.";
  return `${turn} What it changes is stored before the answer leaves. ${repeats}`;
}

function answerOf(method: MethodView, show: (schema: object, end: string) => TSchema): Answers {
  if (method.out === undefined) return { 204: { description: "It has run; the method has no answer" } };
  return { 200: { description: "The answer", content: jsonContent(method.out, show, "out") } };
}

function jsonContent(schema: object, show: (schema: object, end: string) => TSchema, end: string) {
  const example = exampleOf(schema as TSchema);
  return { "application/json": { schema: show(schema, end), ...(example === undefined ? {} : { example }) } };
}
