// What rooms and people publish. Values are whole lines: a connection sends them on as they are, encoded once for all.
import { t, topic } from "#runtime/mod.ts";

/** Messages, joins and leaves of one room, by its name. */
export const roomLines = topic("room-lines", t.String());

/** Direct messages to one person, by the session that holds the id (`holdKey`): who held it before hears none. */
export const inboxLines = topic("inbox-lines", t.String());
