// Cancels an alarm of an actor whose key is shut: it has no turns, so what is stored of it is changed without one.
import { limits } from "../limits.ts";
import type { Address } from "./address.ts";
import { RuntimeError } from "./errors.ts";
import type { ActorSystem } from "./system.ts";

/**
 * Resolves when the shut actor has left memory, so that it will go on from what is stored then, or was released.
 * Rejects with `actor.deadline_passed` when a turn goes on for as long as an ask waits: it will be given up, but later.
 */
export async function leavesMemory({ clock }: ActorSystem, address: Address): Promise<void> {
  const deadlineMs = clock.monotonicMs() + limits.askTimeoutMs;
  const { host, key } = address;
  while (host.quarantined.has(key) && address.cell?.hibernate() === false) {
    if (clock.monotonicMs() >= deadlineMs) {
      const message = `Cannot cancel an alarm of "${address.name}": the turn in which it was shut is not over`;
      throw new RuntimeError("actor.deadline_passed", message, { stood: "queued" });
    }
    await new Promise<void>((resolve) => void clock.after(limits.shutLookMs, resolve));
  }
}

/**
 * Of an actor that is not in memory, and does not come there meanwhile. Resolves when it is stored; state and rows stay
 * as they are, also where this program could not read them.
 */
export async function cancelStoredAlarm(system: ActorSystem, { type, key }: Address, name: string): Promise<void> {
  const stored = await system.store.load(type, key);
  if (stored === undefined) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const { version, state, stateVersion } = stored;
  const settled = (_: unknown, error: RuntimeError | undefined): void =>
    error === undefined ? resolve() : reject(error);
  const change = system.commits.open({ type, key, stateVersion, settled }, version);
  change.version = version + 1;
  change.state = state;
  change.alarms.push({ name, alarm: undefined });
  return promise;
}
