// An actor system on a fake clock: nothing runs until the test says so, and what went wrong is written down.
import type { AnyActorType } from "../core/definition.ts";
import type { Refusal, RuntimeError, Stood } from "../core/errors.ts";
import { ActorSystem } from "../core/system.ts";
import { FakeClock } from "./fake-clock.ts";

/** How a call stands: its code and `stood` lie open, so that a test can name what it expects of them. */
export type Outcome<Value> =
  | { readonly kind: "pending" }
  | { readonly kind: "answered"; readonly value: Value }
  | { readonly kind: "failed"; readonly name: string; readonly code: string; readonly stood?: Stood; error: unknown };

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

function failed(error: unknown): Outcome<never> {
  if (!(error instanceof Error)) return { kind: "failed", name: typeof error, code: String(error), error };
  const { code = "", stood } = error as Partial<RuntimeError & Refusal>;
  return { kind: "failed", name: error.name, code, ...(stood === undefined ? {} : { stood }), error };
}

export class SteppedSystem {
  readonly clock = new FakeClock();
  readonly system: ActorSystem;
  /** `type/key.method: error`, in the order of the crashes. */
  readonly crashes: string[] = [];
  /** `type/key: reason` of refusals that nobody was there to be told. */
  readonly refusals: string[] = [];

  constructor(types: readonly AnyActorType[], options: { readonly development?: boolean } = {}) {
    const { clock, crashes, refusals } = this;
    this.system = new ActorSystem({
      clock,
      types,
      ...options,
      events: {
        crashed: ({ type, key, method, error }) => crashes.push(`${type}/${key}.${method}: ${describe(error)}`),
        refused: ({ type, key, reason }) => refusals.push(`${type}/${key}: ${reason}`),
      },
    });
  }

  /** Lets everything run that can without time passing, then says how the promise stands. */
  async outcome<Value>(promise: Promise<Value>): Promise<Outcome<Value>> {
    const watched = watch(promise);
    await this.clock.settle();
    return watched.outcome;
  }

  /** Keys of the resident actors of one type, in the order they were started. */
  resident(type: { readonly name: string }): readonly string[] {
    const host = this.system.hosts.find((each) => each.type.name === type.name);
    return Array.from(host?.cells.keys() ?? []);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : typeof error;
}
