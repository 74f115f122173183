// The messaging servers, at /servers: who coordinates, what their clocks show, what waits; and an operator's two acts.

import type { Elysia, Static } from "elysia";

import { ReadingSchema, type ServerStatus } from "#actors/servers/administration-schemas.ts";
import type { Administration, Outcome } from "#actors/servers/administration.ts";
import type { HistoryQuerySchema, HistorySchema } from "#actors/servers/election-history.ts";
import type { KnownServer } from "#actors/servers/reference.ts";
import { SERVER_NAME_LENGTH_MAX } from "#actors/servers/server-name.ts";

import { actorAnswers } from "./actor-answers.ts";
import { answers, jsonAnswer, jsonBody, parameters, problemAnswer, problemsAnswer } from "./document.ts";
import { problemResponse as refusal } from "./problem-body.ts";
import { problem, problemBody } from "./problems.ts";
import { bodyAnswers, readObject } from "./request-body.ts";
import {
  announcementExample,
  clocksExample,
  electionExample,
  overviewExample,
  readingExample,
} from "./server-examples.ts";
import {
  announcementBody,
  clockBody,
  clocksSchema,
  electionSchema,
  namePath,
  overviewSchema,
} from "./server-schemas.ts";

/** Of a node that has part in the messaging servers. */
export interface ServersView {
  /** Of its own server. */
  status(): Promise<ServerStatus>;
  /** What its elections became since the process began, newest first; each with its number. */
  elections(query: Static<typeof HistoryQuerySchema>): Promise<Static<typeof HistorySchema>>;
  readonly administration: Pick<Administration, "list" | "queues" | "clocks" | "elections" | "setClock" | "announce">;
}

export const NO_MESSAGING = problemBody(
  "no_messaging",
  "Cannot ask the servers: messaging is switched off at this node",
);
const NOT_FOUND = problemBody("server_not_found", "Cannot find the server: the reference lists none of this name");
const HOME_SILENT = problemBody("home_silent", "Cannot ask the servers: their home does not answer");
const SERVER_SILENT = problemBody("server_silent", "Cannot set the clock: the server does not answer");

const NOBODY = { 404: problemsAnswer([NO_MESSAGING]), 504: problemsAnswer([HOME_SILENT]) };

export function serveServers(app: Elysia, servers: ServersView | undefined): void {
  serveOverview(app, servers);
  serveEach(app, servers, {
    path: "/servers/clocks",
    summary: "What the clocks of all servers show",
    description: "All are asked now, side by side; one that does not answer within 2 s has no reading.",
    answer: jsonAnswer("All that the reference lists, by rank", clocksSchema, clocksExample),
    ask: ({ administration }, all) => administration.clocks(all),
  });
  serveEach(app, servers, {
    path: "/servers/election",
    summary: "Whom each server says coordinates",
    description: "All are asked now, side by side; one that does not answer within 2 s has no standing.",
    answer: jsonAnswer("All that the reference lists, by rank", electionSchema, electionExample),
    ask: ({ administration }, all) => administration.elections(all),
  });
  serveSetting(app, servers);
  serveAnnouncing(app, servers);
}

function serveOverview(app: Elysia, servers: ServersView | undefined): void {
  app.get(
    "/servers",
    async () => {
      if (servers === undefined) return refusal(NO_MESSAGING);
      const [own, queues] = await Promise.all([servers.status(), servers.administration.queues()]);
      return { own, ...(queues === undefined ? {} : { queues }) };
    },
    {
      detail: {
        summary: "How the messaging servers stand",
        description:
          "As this node's own server knows without asking the others: whom it follows, who else is there, and, where " +
          "it coordinates, what their clocks differ by. With what waits at the home, and for which subscribers.",
        tags: ["servers"],
        responses: answers({
          200: jsonAnswer("As it is now", overviewSchema, overviewExample),
          404: problemsAnswer([NO_MESSAGING]),
          ...actorAnswers([503]),
        }),
      },
    },
  );
}

