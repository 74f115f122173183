// What can go wrong between actors: stable codes, and where a message stood when its answer was given up.

/** Where the message stood: never run, being run, or nobody can say. */
export type Stood = "queued" | "running" | "unknown";

export type RuntimeErrorCode =
  | "actor.bad_input"
  | "actor.bad_key"
  | "actor.bad_reply"
  | "actor.cancelled"
  | "actor.cannot_upgrade"
  | "actor.crashed"
  | "actor.cycle"
  | "actor.deadline_passed"
  | "actor.limit_reached"
  | "actor.mailbox_full"
  | "actor.not_durable"
  | "actor.poison"
  | "actor.quarantined"
  | "actor.stale_owner"
  | "actor.state_from_future"
  | "actor.state_not_encodable"
  | "actor.state_too_large"
  | "actor.stopped"
  | "actor.too_many"
  | "actor.turn_over"
  | "actor.unknown_method"
  | "actor.unknown_type"
  | "net.address_in_use"
  | "net.cannot_listen"
  /** Nobody answers at the address of a server. */
  | "net.no_answer"
  | "net.refused"
  /** Not a database, or a damaged one: it is left as it is. */
  | "store.corrupt"
  /** No room on the disk, or the store's own bound is reached. */
  | "store.full"
  | "store.failed"
  /** Written by a newer program: it is left as it is. */
  | "store.from_future"
  /** Another process holds it. */
  | "store.locked"
  | "store.read_only"
  | "system.draining"
  | "system.same_name";

/** A broken promise of the runtime. Match on `code`; the message is for people. */
export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode;
  readonly stood: Stood | undefined;
  /** Of `actor.cycle`: the way round it, `room/lobby.post → session/ada.push → room/lobby.members`. */
  readonly path: string | undefined;

  constructor(
    code: RuntimeErrorCode,
    message: string,
    details: { readonly stood?: Stood; readonly cause?: unknown; readonly path?: string } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "RuntimeError";
    this.code = code;
    this.stood = details.stood;
    this.path = details.path;
  }
}

/** The same error for another message: one that asked, and whose asker is told in turn. */
export function standing({ code, message, cause, path }: RuntimeError, stood: Stood): RuntimeError {
  return new RuntimeError(code, message, { stood, cause, ...(path === undefined ? {} : { path }) });
}

/** The store is to blame: it failed, is full, or is none of this program's. */
export function isStoreFailure(error: unknown): error is RuntimeError {
  return error instanceof RuntimeError && error.code.startsWith("store.");
}

/** A message has been answered with it: it was reported before, where it came up. */
export function isPassedOn({ stood }: RuntimeError): boolean {
  return stood !== undefined;
}

/** An actor's "no": an answer, not a crash. The code is the actor's own, such as `counter.nothing_to_add`. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message = code) {
    super(message);
    this.name = "Refusal";
    this.code = code;
  }
}

/** What a tell answers: the message is in the mailbox, or why it is not. */
export type Receipt = { readonly accepted: true } | { readonly accepted: false; readonly why: RuntimeError };

export const accepted: Receipt = Object.freeze({ accepted: true });
