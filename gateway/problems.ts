// Every failure the gateway answers with: problem details (RFC 9457), never a stack trace.

import { type Elysia, t, type ValidationError } from "elysia";

import { wholeNumber } from "./answer-schemas.ts";
import { allowedMethods, type Endpoint } from "./endpoints.ts";

export const PROBLEM_MEDIA_TYPE = "application/problem+json";

/** `type` is the stable name programs match on; `detail` is for people and may change. */
export const problemSchema = t.Object({
  type: t.String({ description: "Stable name of the problem, a URN" }),
  title: t.String({ description: "The same for every problem of this type" }),
  status: wholeNumber("The HTTP status, repeated"),
  detail: t.String({ description: "What happened this time" }),
});

const KINDS = {
  invalid_request: { status: 422, title: "The request does not fit its schema" },
  malformed_request: { status: 400, title: "The request cannot be read" },
  unauthorized: { status: 401, title: "The admin token is missing or wrong" },
  not_found: { status: 404, title: "There is nothing at this address" },
  session_not_found: { status: 404, title: "There is no such session" },
  method_not_allowed: { status: 405, title: "This address does not take this method" },
  misdirected: { status: 421, title: "This host name is not served here" },
  internal: { status: 500, title: "The gateway failed" },
} as const;

export type ProblemKind = keyof typeof KINDS;

/** What is sent as the body; also the example shown in the document. */
export function problemBody(kind: ProblemKind, detail: string): typeof problemSchema.static {
  const { status, title } = KINDS[kind];
  return { type: `urn:correio:problem:${kind}`, title, status, detail };
}

export function problem(kind: ProblemKind, detail: string, headers: Record<string, string> = {}): Response {
  const { status } = KINDS[kind];
  return new Response(JSON.stringify(problemBody(kind, detail)), {
    status,
    headers: { "Content-Type": PROBLEM_MEDIA_TYPE, ...headers },
  });
}

/** Turns whatever Elysia or a handler throws into a problem. `onFault` hears of the unexpected ones only. */
export function answerWithProblems(app: Elysia, onFault: (fault: unknown) => void): void {
  app.onError(({ code, error, request }) => {
    if (code === "VALIDATION") return problem("invalid_request", describeInvalid(error));
    if (code === "PARSE") return problem("malformed_request", "Cannot read the body");
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

/** Says of each rejected parameter what it must be; what the client sent is not repeated. */
function describeInvalid(error: Readonly<ValidationError>): string {
  const complaints = error.all.map((item) => {
    const schema: unknown = "schema" in item ? item.schema : undefined;
    const name = ("path" in item ? item.path.slice(1) : "") || textOf(schema, "title") || "request";
    const description = textOf(schema, "description") ?? "as documented";
    return `"${name}" must be ${description.charAt(0).toLowerCase()}${description.slice(1)}`;
  });
  return `Cannot accept the request: ${complaints.join("; ")}`;
}

function textOf(schema: unknown, field: "title" | "description"): string | undefined {
  if (typeof schema !== "object" || schema === null || !(field in schema)) return undefined;
  const text = (schema as Record<string, unknown>)[field];
  return typeof text === "string" ? text : undefined;
}
