// Every failure the gateway answers with, as a problem: its own kinds, and what Elysia and actors throw.

import type { Elysia } from "elysia";

import { actorProblem, isActorError } from "./actor-problems.ts";
import { allowedMethods, type Endpoint } from "./endpoints.ts";
import { type ProblemBody, problemResponse } from "./problem-body.ts";
import { BadQuery } from "./query-check.ts";

const KINDS = {
  invalid_request: { status: 422, title: "The request does not fit its schema" },
  unknown_parameter: { status: 400, title: "The address has no such query parameter" },
  repeated_parameter: { status: 400, title: "A query parameter is given more than once" },
  malformed_request: { status: 400, title: "The request cannot be read" },
  body_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The body is not said to be JSON" },
  unsupported_encoding: { status: 415, title: "The body is compressed" },
  unauthorized: { status: 401, title: "A token is missing or wrong" },
  forbidden: { status: 403, title: "The token's role does not suffice" },
  csrf: { status: 403, title: "The change may come from another page" },
  reserved: { status: 403, title: "Only the gateway itself does this" },
  body_too_slow: { status: 408, title: "The body did not come in time" },
  too_many_requests: { status: 429, title: "There are too many requests" },
  audit_failed: { status: 503, title: "The audit cannot be written" },
  no_repeat: { status: 400, title: "The answer is not kept for a repeat" },
  repeat_running: { status: 409, title: "The first request of this name goes on" },
  repeat_differs: { status: 422, title: "The first request of this name had another body" },
  token_not_found: { status: 404, title: "There is no such token" },
  too_many_web_sockets: { status: 429, title: "The address has too many WebSockets" },
  web_sockets_full: { status: 503, title: "There are too many WebSockets" },
  not_found: { status: 404, title: "There is nothing at this address" },
  session_not_found: { status: 404, title: "There is no such session" },
  actor_not_found: { status: 404, title: "There is no such actor" },
  alarm_not_found: { status: 404, title: "There is no such alarm" },
  letter_not_found: { status: 404, title: "There is no such dead letter" },
  room_not_found: { status: 404, title: "There is no such room" },
  match_not_found: { status: 404, title: "There is no such match" },
  player_not_found: { status: 404, title: "There is no such player" },
  account_not_found: { status: 404, title: "There is no such account" },
  no_messaging: { status: 404, title: "This node has no part in the messaging servers" },
  server_not_found: { status: 404, title: "There is no such server" },
  limit_not_found: { status: 404, title: "There is no such limit" },
  topic_not_found: { status: 404, title: "Nobody has subscribed to such a topic" },
  ledger_not_found: { status: 404, title: "There is no ledger" },
  state_secret: { status: 403, title: "Nobody may change this state by hand" },
  method_not_allowed: { status: 405, title: "This address does not take this method" },
  actor_busy: { status: 409, title: "The actor has something to do" },
  actor_not_in_memory: { status: 409, title: "The actor is not in memory" },
  actor_not_quarantined: { status: 409, title: "The actor is not in quarantine" },
  account_exists: { status: 409, title: "There is such an account" },
  limit_fixed: { status: 409, title: "The limit is as it is until the process ends" },
  draining_already: { status: 409, title: "The node is ending" },
  precondition_failed: { status: 412, title: "It has changed since" },
  state_of_other_version: { status: 422, title: "The state is of another version of its type" },
  precondition_required: { status: 428, title: "The request must say what it was made from" },
  downloads_full: { status: 429, title: "So many are being downloaded already" },
  server_refused: { status: 409, title: "The server refuses it" },
  passwords_busy: { status: 503, title: "Too many passwords wait to be hashed" },
  server_silent: { status: 504, title: "The server does not answer" },
  home_silent: { status: 504, title: "The home of the servers does not answer" },
  upgrade_required: { status: 426, title: "This address speaks WebSocket" },
  wrong_origin: { status: 403, title: "The page is of another origin" },
  misdirected: { status: 421, title: "This host name is not served here" },
  internal: { status: 500, title: "The gateway failed" },
} as const;

export type ProblemKind = keyof typeof KINDS;

/** What is sent as the body; also the example shown in the document. */
export function problemBody(kind: ProblemKind, detail: string): ProblemBody {
  const { status, title } = KINDS[kind];
  return { type: `urn:correio:problem:${kind}`, title, status, detail, code: kind };
}

export function problem(kind: ProblemKind, detail: string, headers: Record<string, string> = {}): Response {
  return problemResponse(problemBody(kind, detail), headers);
}

/**
 * Turns whatever Elysia, a handler or an actor throws into a problem. `wrongCall` is asked what is wrong with an
 * address that no route has; `onFault` hears of what the client is not told.
 */
export function answerWithProblems(
  app: Elysia,
  wrongCall: (request: Request) => unknown,
  onFault: (fault: unknown) => void,
): void {
  app.onError(({ code, error, request }) => {
    const known = code === "NOT_FOUND" ? wrongCall(request) : error;
    // First: the code of a refusal is its author's, and may be any.
    if (isActorError(known)) return actorProblem(known, onFault);
    if (known instanceof BadQuery) return problem(known.kind, known.message);
    if (code === "VALIDATION") return problem("invalid_request", describeInvalid(error.all));
    if (code === "NOT_FOUND") return unknownAddress(request, app.routes);
    onFault(error);
    return internalProblem();
  });
}

export function internalProblem(): Response {
  return problem("internal", "Cannot answer: the fault is in the server's log");
}

function unknownAddress(request: Request, endpoints: readonly Endpoint[]): Response {
  const path = new URL(request.url).pathname;
  const allowed = allowedMethods(endpoints, path);
  if (allowed.length === 0 || allowed.includes(request.method)) return problem("not_found", `Cannot find "${path}"`);
  const allow = allowed.join(", ");
  const detail = `Cannot ${request.method} "${path}": it takes ${allow}`;
  return problem("method_not_allowed", detail, { Allow: allow });
}

/** Says of each rejected parameter or field what it must be, once; what the client sent is not repeated. */
export function describeInvalid(errors: ReadonlyArray<{ readonly path?: string; readonly schema?: unknown }>): string {
  const complaints = errors.map(({ path = "", schema }) => {
    const name = path.slice(1) || textOf(schema, "title") || "request";
    const description = textOf(schema, "description") ?? "as documented";
    return `"${name}" must be ${description.charAt(0).toLowerCase()}${description.slice(1)}`;
  });
  return `Cannot accept the request: ${Array.from(new Set(complaints)).join("; ")}`;
}

function textOf(schema: unknown, field: "title" | "description"): string | undefined {
  if (typeof schema !== "object" || schema === null || !(field in schema)) return undefined;
  const text = (schema as Record<string, unknown>)[field];
  return typeof text === "string" ? text : undefined;
}
