// Bounds of the node with their units, at /limits: some can be changed while it runs.

import { type Elysia, t } from "elysia";

import { type LimitChange, type LimitView, type ProcessView, unitOf } from "#runtime/observe/process-view.ts";

import { wholeNumber } from "./answer-schemas.ts";
import { answers, jsonAnswer, jsonBody, parameters, problemAnswer } from "./document.ts";
import {
  entityTag,
  matchParameter,
  noneMatchParameter,
  notModified,
  notModifiedAnswer,
  preconditionOf,
  staleAnswer,
  staleProblem,
  tagHeader,
} from "./entity-tags.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { limitComplaint, nextCursor, pageParameters } from "./paging.ts";
import { problem } from "./problems.ts";
import { bodyAnswers, readObject } from "./request-body.ts";
import { boundedText } from "./request-fields.ts";

export const limitSchema = t.Object({
  name: t.String({ description: "As in the source; those of the gateway begin with `gateway.`" }),
  unit: t.String(),
  default: t.Number(),
  value: t.Number({ description: "As it is in effect now" }),
  changeable: t.Boolean({ description: "While the process runs" }),
  changes: wholeNumber("Since the start; the ETag"),
  setting: t.Optional(t.String({ description: "What it begins with" })),
  help: t.Optional(t.String()),
});

export const limitsSchema = t.Object({ items: t.Array(limitSchema), next: nextCursor });

export const limitExample = {
  name: "connectionsMax",
  unit: "count",
  default: 16_000,
  value: 16_000,
  changeable: true,
  changes: 0,
  setting: "CORREIO_CONNECTIONS_MAX",
  help: "Open connections",
};

const namePath = t.Object({ name: boundedText("name", "the limit's name, as GET /limits lists it") });

const querySchema = t.Object({
  changeable: t.Optional(
    t.Boolean({ title: "changeable", description: "True or false: list only those that can be changed, or cannot" }),
  ),
  limit: pageParameters.limit,
  after: t.Optional(boundedText("after", "the `next` of the page before")),
});

const valueBody = t.Object(
  { value: t.Number({ title: "value", description: "A number, in the limit's unit", example: 20_000 }) },
  { title: "body", description: "An object with a value", additionalProperties: false, example: { value: 20_000 } },
);

const NOT_FOUND = "Cannot find the limit: there is none of this name";
const FIXED = "Cannot change the limit: it is as it is until the process ends";

export function serveLimits(app: Elysia, process: ProcessView): void {
  const all = (): readonly LimitView[] => [...process.limits(), ...gatewayLimits];
  serveLooking(app, all);
  app.put(
    "/limits/:name",
    async ({ params, request }) => {
      const body = await readObject(request, valueBody);
      if (body instanceof Response) return body;
      const from = preconditionOf(request);
      if (from === "another") return staleProblem();
      const seen = typeof from === "object" ? from.version : undefined;
      if (isOfGateway(params.name)) return problem("limit_fixed", FIXED);
      return answerTo(process.changeLimit(params.name, body.value.value, seen));
    },
    {
      params: namePath,
      parse: "none",
      detail: {
        summary: "Change a limit",
        description:
          "From now on, until the process ends; then its setting counts again. Nobody is cut off because there are " +
          "too many already; a connection that is silent or slow for longer than a new time allows is. Sockets that " +
          "have said nothing yet keep the time that they were given.",
        tags: ["process"],
        parameters: [...parameters("path", namePath), ...matchParameter(false)],
        requestBody: jsonBody(valueBody),
        responses: answers({
          200: {
            ...jsonAnswer("The limit as it is from now on", limitSchema, {
              ...limitExample,
              value: 20_000,
              changes: 1,
            }),
            headers: tagHeader,
          },
          404: problemAnswer("limit_not_found", NOT_FOUND),
          409: problemAnswer("limit_fixed", FIXED),
          ...staleAnswer,
          ...bodyAnswers,
          422: problemAnswer("invalid_request", wrongValue("a count, a whole number from 1 to 1000000")),
        }),
      },
    },
  );
}

function serveLooking(app: Elysia, all: () => readonly LimitView[]): void {
  app.get("/limits", ({ query }) => pageOf(all(), query), {
    query: querySchema,
    detail: {
      summary: "Bounds, their units and values",
      description: "One page of all that is bounded in this node, in the order of their names.",
      tags: ["process"],
      parameters: parameters("query", querySchema),
      responses: answers({
        200: jsonAnswer("One page of limits", limitsSchema, { items: [limitExample], next: "connectionsMax" }),
        422: problemAnswer("invalid_request", limitComplaint),
      }),
    },
  });
  app.get(
    "/limits/:name",
    ({ params, request }) => {
      const limit = all().find(({ name }) => name === params.name);
      if (limit === undefined) return problem("limit_not_found", NOT_FOUND);
      return notModified(request, entityTag(limit.changes)) ?? tagged(limit);
    },
    {
      params: namePath,
      detail: {
        summary: "One bound",
        description: "As in the list; its ETag changes with its value.",
        tags: ["process"],
        parameters: [...parameters("path", namePath), ...noneMatchParameter],
        responses: answers({
          200: { ...jsonAnswer("The limit as it is now", limitSchema, limitExample), headers: tagHeader },
          ...notModifiedAnswer,
          404: problemAnswer("limit_not_found", NOT_FOUND),
          422: problemAnswer(
            "invalid_request",
            `Cannot accept the request: "name" must be 1 to ${HTTP_LIMITS.nameCharsMax} characters`,
          ),
        }),
      },
    },
  );
}

interface LimitQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly changeable?: boolean | undefined;
}

function pageOf(all: readonly LimitView[], { limit, after = "", changeable }: LimitQuery): object {
  const rest = all
    .filter((each) => each.name > after && (changeable ?? each.changeable) === each.changeable)
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const items = rest.slice(0, limit);
  return { items, ...(items.length < rest.length ? { next: items.at(-1)?.name } : {}) };
}

function answerTo(change: LimitChange): Response {
  if (!("not" in change)) return tagged(change);
  switch (change.not) {
    case "unknown":
      return problem("limit_not_found", NOT_FOUND);
    case "fixed":
      return problem("limit_fixed", FIXED);
    case "stale":
      return staleProblem();
    case "allowed":
      return problem("invalid_request", wrongValue(change.wanted));
  }
}

function tagged(limit: LimitView): Response {
  return Response.json(limit, { headers: { ETag: entityTag(limit.changes) } });
}

function wrongValue(wanted: string): string {
  return `Cannot accept the request: "value" must be ${wanted}`;
}

const OF_GATEWAY = "gateway.";

const gatewayLimits: readonly LimitView[] = Object.entries(HTTP_LIMITS).map(([name, value]) => ({
  name: `${OF_GATEWAY}${name}`,
  unit: unitOf(name),
  default: value,
  value,
  changeable: false,
  changes: 0,
}));

function isOfGateway(name: string): boolean {
  return gatewayLimits.some((limit) => limit.name === name);
}
