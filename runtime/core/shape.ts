// The types a method's schemas give: what a ref looks like to whoever calls it.
import type { Receipt } from "./errors.ts";
import type { TraceOrigin } from "./ports.ts";

export interface MethodShape {
  readonly in: unknown;
  readonly out: unknown;
}

export interface CallOptions {
  /** How long the answer is waited for, in milliseconds; never longer than what the caller's own deadline leaves. */
  readonly timeoutMs?: number;
  /** Gives the answer up early; the handler sees it on its own `signal`. */
  readonly signal?: AbortSignal;
  /** To a durable actor: its answer is kept with its commit, and a repeat under this name gets that first answer. */
  readonly once?: string;
  /** From outside: where it comes from, as a tracer says. Among actors that is known. */
  readonly trace?: TraceOrigin | undefined;
}

export type TellOptions = Pick<CallOptions, "once">;

type Arguments<In, Options> = [In] extends [undefined]
  ? [input?: undefined, options?: Options]
  : [input: In, options?: Options];

type Asks<Methods> = {
  readonly [M in keyof Methods]: Methods[M] extends MethodShape
    ? (...args: Arguments<Methods[M]["in"], CallOptions>) => Promise<Methods[M]["out"]>
    : never;
};

type Tells<Methods> = {
  readonly [M in keyof Methods]: Methods[M] extends MethodShape
    ? (...args: Arguments<Methods[M]["in"], TellOptions>) => Receipt
    : never;
};

/** An actor's address and its methods: a value, cheap to make; making one starts nothing. */
export type Ref<Methods> = Asks<Methods> & {
  readonly type: string;
  readonly key: string;
  /** The same methods without an answer: each returns at once whether the mailbox took the message. */
  readonly tell: Tells<Methods>;
};

/** What of an actor type a ref needs to know. */
export interface Addressable<Methods> {
  readonly name: string;
  readonly shape: { readonly methods: Methods };
}
