// What the session of an existing client keeps: a player's state, what waits to be sent, and its two other connections.
import type { SessionContext } from "#runtime/mod.ts";

import type { PlayerSessionState } from "./match-command.ts";
import { nobody } from "./presence.ts";

export interface ExistingState extends PlayerSessionState {
  /** Key of the session on its TLS connection; empty while there is none. */
  secureKey: string;
  /** Where it answers pings; 0: it does not, undefined: it has not said. */
  pingPort: number | undefined;
  /** Key of the session that pings it; empty while there is none. */
  heartbeatKey: string;
  /** When one was lost last; monotonic. */
  lostAtMs: number | undefined;
  /** How its last message ended; empty: not at all. */
  ending: string;
}

export type ExistingSession = SessionContext<ExistingState, string>;

export const newExistingState = (): ExistingState => ({
  ...nobody(),
  secureKey: "",
  pingPort: undefined,
  heartbeatKey: "",
  lostAtMs: undefined,
  ending: "",
});
