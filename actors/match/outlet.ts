// The way out to an existing client: messages end as its own did, and without an end they leave one by one.
import { limits } from "#runtime/mod.ts";

import type { ExistingSession } from "./existing-state.ts";

/**
 * One without an end is followed by silence, for as long as the turn lasts that this is awaited in: so nothing runs
 * into it, and the last one is not run into by the end of the connection.
 */
export async function say(me: ExistingSession, text: string): Promise<void> {
  const { ending } = me.state;
  me.send(text + ending);
  if (ending === "") await me.sleep(limits.textQuietMs);
}
