// The log at /logs: its last lines, searched, and the level that decides what becomes a line.

import { type Elysia, t } from "elysia";

import { LOG_LEVELS, type LogView } from "#runtime/observe/log-view.ts";

import { anyJson } from "./actor-schemas.ts";
import { oneOf, wholeNumber } from "./answer-schemas.ts";
import { answers, jsonAnswer, jsonBody, parameters, problemAnswer } from "./document.ts";
import { limitComplaint, nextCursor, numberCursor, pageParameters } from "./paging.ts";
import { bodyAnswers, readObject } from "./request-body.ts";
import { boundedText, given } from "./request-fields.ts";

const SETTABLE = [...LOG_LEVELS, "silent"] as const;
const LEVELS_TEXT = `One of ${LOG_LEVELS.join(", ")}`;
const SETTABLE_TEXT = `One of ${SETTABLE.join(", ")}`;

const entrySchema = t.Object({
  number: wholeNumber("Counts up with each line of this process"),
  at: wholeNumber("Unix milliseconds"),
  level: oneOf(LOG_LEVELS),
  reason: t.String({ description: "The stable name of what happened; empty where the line has none" }),
  text: t.String({ description: "The same for people; may be empty" }),
  fields: t.Record(t.String(), anyJson("Whatever belongs to it"), { description: "What else the line says" }),
});

export const logsSchema = t.Object({ items: t.Array(entrySchema), next: nextCursor });
export const logLevelSchema = t.Object({ level: oneOf(SETTABLE, "The least severe that is logged; `silent`: none") });

const querySchema = t.Object({
  limit: pageParameters.limit,
  before: numberCursor("before"),
  level: t.Optional(oneOf(LOG_LEVELS, `${LEVELS_TEXT}: list only lines at least that severe`)),
  reason: t.Optional(boundedText("reason", "list only lines with this reason")),
  contains: t.Optional(boundedText("contains", "list only lines that have this text somewhere, in any case")),
});

const levelBody = t.Object(
  { level: oneOf(SETTABLE, SETTABLE_TEXT) },
  { title: "body", description: "An object with a level", additionalProperties: false },
);

const entryExample = {
  number: 812,
  at: 1_735_689_600_000,
  level: "error",
  reason: "actor.crashed",
  text: "",
  fields: { type: "counter", key: "page/home", method: "add", err: { message: "out of ink" } },
};

export function serveLogs(app: Elysia, logs: LogView): void {
  app.get("/logs", ({ query: { limit, ...filters } }) => ({ ...logs.tail({ limit, ...given(filters) }) }), {
    query: querySchema,
    detail: {
      summary: "The last lines of the log",
      description:
        "One page of them, newest first, of those that are in memory: the oldest go when others come. The file in " +
        "the data folder has more. What clients sent is cut short, and its control characters are written out.",
      tags: ["logs"],
      parameters: parameters("query", querySchema),
      responses: answers({
        200: jsonAnswer("One page of lines", logsSchema, { items: [entryExample], next: "812" }),
        422: problemAnswer("invalid_request", limitComplaint),
      }),
    },
  });
  app.get("/logs/level", () => ({ level: logs.level() }), {
    detail: {
      summary: "How much is logged",
      description: "As CORREIO_LOG_LEVEL sets it at the start, or as it was changed since.",
      tags: ["logs"],
      responses: answers({
        200: jsonAnswer("The least severe level", logLevelSchema, { level: "info" }),
      }),
    },
  });
  serveSetting(app, logs);
}

function serveSetting(app: Elysia, logs: LogView): void {
  app.put("/logs/level", ({ request }) => setLevel(logs, request), {
    parse: "none",
    detail: {
      summary: "Log more, or less",
      description: "From now on, until it is changed again or the server ends: then the setting holds.",
      tags: ["logs"],
      requestBody: jsonBody(levelBody, { level: "debug" }),
      responses: answers({
        200: jsonAnswer("It holds", logLevelSchema, { level: "debug" }),
        ...bodyAnswers,
        422: problemAnswer("invalid_request", `Cannot accept the request: "level" must be ${lowered(SETTABLE_TEXT)}`),
      }),
    },
  });
}

async function setLevel(logs: LogView, request: Request): Promise<object> {
  const body = await readObject(request, levelBody);
  if (body instanceof Response) return body;
  logs.setLevel(body.value.level);
  return { level: logs.level() };
}

function lowered(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
