// How a call stands or has ended, lying open, so that a test can say what it expects of it.
import type { Refusal, RuntimeError, Stood } from "../core/errors.ts";

/** How a call has ended: its code and `stood` are those of its error, where it has them. */
export type Ended<Value> =
  | { readonly kind: "answered"; readonly value: Value }
  | { readonly kind: "failed"; readonly name: string; readonly code: string; readonly stood?: Stood; error: unknown };

export type Outcome<Value> = { readonly kind: "pending" } | Ended<Value>;

export interface Watched<Value> {
  readonly outcome: Outcome<Value>;
}

/** Remembers how a promise ends, so that a failure is seen whenever the test looks. */
export function watch<Value>(promise: Promise<Value>): Watched<Value> {
  const watched: { outcome: Outcome<Value> } = { outcome: { kind: "pending" } };
  promise.then(
    (value) => (watched.outcome = { kind: "answered", value }),
    (error: unknown) => (watched.outcome = failed(error)),
  );
  return watched;
}

/** Waits for the end of a promise, and never throws. */
export function ending<Value>(promise: Promise<Value>): Promise<Ended<Value>> {
  return promise.then((value): Ended<Value> => ({ kind: "answered", value }), failed);
}

function failed(error: unknown): Ended<never> {
  if (!(error instanceof Error)) return { kind: "failed", name: typeof error, code: String(error), error };
  const { code = "", stood } = error as Partial<RuntimeError & Refusal>;
  return { kind: "failed", name: error.name, code, ...(stood === undefined ? {} : { stood }), error };
}
