// How often a password may be tried: a token bucket for each account, and for each address that tries.
import { actor, t } from "#runtime/mod.ts";

const TrySchema = t.Object({
  burst: t.Integer({ minimum: 1, description: "Tries that may come at once" }),
  everyMs: t.Integer({ minimum: 1, description: "One more may be made after this time" }),
});

/** Longer than any bucket takes to be full again: a gate that has slept knows nothing that matters. */
const FORGET_MS = 10 * 60_000;

/** The key says whose tries it counts: `account/ana`, `address/10.0.0.7`. Asked before anything is hashed. */
export const LoginGate = actor("login-gate", {
  state: () => ({ tries: -1, atMs: 0 }),
  hibernateAfterMs: FORGET_MS,
  private: true,
}).on("pass", { in: TrySchema, out: t.Boolean() }, ({ state, turnStartedMs }, { burst, everyMs }) => {
  const gained = (turnStartedMs - state.atMs) / everyMs;
  state.tries = state.tries < 0 ? burst : Math.min(burst, state.tries + gained);
  state.atMs = turnStartedMs;
  if (state.tries < 1) return false;
  state.tries -= 1;
  return true;
});
