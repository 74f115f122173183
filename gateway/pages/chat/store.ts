// The chat page's state as it is drawn, with the connection that its steps go out on.
import { type ReadonlySignal, signal } from "@preact/signals";

import { type Lifeline, openLifeline } from "../lib/lifeline.ts";
import { recall, remember } from "../lib/tab-memory.ts";
import { reduce } from "./reduce.ts";
import { type ChatEvent, type ChatState, type Kept, keptOf, newChat, wantsSocket } from "./state.ts";

export interface ChatStore {
  readonly state: ReadonlySignal<ChatState>;
  dispatch(event: ChatEvent): void;
}

const KEPT_AS = "correio.chat";
const TICK_EVERY_MS = 3_000;

/** Whoever was in before a reload is in again. */
export function startChat(): ChatStore {
  const state = signal(newChat(`w${Date.now().toString(36)}`));
  const connection: { lifeline: Lifeline | undefined } = { lifeline: undefined };
  const dispatch = (event: ChatEvent): void => {
    const { state: next, lines } = reduce(state.value, event);
    if (next === state.value) return;
    state.value = next;
    for (const line of lines) connection.lifeline?.send(line);
    connect(next);
    if (next.phase !== "replaced") remember(KEPT_AS, keptOf(next));
  };
  const connect = (next: ChatState): void => {
    if (wantsSocket(next)) {
      connection.lifeline ??= openLifeline({
        path: "/chat",
        probe: "PING",
        opened: () => dispatch({ kind: "opened" }),
        received: (line) => dispatch({ kind: "received", line }),
        lost: () => dispatch({ kind: "lost" }),
      });
    } else {
      connection.lifeline?.close();
      connection.lifeline = undefined;
    }
  };
  const look = (): void => dispatch({ kind: document.visibilityState === "visible" ? "shown" : "hidden" });
  document.addEventListener("visibilitychange", look);
  setInterval(() => {
    if (state.value.isStuck) dispatch({ kind: "tick" });
  }, TICK_EVERY_MS);
  const kept = recall(KEPT_AS, isKept);
  if (kept !== undefined) dispatch({ kind: "restore", kept });
  look();
  return { state, dispatch };
}

const isReadRoom = (each: unknown): boolean =>
  Array.isArray(each) && typeof each[0] === "string" && typeof each[1] === "number";

function isKept(value: unknown): value is Kept {
  if (typeof value !== "object" || value === null) return false;
  const { id, key, rooms, current } = value as Record<string, unknown>;
  const areTexts = [id, key, current].every((each) => typeof each === "string");
  return areTexts && Array.isArray(rooms) && rooms.every(isReadRoom);
}
