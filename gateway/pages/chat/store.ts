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
const MOMENT_MS = 30;
const CROWD_MAX = 200;

/** Whoever was in before a reload is in again. */
export function startChat(): ChatStore {
  const state = signal(newChat(`w${Date.now().toString(36)}`));
  const connection: { lifeline: Lifeline | undefined } = { lifeline: undefined };
  const takeAll = (events: readonly ChatEvent[]): void => {
    const steps = { state: state.value, lines: [] as string[] };
    for (const event of events) {
      const { state: next, lines } = reduce(steps.state, event);
      steps.state = next;
      steps.lines.push(...lines);
    }
    state.value = steps.state;
    for (const line of steps.lines) connection.lifeline?.send(line);
    connect(steps.state);
    if (steps.state.phase !== "replaced") remember(KEPT_AS, keptOf(steps.state));
  };
  const crowd = createCrowd(takeAll);
  const dispatch = (event: ChatEvent): void => takeAll([...crowd.leave(), event]);
  const connect = (next: ChatState): void => {
    if (wantsSocket(next)) {
      connection.lifeline ??= openLifeline({
        path: "/chat",
        probe: "PING",
        opened: () => dispatch({ kind: "opened" }),
        received: (line) => crowd.join({ kind: "received", line }),
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

/** What comes within a moment is drawn once: a busy room says more in a second than a page can draw. */
function createCrowd(takeAll: (events: readonly ChatEvent[]) => void) {
  const waiting: ChatEvent[] = [];
  const leave = (): readonly ChatEvent[] => waiting.splice(0);
  const go = (): void => {
    if (waiting.length > 0) takeAll(leave());
  };
  return {
    leave,
    join(event: ChatEvent): void {
      waiting.push(event);
      // A page in the background has no timers for a while.
      if (waiting.length >= CROWD_MAX) go();
      else if (waiting.length === 1) setTimeout(go, MOMENT_MS);
    },
  };
}

const isReadRoom = (each: unknown): boolean =>
  Array.isArray(each) && typeof each[0] === "string" && typeof each[1] === "number";

function isKept(value: unknown): value is Kept {
  if (typeof value !== "object" || value === null) return false;
  const { id, key, rooms, current } = value as Record<string, unknown>;
  const areTexts = [id, key, current].every((each) => typeof each === "string");
  return areTexts && Array.isArray(rooms) && rooms.every(isReadRoom);
}
