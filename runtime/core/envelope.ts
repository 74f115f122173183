// Hot. One message on its way to one actor.
import type { Asking } from "./asking.ts";
import type { Gone } from "./context.ts";
import type { Method } from "./definition.ts";
import type { TraceOrigin } from "./ports.ts";
import type { AlarmRecord } from "./stored.ts";

/** Why a message comes, beyond that somebody called: what is the same however often it is tried. */
export interface Origin {
  /** What crashes its actor three times under one id is put aside. */
  readonly id: string;
  /** The answer is kept under this name, for this method. */
  readonly once?: string;
  readonly alarm?: AlarmRecord;
  /** The alarm was sent in its time: however late it comes again, it was not missed. */
  readonly inTime?: boolean;
  readonly gone?: Gone;
  /** Nobody waits for it, and it must not be lost: after a crash it is tried again. */
  readonly repeats: boolean;
}

export class Envelope {
  readonly method: Method;
  readonly input: unknown;
  /** Who waits for the answer; undefined for a tell. */
  readonly asking: Asking | undefined;
  origin: Origin | undefined;
  /** The actor whose turn sent it; undefined when it came from outside. */
  from: { readonly address: string } | undefined = undefined;
  /** Where it comes from, of a message that is followed. */
  trace: TraceOrigin | undefined = undefined;
  /** What waits behind it in its mailbox. */
  next: object | undefined = undefined;
  /** When it came into the mailbox, in monotonic milliseconds, to within the slice it was sent in. */
  queuedMs = 0;
  /** What it counts against a mailbox that is bounded in bytes. */
  bytes = 0;

  constructor(method: Method, input: unknown, asking?: Asking, origin?: Origin) {
    this.method = method;
    this.input = input;
    this.asking = asking;
    this.origin = origin;
  }
}
