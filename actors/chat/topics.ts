// What rooms and people publish. Values are whole lines: a connection sends them on as they are, encoded once for all.
import { t, topic } from "#runtime/mod.ts";

/** Messages, joins and leaves of one room, by its name. */
export const roomLines = topic("room-lines", t.String());

/** Direct messages to one person, by the key of the id. */
export const inboxLines = topic("inbox-lines", t.String());

/** Who holds an id from now on, by its key: a session, as `type/key`. */
export const idHolders = topic("id-holders", t.String());
