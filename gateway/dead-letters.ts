// Messages that nobody handled, at /dead-letters: to look at, to send again and to throw away.

import { type Elysia, t } from "elysia";

import type { DeadLettersView } from "#runtime/observe/view.ts";

import { actorAnswers, CALL_STATUSES } from "./actor-answers.ts";
import { anyJson, turnExample, turnSchema } from "./actor-schemas.ts";
import { wholeNumber } from "./answer-schemas.ts";
import { answers, jsonAnswer, parameters, problemAnswer } from "./document.ts";
import { limitComplaint, nextCursor, numberCursor, pageParameters } from "./paging.ts";
import { problem } from "./problems.ts";
import { takesNoInput } from "./request-body.ts";
import { boundedText, given, wholeFrom } from "./request-fields.ts";

export const letterSchema = t.Object({
  id: wholeNumber("Counts up with each letter"),
  at: wholeNumber("Unix milliseconds"),
  type: t.String(),
  key: t.String(),
  method: t.String(),
  reason: t.String({ description: "The code of what stood against it" }),
  problem: t.String({ description: "The same for people" }),
  from: t.Optional(t.String({ description: "The actor that sent it, if one did" })),
  input: t.Optional(anyJson("What the method was to be given")),
  once: t.Optional(t.String({ description: "The name under which its answer was to be kept, if it had one" })),
  first: t.Optional(wholeNumber("Of one that was sent again and came back: the id it had first")),
  inputLost: t.Boolean({ description: "The input could not be kept: it cannot be sent again" }),
  turns: t.Array(turnSchema, {
    description: "What the actor did last, as of `at`, newest first: the turn that failed, if one did",
  }),
});

export const lettersSchema = t.Object({ items: t.Array(letterSchema), next: nextCursor });

const example = {
  id: 7,
  at: 1_735_689_600_000,
  type: "counter",
  key: "page/home",
  method: "add",
  reason: "actor.crashed",
  problem: "Crashed in counter/page/home.add: out of ink",
  input: { amount: 1 },
  inputLost: false,
  turns: [{ ...turnExample, outcome: "crashed" }],
};

const querySchema = t.Object({
  type: t.Optional(boundedText("type", "list only letters to actors of this type")),
  reason: t.Optional(boundedText("reason", "list only those with this code, such as `actor.crashed`")),
  limit: pageParameters.limit,
  after: numberCursor("after"),
});

const idSchema = t.Object({ id: wholeFrom(1, "id", "the letter's id, as GET /dead-letters lists it") });

const NOT_FOUND = "Cannot find the dead letter: there is none of this id now";

export function serveDeadLetters(app: Elysia, view: DeadLettersView): void {
  serveLooking(app, view);
  const path = { params: idSchema, ...takesNoInput };
  const detail = { tags: ["dead-letters"], parameters: parameters("path", idSchema) };
  const known = {
    404: problemAnswer("letter_not_found", NOT_FOUND),
    422: problemAnswer("invalid_request", 'Cannot accept the request: "id" must be a whole number from 1'),
  };
  app.post(
    "/dead-letters/:id/replay",
    async ({ params }) => ((await view.replay(params.id)) ? new Response(null, { status: 202 }) : notFound()),
    {
      ...path,
      detail: {
        ...detail,
        summary: "Send a dead letter again",
        description: "As a message that nobody waits for; the letter goes when the message is let in.",
        responses: answers({
          202: { description: "The message is in the actor's mailbox" },
          ...actorAnswers(CALL_STATUSES),
          ...known,
        }),
      },
    },
  );
  app.delete(
    "/dead-letters/:id",
    async ({ params }) => ((await view.discard(params.id)) ? new Response(null, { status: 204 }) : notFound()),
    {
      ...path,
      detail: {
        ...detail,
        summary: "Throw a dead letter away",
        description: "Its message will not be handled by anybody.",
        responses: answers({
          204: { description: "It is gone" },
          ...actorAnswers([503]),
          ...known,
        }),
      },
    },
  );
}

function serveLooking(app: Elysia, view: DeadLettersView): void {
  app.get(
    "/dead-letters",
    async ({ query: { limit, after: before, ...filters } }) => ({
      ...(await view.deadLetters({ limit, ...given({ before, ...filters }) })),
    }),
    {
      query: querySchema,
      detail: {
        summary: "Messages that nobody handled",
        description:
          "One page of them, newest first. They are bounded in number: the oldest go when others come. " +
          "With a filter a page may be short and yet have a next one.",
        tags: ["dead-letters"],
        parameters: parameters("query", querySchema),
        responses: answers({
          200: jsonAnswer("One page of dead letters", lettersSchema, { items: [example], next: "7" }),
          422: problemAnswer("invalid_request", limitComplaint),
          ...actorAnswers([503]),
        }),
      },
    },
  );
  app.get(
    "/dead-letters/:id",
    async ({ params }) => {
      const letter = await view.deadLetter(params.id);
      return letter === undefined ? notFound() : { ...letter };
    },
    {
      params: idSchema,
      detail: {
        summary: "One dead letter",
        description: "With its input, why it was put aside, and what its actor did last.",
        tags: ["dead-letters"],
        parameters: parameters("path", idSchema),
        responses: answers({
          200: jsonAnswer("The letter", letterSchema, example),
          404: problemAnswer("letter_not_found", NOT_FOUND),
          ...actorAnswers([503]),
        }),
      },
    },
  );
}

function notFound(): Response {
  return problem("letter_not_found", NOT_FOUND);
}