interface Each {
  readonly path: `/servers/${string}`;
  readonly summary: string;
  readonly description: string;
  readonly answer: ReturnType<typeof jsonAnswer>;
  ask(servers: ServersView, all: readonly KnownServer[]): Promise<readonly object[]>;
}

function serveEach(app: Elysia, servers: ServersView | undefined, each: Each): void {
  const { path, summary, description, answer, ask } = each;
  app.get(
    path,
    async () => {
      if (servers === undefined) return refusal(NO_MESSAGING);
      const all = await servers.administration.list();
      return all === undefined ? refusal(HOME_SILENT) : { items: await ask(servers, all) };
    },
    { detail: { summary, description, tags: ["servers"], responses: answers({ 200: answer, ...NOBODY }) } },
  );
}

function serveSetting(app: Elysia, servers: ServersView | undefined): void {
  app.post(
    "/servers/:name/clock",
    async ({ params, request }) => {
      const body = await readObject(request, clockBody);
      if (body instanceof Response) return body;
      if (servers === undefined) return refusal(NO_MESSAGING);
      const { time, differenceMs = 0 } = body.value;
      const change = time === undefined ? { differenceMs } : { time };
      const outcome = await servers.administration.setClock(params.name, change);
      return outcome.kind === "done" ? { ...outcome.reading } : notDone(outcome, SERVER_SILENT);
    },
    {
      params: namePath,
      parse: "none",
      detail: {
        summary: "Set a server's clock",
        description:
          "It is slewed to that time, never stepped, and refuses one that is more than a minute from its own. A " +
          "coordinator leaves it alone for 10 s where it estimates clocks, and then corrects it again.",
        tags: ["servers"],
        parameters: parameters("path", namePath),
        requestBody: jsonBody(clockBody, { differenceMs: 250 }),
        responses: answers({
          200: jsonAnswer("What it shows now, on its way there", ReadingSchema, readingExample),
          404: problemsAnswer([NOT_FOUND, NO_MESSAGING]),
          409: problemAnswer("server_refused", refusalText("hora muito distante")),
          504: problemsAnswer([SERVER_SILENT, HOME_SILENT]),
          ...bodyAnswers,
          422: wrongBody("body", "an object with a number, either time or differenceMs"),
        }),
      },
    },
  );
}

function serveAnnouncing(app: Elysia, servers: ServersView | undefined): void {
  app.post(
    "/servers/announcement",
    async ({ request }) => {
      const body = await readObject(request, announcementBody);
      if (body instanceof Response) return body;
      if (servers === undefined) return refusal(NO_MESSAGING);
      const outcome = await servers.administration.announce(body.value.coordinator);
      return outcome.kind === "done" ? new Response(null, { status: 204 }) : notDone(outcome, HOME_SILENT);
    },
    {
      parse: "none",
      detail: {
        summary: "Announce a coordinator",
        description:
          "To whoever subscribes to the topic `servers`: existing programs follow it. Servers of this kind elect " +
          "their coordinator, and do not.",
        tags: ["servers"],
        requestBody: jsonBody(announcementBody, announcementExample),
        responses: answers({
          204: { description: "It is published" },
          404: problemsAnswer([NOT_FOUND, NO_MESSAGING]),
          504: problemsAnswer([HOME_SILENT]),
          ...bodyAnswers,
          422: wrongBody("coordinator", `1 to ${SERVER_NAME_LENGTH_MAX} characters`),
        }),
      },
    },
  );
}

function wrongBody(field: string, expected: string) {
  return problemAnswer("invalid_request", `Cannot accept the request: "${field}" must be ${expected}`);
}

function refusalText(text: string): string {
  return `Cannot set the clock: the server says "${text}"`;
}

function notDone(outcome: Exclude<Outcome, { kind: "done" }>, silent: typeof SERVER_SILENT): Response {
  switch (outcome.kind) {
    case "no_reference":
      return refusal(HOME_SILENT);
    case "unknown_server":
      return refusal(NOT_FOUND);
    case "no_answer":
      return refusal(silent);
    case "refused":
      return problem("server_refused", refusalText(outcome.text));
  }
}
