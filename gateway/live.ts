// GET /live: for the document, and for requests that are no upgrade; the feed is there. GET /live/now: one snapshot.

import { type Elysia, t } from "elysia";

import type { LiveView } from "#runtime/observe/live-view.ts";

import { wholeNumber } from "./answer-schemas.ts";
import { answers, jsonAnswer, problemAnswer } from "./document.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { problem } from "./problems.ts";
import { NO_UPGRADE, WRONG_ORIGIN } from "./web-sockets.ts";

const rate = (description: string) => t.Number({ minimum: 0, description });
const milliseconds = t.Optional(
  t.Number({ minimum: 0, description: "Milliseconds; absent where nothing was measured" }),
);
const actorType = t.String({ description: "An actor type" });
const keyUnlessPrivate = t.Optional(t.String({ description: "Absent where the type is private" }));

export const snapshotSchema = t.Object({
  at: wholeNumber("Unix milliseconds"),
  ready: t.Boolean(),
  why: t.Optional(t.String({ description: "As GET /ready; absent when ready" })),
  uptimeMs: wholeNumber(),
  cpuShare: rate("Of one core"),
  rssBytes: wholeNumber("Resident memory"),
  heapBytes: wholeNumber("Memory of JavaScript objects"),
  connections: t.Object(
    { tcp: wholeNumber(), tls: wholeNumber(), udp: wholeNumber(), datagram: wholeNumber(), web: wholeNumber() },
    { description: "Those that have said something, by transport" },
  ),
  bytesInPerSecond: rate("Over all connections"),
  bytesOutPerSecond: rate("Over all connections"),
  protocols: t.Array(
    t.Object({
      type: t.String({ description: "A session type" }),
      connections: wholeNumber(),
      messagesPerSecond: rate("Messages that its sessions have handled"),
      p50Ms: milliseconds,
      p90Ms: milliseconds,
      p99Ms: milliseconds,
    }),
    { description: "One for each session type that is in use; from a message's arrival until its turn is done" },
  ),
  types: t.Array(
    t.Object({
      type: actorType,
      live: wholeNumber("Actors in memory"),
      turnsPerSecond: rate("Turns run"),
      mailbox: wholeNumber("Messages that wait in all mailboxes of the type"),
      p99Ms: milliseconds,
    }),
    { description: "One for each type with actors in memory; of the time of one turn" },
  ),
  busiest: t.Array(
    t.Object({ type: actorType, key: keyUnlessPrivate, turnsPerSecond: rate("Turns run"), mailbox: wholeNumber() }),
    { description: "Actors with most turns, at most 10" },
  ),
  deepest: t.Array(
    t.Object({ type: actorType, key: keyUnlessPrivate, mailbox: wholeNumber(), mailboxBytes: wholeNumber() }),
    { description: "Actors with most messages waiting, at most 10" },
  ),
  lookSeconds: wholeNumber("Seconds in which all actors were looked at: 1, unless very many are in memory"),
  deadLetters: wholeNumber("So far"),
  commitsPerSecond: rate("Batches given to the store"),
});

export const snapshotExample = {
  at: 1_735_689_600_000,
  ready: true,
  uptimeMs: 81_250,
  cpuShare: 0.31,
  rssBytes: 125_829_120,
  heapBytes: 41_943_040,
  connections: { tcp: 50, tls: 0, udp: 0, datagram: 0, web: 2 },
  bytesInPerSecond: 1_520_000,
  bytesOutPerSecond: 1_730_000,
  protocols: [
    {
      type: "pipeline-session",
      connections: 50,
      messagesPerSecond: 10_000,
      p50Ms: 0.048,
      p90Ms: 0.121,
      p99Ms: 0.48,
    },
  ],
  types: [{ type: "counter", live: 3, turnsPerSecond: 12.5, mailbox: 1, p99Ms: 0.021 }],
  busiest: [{ type: "counter", key: "page/home", turnsPerSecond: 12.5, mailbox: 1 }],
  deepest: [{ type: "counter", key: "page/home", mailbox: 1, mailboxBytes: 0 }],
  lookSeconds: 1,
  deadLetters: 0,
  commitsPerSecond: 12.5,
};

const { liveViewersMax, liveViewersPerAddressMax } = HTTP_LIMITS;

export function serveLive(app: Elysia, live: LiveView): void {
  app.get("/live", () => problem("upgrade_required", NO_UPGRADE, { Upgrade: "websocket" }), {
    detail: {
      summary: "What the node does, once a second, over WebSocket",
      description:
        'The first message is `{ "kind": "hello", serverId, version, history, events }`: the snapshots of the last ' +
        'five minutes. Then one a second: `{ "kind": "tick", snapshot, events, dropped }`. A snapshot is as GET ' +
        "/live/now gives it, events are lines of the log for those who may read it, `dropped` counts the rest. " +
        `At most ${liveViewersMax} watch at once, ${liveViewersPerAddressMax} of one address: ` +
        "one more is closed with code 1013. Who does not read is left out until he does.",
      tags: ["process"],
      responses: answers({
        101: { description: "The WebSocket is open" },
        403: problemAnswer("wrong_origin", WRONG_ORIGIN),
        426: problemAnswer("upgrade_required", NO_UPGRADE),
      }),
    },
  });
  app.get("/live/now", () => ({ ...live.latest() }), {
    detail: {
      summary: "What the node did in the last second, or the last five while nobody watches",
      description: "The last snapshot of the feed. Rates are per second; those of the first second are 0.",
      tags: ["process"],
      responses: answers({ 200: jsonAnswer("The last snapshot", snapshotSchema, snapshotExample) }),
    },
  });
}
