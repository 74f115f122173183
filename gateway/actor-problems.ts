// What an actor's "no" and the runtime's errors are over HTTP: one table, by code.

import { Refusal, RuntimeError } from "#runtime/mod.ts";

import { type ProblemBody, problemResponse } from "./problem-body.ts";

export type RuntimeErrorCode = RuntimeError["code"];

interface ActorProblem {
  readonly status: number;
  readonly title: string;
  readonly retryAfterSeconds?: number;
  /** Said in place of the error's own message, which may tell what is inside: a file, an exception. */
  readonly detail?: string;
}

const IN_THE_LOG = "Cannot answer: the cause is in the server's log";
const SHUT = "Cannot deliver: the actor is shut until someone releases it; looking at it tells why";

/**
 * A conflict is the actor's own word, in its own code; 4xx is for whoever called, 429 and 503 for whoever may come
 * back. A call that was given up is 503, not 499, which no standard knows: whoever gave it up does not read it, and a
 * proxy that counts it should count it as not served.
 */
export const ACTOR_PROBLEMS: Readonly<Record<RuntimeErrorCode, ActorProblem>> = {
  "actor.bad_input": { status: 422, title: "The input does not fit" },
  "actor.bad_key": { status: 400, title: "This text cannot be a key or a name" },
  "actor.bad_reply": { status: 500, title: "The actor's answer cannot be passed on" },
  "actor.cancelled": { status: 503, title: "The call was given up before its answer came" },
  "actor.cannot_upgrade": { status: 500, title: "The actor's stored state is of an older version", detail: IN_THE_LOG },
  "actor.crashed": { status: 500, title: "The actor crashed", detail: IN_THE_LOG },
  "actor.cycle": { status: 508, title: "The actor would wait for itself" },
  "actor.deadline_passed": { status: 504, title: "The answer did not come in time" },
  "actor.limit_reached": { status: 429, title: "A limit of the node is reached", retryAfterSeconds: 1 },
  "actor.mailbox_full": { status: 429, title: "The actor's mailbox is full", retryAfterSeconds: 1 },
  "actor.not_durable": { status: 400, title: "The actor keeps nothing" },
  "actor.poison": { status: 423, title: "The message has crashed the actor too often" },
  "actor.quarantined": { status: 423, title: "The actor is in quarantine", detail: SHUT },
  "actor.stale_owner": { status: 503, title: "Another node has taken the actor over", retryAfterSeconds: 1 },
  "actor.state_from_future": { status: 500, title: "The actor's stored state is of a newer version" },
  "actor.state_not_encodable": { status: 500, title: "The actor's state is no JSON" },
  "actor.state_too_large": { status: 500, title: "The actor's state is too large" },
  "actor.stopped": { status: 410, title: "The actor is gone" },
  "actor.too_many": { status: 429, title: "Too many actors are in memory", retryAfterSeconds: 1 },
  "actor.turn_over": { status: 500, title: "The actor acted after its turn", detail: IN_THE_LOG },
  "actor.unknown_method": { status: 404, title: "The actor type has no such method" },
  "actor.unknown_type": { status: 404, title: "There is no such actor type" },
  "net.address_in_use": { status: 500, title: "The address is in use", detail: IN_THE_LOG },
  "net.cannot_listen": { status: 500, title: "The address cannot be had", detail: IN_THE_LOG },
  "net.no_answer": { status: 500, title: "Nobody answers there", detail: IN_THE_LOG },
  "net.refused": { status: 500, title: "The peer refuses", detail: IN_THE_LOG },
  "store.corrupt": { status: 503, title: "The store is damaged", detail: IN_THE_LOG },
  "store.failed": { status: 503, title: "The store failed", detail: IN_THE_LOG },
  "store.from_future": { status: 503, title: "The store was written by a newer version", detail: IN_THE_LOG },
  "store.full": { status: 503, title: "The store is full", detail: IN_THE_LOG },
  "store.locked": { status: 503, title: "Another process holds the store", detail: IN_THE_LOG },
  "store.read_only": { status: 503, title: "The store cannot be written", detail: IN_THE_LOG },
  "system.draining": { status: 503, title: "The node is ending", retryAfterSeconds: 5 },
  "system.same_name": { status: 500, title: "Two actor types have one name", detail: IN_THE_LOG },
};

/** Often nobody else has reported these; a crash is in the log already. */
const FAULTS = /^(?:store|net)\./;
/** Asks within asks: how far their causes are followed. */
const CAUSES_MAX = 32;

export function isActorError(error: unknown): error is RuntimeError | Refusal {
  return error instanceof RuntimeError || error instanceof Refusal;
}

/** `onFault` hears of what the client is not told and nobody has written down. */
export function actorProblem(error: RuntimeError | Refusal, onFault: (fault: unknown) => void): Response {
  if (error instanceof Refusal) return problemResponse(refusalBody(error.code, error.message));
  const shown = cycleWithin(error) ?? error;
  if (FAULTS.test(shown.code)) onFault(shown);
  const { retryAfterSeconds } = ACTOR_PROBLEMS[shown.code];
  const headers = retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
  return problemResponse(actorProblemBody(shown), headers);
}

/** What is sent as the body; also the example shown in the document. */
export function actorProblemBody(error: Pick<RuntimeError, "code" | "message" | "stood" | "path">): ProblemBody {
  const { code, message, stood, path } = error;
  const { status, title, detail = message } = ACTOR_PROBLEMS[code];
  const known = { type: `urn:correio:problem:${code}`, title, status, detail, code };
  return { ...known, ...(stood === undefined ? {} : { stood }), ...(path === undefined ? {} : { path }) };
}

/** The code is the author's, so it is escaped where it becomes part of a name. */
export function refusalBody(code: string, message: string): ProblemBody {
  const type = `urn:correio:refusal:${encodeURIComponent(code.toWellFormed())}`;
  return { type, title: "The actor refused", status: 409, detail: message, code };
}

/** An actor that asks in a circle crashes of it, and those before it in turn: what they crashed of says more. */
function cycleWithin(error: RuntimeError): RuntimeError | undefined {
  let cause: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX && cause instanceof RuntimeError; depth++) {
    if (cause.code === "actor.cycle") return cause;
    if (cause.code !== "actor.crashed") return undefined;
    ({ cause } = cause);
  }
  return undefined;
}
