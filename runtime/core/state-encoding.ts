// A durable actor's state on its way to the store and back: as JSON, with its version, within its bound.
import { limits } from "../limits.ts";
import type { AnyActorType } from "./definition.ts";
import { decode, encodeDefined } from "./encoding.ts";
import { RuntimeError } from "./errors.ts";
import type { Encoded, IndexedValue, StoredActor } from "./stored.ts";

/** Throws `actor.state_not_encodable` or `actor.state_too_large`. */
export function encodeState({ name, options }: AnyActorType, key: string, state: unknown): Encoded {
  const { stateLengthMax = limits.stateLengthMax } = options;
  const encoded = encodeDefined(state);
  if (typeof encoded !== "string") {
    const message = `Cannot store "${name}/${key}": its state is no JSON: ${encoded.problem}`;
    throw new RuntimeError("actor.state_not_encodable", message);
  }
  if (encoded.length > stateLengthMax) {
    const size = `its state has ${encoded.length} characters, its limit is ${stateLengthMax}`;
    const message = `Cannot store "${name}/${key}": ${size}`;
    throw new RuntimeError("actor.state_too_large", message);
  }
  return encoded;
}

/**
 * The stored state in the shape that the type has now. Throws `actor.state_from_future`, `actor.cannot_upgrade`, and
 * whatever an upgrade throws; what is stored stays as it is.
 */
export function decodeState({ name, options }: AnyActorType, key: string, stored: StoredActor): unknown {
  const { version = 1, upgrade = {} } = options;
  if (stored.stateVersion > version) {
    const versions = `its state has version ${stored.stateVersion}, this program knows ${version}`;
    const message = `Cannot start "${name}/${key}": ${versions}`;
    throw new RuntimeError("actor.state_from_future", message);
  }
  let state = decode(stored.state);
  for (let from = stored.stateVersion; from < version; from++) {
    const step = upgrade[from];
    if (step === undefined) {
      const message = `Cannot start "${name}/${key}": nothing upgrades its state from version ${from}`;
      throw new RuntimeError("actor.cannot_upgrade", message);
    }
    state = step(state as never);
    if (state === undefined) {
      const message = `Cannot start "${name}/${key}": the upgrade of its state from version ${from} returns nothing`;
      throw new RuntimeError("actor.cannot_upgrade", message);
    }
  }
  return state;
}

/** The indexed fields as text; they are part of the commit where they are not what they were before. */
export function noteIndexed(
  commit: { indexed: ReadonlyMap<string, IndexedValue> | undefined },
  { options: { indexed = [] } }: AnyActorType,
  state: unknown,
  before: string | undefined,
): string | undefined {
  if (indexed.length === 0) return undefined;
  const fields = indexedFields(indexed, state);
  const text = JSON.stringify(Array.from(fields));
  if (text !== before) commit.indexed = fields;
  return text;
}

/** The fields that queries may filter on; what is neither text, number nor boolean is left out. */
export function indexedFields(fields: readonly string[], state: unknown): ReadonlyMap<string, IndexedValue> {
  const found = new Map<string, IndexedValue>();
  if (typeof state !== "object" || state === null) return found;
  for (const field of fields) {
    const value = (state as Readonly<Record<string, unknown>>)[field];
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") found.set(field, value);
  }
  return found;
}
