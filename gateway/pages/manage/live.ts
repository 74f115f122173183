// The live feed as signals: five minutes of snapshots, the last events, and whether the connection stands.

import { batch, computed, signal, untracked } from "@preact/signals";

import type { LiveMessage, LiveSnapshot } from "#runtime/observe/live-view.ts";
import type { LogEntry } from "#runtime/observe/log-view.ts";

import { openSocket, type PageSocket } from "../lib/socket.ts";
import { identity, loadIdentity, whyNot } from "./access.ts";

const HISTORY_MAX = 300;
export const EVENTS_MAX = 500;

/** The oldest first, at most `HISTORY_MAX`. */
export const snapshots = signal<readonly LiveSnapshot[]>([]);
export const latest = computed(() => snapshots.value.at(-1));
/** The oldest first, at most `EVENTS_MAX`. */
export const events = signal<readonly LogEntry[]>([]);
/** Events that the server left out, there were too many. */
export const eventsDropped = signal(0);
export const serverId = signal("");
/** The log is private. */
export const eventsAllowed = computed(() => whyNot("operator") === undefined);

const feed = signal<PageSocket | undefined>(undefined);
const role = computed(() => identity.value.role);

export const isConnected = computed(() => feed.value?.state.value === "open");

/** What the feed tells depends on the role of who opened it: another role, another feed. */
export function startFeed(): void {
  role.subscribe(() => untracked(reopenFeed));
}

export function retryFeed(): void {
  feed.value?.retry();
}

function reopenFeed(): void {
  feed.value?.close();
  feed.value = openFeed();
}

function openFeed(): PageSocket {
  const connection = { wasLost: false };
  return openSocket("/live", {
    received: (text) => batch(() => take(JSON.parse(text) as LiveMessage)),
    lost: () => (connection.wasLost = true),
    opened: () => {
      // The server may be another process now: who signed in before is asked anew, and views ask again.
      if (connection.wasLost) void loadIdentity();
      connection.wasLost = false;
    },
  });
}

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
