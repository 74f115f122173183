// What a failure looks like on the wire: problem details (RFC 9457).

import { t } from "elysia";

import { oneOf, wholeNumber } from "./answer-schemas.ts";

export const PROBLEM_MEDIA_TYPE = "application/problem+json";

/** `type` is the stable name programs match on; `detail` is for people and may change. */
export const problemSchema = t.Object({
  type: t.String({ description: "Stable name of the problem, a URN" }),
  title: t.String({ description: "The same for every problem of this type" }),
  status: wholeNumber("The HTTP status, repeated"),
  detail: t.String({ description: "What happened this time" }),
  code: t.String({ description: "For programs: the gateway's or the runtime's own, or what the actor refused with" }),
  stood: t.Optional(
    oneOf(["queued", "running", "unknown"], "Of a call: where its message stood; one that was queued has not run"),
  ),
  path: t.Optional(t.String({ description: "Of asks that would wait for each other: the way round" })),
});

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly stood?: "queued" | "running" | "unknown";
  readonly path?: string;
}

export function problemResponse(body: ProblemBody, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: { "Content-Type": PROBLEM_MEDIA_TYPE, ...headers },
  });
}
