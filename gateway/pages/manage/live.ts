// The live feed as signals: five minutes of snapshots, the last events, and whether the connection stands.

import { batch, computed, signal } from "@preact/signals";

import type { LiveMessage, LiveSnapshot } from "#runtime/observe/live-view.ts";
import type { LogEntry } from "#runtime/observe/log-view.ts";

import { openSocket } from "../lib/socket.ts";

export const HISTORY_MAX = 300;
export const EVENTS_MAX = 500;

/** The oldest first, at most `HISTORY_MAX`. */
export const snapshots = signal<readonly LiveSnapshot[]>([]);
export const latest = computed(() => snapshots.value.at(-1));
/** The oldest first, at most `EVENTS_MAX`. */
export const events = signal<readonly LogEntry[]>([]);
/** Events that the server left out, there were too many. */
export const eventsDropped = signal(0);
export const serverId = signal("");

export const feed = openSocket("/live", {
  received: (text) => batch(() => take(JSON.parse(text) as LiveMessage)),
});

function take(message: LiveMessage): void {
  if (message.kind === "hello") {
    serverId.value = message.serverId;
    snapshots.value = message.history.slice(-HISTORY_MAX);
    events.value = message.events.slice(-EVENTS_MAX);
    eventsDropped.value = 0;
    return;
  }
  snapshots.value = [...snapshots.value, message.snapshot].slice(-HISTORY_MAX);
  if (message.events.length > 0) events.value = [...events.value, ...message.events].slice(-EVENTS_MAX);
  eventsDropped.value += message.dropped;
}
