// What can go wrong between actors: stable codes, and where a message stood when its answer was given up.

/** Where the message stood: never run, being run, or nobody can say. */
export type Stood = "queued" | "running" | "unknown";

export type RuntimeErrorCode =
  | "actor.bad_input"
  | "actor.bad_key"
  | "actor.cancelled"
  | "actor.crashed"
  | "actor.deadline_passed"
  | "actor.mailbox_full"
  | "actor.stopped"
  | "actor.too_many"
  | "actor.unknown_type"
  | "net.address_in_use"
  | "net.cannot_listen"
  | "system.draining";

/** A broken promise of the runtime. Match on `code`; the message is for people. */
export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode;
  readonly stood: Stood | undefined;

  constructor(code: RuntimeErrorCode, message: string, details: { stood?: Stood; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "RuntimeError";
    this.code = code;
    this.stood = details.stood;
  }
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
