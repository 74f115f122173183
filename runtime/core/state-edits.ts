// What an operator puts in the place of a durable actor's state: a commit of its own, made from the one he has seen.
import type { Address } from "./address.ts";
import { runtimeMethod } from "./definition.ts";
import { decode, encode } from "./encoding.ts";
import { RuntimeError } from "./errors.ts";
import { encodeState, noteIndexed } from "./state-encoding.ts";
import type { Encoded, StoredActor } from "./stored.ts";
import type { ActorSystem } from "./system.ts";
import type { Turn } from "./turn.ts";

/**
 * `commits`: so many there are now; one more than were seen, or as many where the state was that already. `not_stored`:
 * nothing of it is. `busy`: it is awake and has something to do. `stale`: another commit came after the one seen.
 * `other_version`: what is stored has the shape of another version of its type, and so would have what was made of it.
 */
export type StateEdit =
  { readonly commits: number } | { readonly not: "not_stored" | "busy" | "stale" | "other_version" };

/** Throws `actor.not_durable`, and `actor.bad_input` for a state that this type cannot have. */
export function checkedState({ host, name, key }: Address, state: unknown): Encoded {
  const { type } = host;
  if (type.options.durable !== true) {
    throw new RuntimeError("actor.not_durable", `Cannot replace the state of "${name}": its type is not durable`);
  }
  if (typeof state !== "object" || state === null || Array.isArray(state)) {
    throw new RuntimeError("actor.bad_input", `Cannot replace the state of "${name}": a state is an object`);
  }
  try {
    return encodeState(type, key, state);
  } catch (error) {
    if (error instanceof RuntimeError) throw new RuntimeError("actor.bad_input", error.message);
    throw error;
  }
}

/**
 * In a turn of the actor: it loads what is stored, and what others have sent waits. Once the answer is here the edit is
 * stored. Rejects with what stands against the turn, or the store.
 */
export async function editInTurn(
  system: ActorSystem,
  address: Address,
  seen: number,
  state: Encoded,
): Promise<StateEdit> {
  const { cell } = address;
  if (cell !== undefined && !(cell.quiet && cell.status === "idle")) return { not: "busy" };
  const stored = await system.store.load(address.type, address.key);
  const problem = mismatch(address, stored, seen);
  if (problem !== undefined) return { not: problem };
  const done = await system.delivery.ask(address, replacing(seen, state), undefined, undefined);
  return done === undefined ? { not: "stale" } : { commits: done as number };
}

/** What is stored is not looked at again: the turn's own commit is refused unless it is still so. */
function replacing(seen: number, state: Encoded): ReturnType<typeof runtimeMethod> {
  return runtimeMethod("replaceState", (context) => {
    const turn = context as unknown as Turn;
    const { durable } = turn.cell;
    if (durable === undefined || durable.nextVersion !== seen + 1) return undefined;
    if (encode(turn.state) === state) return seen;
    turn.state = decode(state);
    return seen + 1;
  });
}

/** Of an actor whose key is shut, and stays shut meanwhile: it has no turns, so what is stored is replaced without. */
export async function editShut(
  system: ActorSystem,
  address: Address,
  seen: number,
  state: Encoded,
): Promise<StateEdit> {
  const { host, type, key } = address;
  if (address.cell?.hibernate() === false) return { not: "busy" };
  const stored = await system.store.load(type, key);
  const problem = mismatch(address, stored, seen);
  if (problem !== undefined) return { not: problem };
  if (stored?.state === state) return { commits: seen };
  const { promise, resolve, reject } = Promise.withResolvers<StateEdit>();
  const { version: stateVersion = 1 } = host.type.options;
  const settled = (_: unknown, error: RuntimeError | undefined): void =>
    error === undefined ? resolve({ commits: seen + 1 }) : reject(error);
  const change = system.commits.open({ type, key, stateVersion, settled }, seen);
  change.version = seen + 1;
  change.state = state;
  noteIndexed(change, host.type, decode(state), undefined);
  return promise;
}

function mismatch(
  { host }: Address,
  stored: StoredActor | undefined,
  seen: number,
): "not_stored" | "stale" | "other_version" | undefined {
  if (stored === undefined) return "not_stored";
  if (stored.version !== seen) return "stale";
  return stored.stateVersion === (host.type.options.version ?? 1) ? undefined : "other_version";
}
