// How the document shows what actors and the runtime may answer instead: one component for each status.

import { ACTOR_PROBLEMS, actorProblemBody, refusalBody, type RuntimeErrorCode } from "./actor-problems.ts";
import { type Answer, type Answers, problemsAnswer } from "./document.ts";
import type { ProblemBody } from "./problem-body.ts";
import { problemBody } from "./problems.ts";

/** Of requests that are answered before any actor is asked. */
const UNREADABLE: readonly ProblemBody[] = [
  problemBody("malformed_request", "Cannot read the body: it is no JSON in UTF-8"),
  problemBody(
    "unknown_parameter",
    'Cannot accept the request: "timeout" is no query parameter here; there is timeout_ms',
  ),
  problemBody("repeated_parameter", 'Cannot accept the request: "timeout_ms" stands in the query more than once'),
];

/** What the messages of errors look like: an act, and what stood against it. */
const DETAIL = 'Cannot deliver to "counter/page": what stood against it';

const BODIES: readonly ProblemBody[] = [
  refusalBody("counter.nothing_to_add", "Nothing to add"),
  ...(Object.keys(ACTOR_PROBLEMS) as RuntimeErrorCode[])
    .filter((code) => !code.startsWith("net."))
    .map((code) => actorProblemBody({ code, message: DETAIL, stood: undefined, path: undefined })),
  ...UNREADABLE,
];

const STATUSES: readonly number[] = Array.from(new Set(BODIES.map(({ status }) => status))).sort();

/** Of a call whose type and method have an address of their own. */
export const CALL_STATUSES = STATUSES.filter((status) => status !== 404);

/** For the document's components. */
export function actorAnswerComponents(): Record<string, Answer> {
  return Object.fromEntries(
    STATUSES.map((status) => [`Actor${status}`, problemsAnswer(BODIES.filter((body) => body.status === status))]),
  );
}

/** References to them. */
export function actorAnswers(statuses: readonly number[]): Answers {
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/Actor${status}` }]));
}
