// The match page's state as it is drawn, with the connection that its steps go out on.
import { type ReadonlySignal, signal } from "@preact/signals";

import { type Lifeline, openLifeline } from "../lib/lifeline.ts";
import { recall, remember } from "../lib/tab-memory.ts";
import { reduce } from "./reduce.ts";
import { type Kept, keptOf, type MatchEvent, type MatchState, NEW_MATCH_PAGE, wantsSocket } from "./state.ts";

export interface MatchStore {
  readonly state: ReadonlySignal<MatchState>;
  dispatch(event: MatchEvent): void;
}

const KEPT_AS = "correio.match";
const TICK_EVERY_MS = 3_000;
/** On this machine alone nobody reads along: then the browser takes the page for secure. */
const NO_NEWS_HERE = "warning;plain_login";

/** Whoever was in before a reload is in again. */
export function startMatches(): MatchStore {
  const state = signal(NEW_MATCH_PAGE);
  const connection: { lifeline: Lifeline | undefined } = { lifeline: undefined };
  const dispatch = (event: MatchEvent): void => {
    const { state: next, lines } = reduce(state.value, event);
    state.value = next;
    for (const line of lines) connection.lifeline?.send(line);
    connect(next);
    if (next.phase !== "replaced") remember(KEPT_AS, keptOf(next));
  };
  const connect = (next: MatchState): void => {
    if (wantsSocket(next)) {
      connection.lifeline ??= openLifeline({
        path: "/match",
        probe: "ping",
        opened: () => dispatch({ kind: "opened" }),
        received(line) {
          if (line === NO_NEWS_HERE && globalThis.isSecureContext) return;
          dispatch({ kind: "received", line, nowMs: performance.now() });
        },
        lost: () => dispatch({ kind: "lost" }),
      });
    } else {
      connection.lifeline?.close();
      connection.lifeline = undefined;
    }
  };
  setInterval(() => {
    if (document.visibilityState === "visible") dispatch({ kind: "tick", nowMs: performance.now() });
  }, TICK_EVERY_MS);
  const kept = recall(KEPT_AS, isKept);
  if (kept !== undefined) dispatch({ kind: "restore", kept });
  return { state, dispatch };
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== "object" || value === null) return false;
  const { name, key } = value as Record<string, unknown>;
  return typeof name === "string" && typeof key === "string";
}
