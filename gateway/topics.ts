// Topics with subscribers, at /topics: their keys are those of rooms and persons, so they are for operators.

import { type Elysia, t } from "elysia";

import type { NodeView } from "#runtime/observe/view.ts";

import { wholeNumber } from "./answer-schemas.ts";
import { answers, jsonAnswer, parameters, problemAnswer } from "./document.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { limitComplaint, nextCursor, pageParameters, pageQuery } from "./paging.ts";
import { problem } from "./problems.ts";
import { boundedText, given } from "./request-fields.ts";

export const topicsSchema = t.Object({
  items: t.Array(
    t.Object({
      topic: t.String({ description: "Its name and its key, such as `room-lines/lobby`" }),
      subscribers: wholeNumber(),
    }),
  ),
  next: nextCursor,
});

export const subscribersSchema = t.Object({
  items: t.Array(
    t.Object({
      type: t.String(),
      key: t.String(),
      method: t.Optional(
        t.String({
          description: "By which it is told; absent where its connection is sent what is published as it is",
        }),
      ),
    }),
  ),
  next: nextCursor,
});

const { cursorCharsMax } = HTTP_LIMITS;

const querySchema = t.Object({
  prefix: t.Optional(boundedText("prefix", "list only topics whose name and key begin so", cursorCharsMax)),
  ...pageParameters,
});

const subscribersQuery = t.Object(pageParameters);

const topicPath = t.Object({
  topic: t.String({
    title: "topic",
    description: `1 to ${cursorCharsMax} characters: a topic as GET /topics lists it; in an address its slash is %2F`,
    minLength: 1,
    maxLength: cursorCharsMax,
    example: "room-lines/lobby",
  }),
});

const topicsExample = { items: [{ topic: "room-lines/lobby", subscribers: 12 }], next: "room-lines/lobby" };
const subscribersExample = { items: [{ type: "text-session", key: "17" }], next: "text-session/17" };
const NOT_FOUND = "Cannot list subscribers: nobody has subscribed to such a topic";

export function serveTopics(app: Elysia, view: NodeView): void {
  app.get("/topics", ({ query: { limit, ...filters } }) => ({ ...view.topics({ limit, ...given(filters) }) }), {
    query: querySchema,
    detail: {
      summary: "Topics that have subscribers",
      description: "One page of them in the order of their names, each with how many have subscribed to it now.",
      tags: ["topics"],
      parameters: parameters("query", querySchema),
      responses: answers({
        200: jsonAnswer("One page of topics", topicsSchema, topicsExample),
        422: problemAnswer("invalid_request", limitComplaint),
      }),
    },
  });
  app.get(
    "/topics/:topic/subscribers",
    ({ params, query }) => {
      const page = view.subscribers(params.topic, pageQuery(query));
      return page === undefined ? problem("topic_not_found", NOT_FOUND) : { ...page };
    },
    {
      params: topicPath,
      query: subscribersQuery,
      detail: {
        summary: "Who has subscribed to a topic",
        description: "One page of the actors that are told what is published, in the order of their addresses.",
        tags: ["topics"],
        parameters: [...parameters("path", topicPath), ...parameters("query", subscribersQuery)],
        responses: answers({
          200: jsonAnswer("One page of subscribers", subscribersSchema, subscribersExample),
          404: problemAnswer("topic_not_found", NOT_FOUND),
          422: problemAnswer("invalid_request", limitComplaint),
        }),
      },
    },
  );
}
