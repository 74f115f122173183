// How the broker and the sessions on both of its sides find one another, and what they tell each other.
import { type Addressable, type Static, t, topic } from "#runtime/mod.ts";

export const REQUESTER_SESSION = "requester-session";
export const WORKER_SESSION = "worker-session";
/** There is one broker. */
export const BROKER_KEY = "all";

/** One request of one requester: his session's key, and a number that it has given. */
export const RequestIdSchema = t.Object({ from: t.String(), ticket: t.Integer() });

/** Octets as Latin-1, one text for each frame: what can be encoded. */
export const BodySchema = t.Array(t.String());

/** Absent worker: the requester's own session is to serve it. */
export const AssignedSchema = t.Object({ ticket: t.Integer(), worker: t.Optional(t.String()) });
const FailureSchema = t.Union([
  t.Literal("no_worker"),
  t.Literal("busy"),
  t.Literal("no_reply"),
  t.Literal("worker_gone"),
]);
export const FailedSchema = t.Object({ ticket: t.Integer(), why: FailureSchema });
export const AnsweredSchema = t.Object({ ticket: t.Integer(), body: BodySchema });
export const ReleasedSchema = t.Object({});
export const DealtSchema = t.Object({ ...RequestIdSchema.properties, body: BodySchema });

/** Published by a broker that knows of no workers, or not of all: each says again that it is there. */
export const workersWanted = topic("workers-wanted", t.Boolean());

export type RequestId = Static<typeof RequestIdSchema>;
export type Failure = Static<typeof FailureSchema>;

interface Told<Schema extends { static: unknown }> {
  readonly in: Schema["static"];
  readonly out: void;
}

interface RequesterMethods {
  readonly assigned: Told<typeof AssignedSchema>;
  readonly failed: Told<typeof FailedSchema>;
  readonly answered: Told<typeof AnsweredSchema>;
}

interface WorkerMethods {
  readonly dealt: Told<typeof DealtSchema>;
  /** Nobody waits for its reply any more; freed at once where the worker does not have it. */
  readonly givenUp: Told<typeof RequestIdSchema>;
  /** A worker that wanted no more has answered all that it had. */
  readonly released: Told<typeof ReleasedSchema>;
}

export const requesterSessions: Addressable<RequesterMethods> = named(REQUESTER_SESSION);
export const workerSessions: Addressable<WorkerMethods> = named(WORKER_SESSION);

function named<Methods>(name: string): Addressable<Methods> {
  return { name } as Addressable<Methods>;
}
