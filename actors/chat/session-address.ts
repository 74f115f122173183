// Sessions as rooms, persons and other sessions know them: by type and key, whatever they came by.
import { type Static, t } from "#runtime/mod.ts";

export const SessionAddressSchema = t.Object({
  type: t.String({ minLength: 1, description: "Of the session", examples: ["text-session"] }),
  key: t.String({ minLength: 1, description: "The connection's id", examples: ["1"] }),
});

export type SessionAddress = Static<typeof SessionAddressSchema>;

/** What a watcher is told of one that is gone. */
export const GoneSchema = t.Object({ ...SessionAddressSchema.properties, reason: t.String() });

/** Who holds an id, or plays as somebody; nothing where nobody does. */
export const HolderSchema = t.Object({ holder: t.Optional(SessionAddressSchema) });

export function isSameSession(one: SessionAddress | undefined, other: SessionAddress): boolean {
  return one?.type === other.type && one.key === other.key;
}
