// The live feed over real WebSockets: who gets what, and what becomes of those who do not read or say too much.

import { describe, expect, test } from "bun:test";

import type { WebSocketPort } from "#runtime/net/web-socket-port.ts";
import type { LiveMessage } from "#runtime/observe/live-view.ts";
import type { LogEntry, LogQuery, LogView } from "#runtime/observe/log-view.ts";

import { HTTP_LIMITS } from "./limits.ts";
import { LiveFeed } from "./live-feed.ts";
import { snapshotExample } from "./live.ts";
import { createTestLive } from "./test-live.ts";

const about = () => ({ serverId: "node-1", version: "0.1.0", startedAt: 0, uptimeMs: 0 });

/** Lines that a test writes; it counts who listens. */
function createTestLog() {
  const lines: LogEntry[] = [];
  const listeners = new Set<(entry: LogEntry) => void>();
  const logs: LogView = {
    tail: ({ limit, before = Infinity }: LogQuery) => ({
      items: lines
        .filter(({ number }) => number < before)
        .toReversed()
        .slice(0, limit),
    }),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    level: () => "info",
    setLevel: () => undefined,
  };
  const write = (changes: Partial<LogEntry> = {}): void => {
    const entry: LogEntry = {
      number: lines.length + 1,
      at: 1_735_689_600_000,
      level: "warn",
      reason: "actor.crashed",
      text: "",
      fields: {},
      ...changes,
    };
    lines.push(entry);
    for (const listener of listeners) listener(entry);
  };
  return { logs, listeners, write };
}

interface Peer extends WebSocketPort {
  readonly heard: LiveMessage[];
  /** `code reason`, or `cut off`. */
  ended: string | undefined;
  waiting: number;
}

function createPeer(role?: string, remoteAddress = "127.0.0.1"): Peer {
  const peer: Peer = {
    heard: [],
    ended: undefined,
    waiting: 0,
    remoteAddress,
    remotePort: 50_000,
    role,
    send: (text) => peer.heard.push(JSON.parse(text) as LiveMessage),
    waitingBytes: () => peer.waiting,
    close: (code, reason) => void (peer.ended = `${code} ${reason}`),
    terminate: () => void (peer.ended = "cut off"),
  };
  return peer;
}

function createFeed() {
  const live = createTestLive();
  const { logs, ...written } = createTestLog();
  const feed = new LiveFeed({ live, logs, about });
  const stop = feed.start();
  const open = (role?: string, address?: string) => {
    const peer = createPeer(role, address);
    return { peer, events: feed.open(peer) };
  };
  return { live, feed, stop, open, ...written };
}

describe("the feed", () => {
  test("greets with what has been, then says once a second what is", () => {
    const { live, open } = createFeed();
    live.sample({ uptimeMs: 1_000 });
    const { peer } = open();
    expect(peer.heard).toEqual([
      {
        kind: "hello",
        serverId: "node-1",
        version: "0.1.0",
        history: [{ ...snapshotExample, uptimeMs: 1_000 }],
        events: [],
      },
    ]);
    live.sample({ uptimeMs: 2_000 });
    const snapshot = { ...snapshotExample, uptimeMs: 2_000 };
    expect(peer.heard[1]).toEqual({ kind: "tick", snapshot, events: [], dropped: 0 });
  });

  test("is sampled closely only while somebody watches", () => {
    const { live, open } = createFeed();
    const [watcher] = live.watchers;
    expect(watcher?.isWatched()).toBe(false);
    const { events } = open();
    expect(watcher?.isWatched()).toBe(true);
    events?.closed(true);
    expect(watcher?.isWatched()).toBe(false);
  });

  test("ends for all when the gateway stops", () => {
    const { live, stop, open } = createFeed();
    const { peer } = open();
    stop();
    expect([peer.ended, live.watchers.size]).toEqual(["1001 shutdown", 0]);
  });
});

describe("events", () => {
  test.each([
    [undefined, 0],
    ["viewer", 0],
    ["operator", 2],
    ["admin", 2],
  ])("of the log are not for everybody: %s", (role, count) => {
    const { live, open, write } = createFeed();
    open("admin");
    write({ text: "before" });
    live.sample();
    const { peer } = open(role);
    write({ text: "after" });
    live.sample();
    expect(peer.heard.flatMap(({ events }) => events)).toHaveLength(count);
  });

  test("come in the order in which they were, each once", () => {
    const { live, open, write } = createFeed();
    write();
    write();
    open("admin");
    write();
    const { peer } = open("operator");
    live.sample();
    write();
    live.sample();
    expect(peer.heard.map(({ events }) => events.map(({ number }) => number))).toEqual([[1, 2], [3], [4]]);
  });

  test("are listened for only while somebody may see them", () => {
    const { open, listeners } = createFeed();
    open("viewer");
    expect(listeners.size).toBe(0);
    const [first, second] = [open("operator"), open("operator")];
    expect(listeners.size).toBe(1);
    first.events?.closed(true);
    expect(listeners.size).toBe(1);
    second.events?.closed(true);
    expect(listeners.size).toBe(0);
  });

  test.each([
    [HTTP_LIMITS.liveEventsMax, 0],
    [HTTP_LIMITS.liveEventsMax + 1, 1],
  ])("of which there are %i in a second leave out %i, counted", (count, dropped) => {
    const { live, open, write } = createFeed();
    const { peer } = open("operator");
    for (let index = 0; index < count; index++) write();
    live.sample();
    const tick = peer.heard[1];
    expect(tick?.events).toHaveLength(HTTP_LIMITS.liveEventsMax);
    expect(tick).toMatchObject({ kind: "tick", dropped });
    live.sample();
    expect(peer.heard[2]).toMatchObject({ events: [], dropped: 0 });
  });

  test("that are very long, or no JSON, come without their fields", () => {
    const { live, open, write } = createFeed();
    const { peer } = open("operator");
    const round: Record<string, unknown> = {};
    round["self"] = round;
    write({ fields: round });
    write({ fields: { text: "x".repeat(HTTP_LIMITS.liveEventLengthMax) }, text: "y".repeat(100_000) });
    live.sample();
    const [first, second] = peer.heard[1]?.events ?? [];
    expect(first?.fields).toEqual({});
    expect([second?.fields, second?.text.length]).toEqual([{}, HTTP_LIMITS.reasonCharsMax]);
  });

  test("hold what clients wrote as the text that it is", () => {
    const { live, open, write } = createFeed();
    const { peer } = open("operator");
    const fields = { nickname: '"]}<script>alert(1)</script>\u2028\u0000\ud800' };
    write({ fields });
    live.sample({ busiest: [{ type: "desk", key: '"},{', turnsPerSecond: 1, mailbox: 0 }] });
    expect(peer.heard[1]?.events[0]?.fields).toEqual(fields);
    expect(peer.heard[1]).toMatchObject({ snapshot: { busiest: [{ key: '"},{' }] } });
  });
});

describe("ten viewers of 10 000 events a minute", () => {
  const EVENTS_A_SECOND = Math.ceil(10_000 / 60);
  const TICK_BYTES_MAX = 65_536;

  test(`get all ${EVENTS_A_SECOND} of each second, in messages of at most ${TICK_BYTES_MAX} octets`, () => {
    const { live, open, write } = createFeed();
    const viewers = Array.from({ length: 10 }, () => open("operator").peer);
    for (let second = 0; second < 60; second++) {
      for (let count = 0; count < EVENTS_A_SECOND; count++) write({ text: "x".repeat(100), fields: { key: "desk 1" } });
      live.sample();
    }
    for (const { heard } of viewers) {
      const ticks = heard.filter(({ kind }) => kind === "tick");
      expect(ticks.map(({ events }) => events.length)).toEqual(Array(60).fill(EVENTS_A_SECOND));
      expect(Math.max(...ticks.map((tick) => JSON.stringify(tick).length))).toBeLessThan(TICK_BYTES_MAX);
    }
  });
});

describe("a viewer", () => {
  const { liveBehindBytesMax, liveBehindSecondsMax, liveMessagesFromViewerMax } = HTTP_LIMITS;

  test("who is behind is left out until he has caught up", () => {
    const { live, open } = createFeed();
    const { peer } = open();
    const { peer: other } = open();
    const sample = (waiting: number): number => {
      peer.waiting = waiting;
      live.sample();
      return peer.heard.length;
    };
    expect(sample(liveBehindBytesMax)).toBe(2);
    expect(sample(liveBehindBytesMax + 1)).toBe(2);
    expect(sample(1)).toBe(2);
    expect(sample(0)).toBe(3);
    expect(sample(liveBehindBytesMax)).toBe(4);
    expect(other.heard).toHaveLength(6);
  });

  test(`who is behind for more than ${liveBehindSecondsMax} seconds is cut off`, () => {
    const { live, open } = createFeed();
    const { peer } = open();
    peer.waiting = liveBehindBytesMax + 1;
    for (let second = 0; second < liveBehindSecondsMax; second++) live.sample();
    expect(peer.ended).toBeUndefined();
    live.sample();
    expect(peer.ended).toBe("cut off");
  });

  test("is not answered, and closed when he says too much", () => {
    const { open } = createFeed();
    const { peer, events } = open();
    for (let count = 0; count < liveMessagesFromViewerMax; count++) events?.received("hello?");
    expect([peer.ended, peer.heard.length]).toEqual([undefined, 1]);
    events?.received("hello?");
    expect(peer.ended).toBe("1008 live.flood");
  });
});

describe("too many viewers", () => {
  const { liveViewersMax, liveViewersPerAddressMax } = HTTP_LIMITS;

  test(`of one address: one more than ${liveViewersPerAddressMax} is sent away, and another address is not`, () => {
    const { open } = createFeed();
    const all = Array.from({ length: liveViewersPerAddressMax }, () => open());
    expect(all.filter(({ peer }) => peer.ended !== undefined)).toEqual([]);
    expect(open().peer.ended).toBe("1013 live.viewers_per_address_max");
    expect(open("admin", "127.0.0.2").peer.ended).toBeUndefined();
    all[0]?.events?.closed(true);
    expect(open().peer.ended).toBeUndefined();
  });

  test(`of all: one more than ${liveViewersMax} is sent away`, () => {
    const { open } = createFeed();
    for (let index = 0; index < liveViewersMax; index++) open(undefined, `10.0.0.${index}`);
    const { peer, events } = open(undefined, "10.0.0.200");
    expect([peer.ended, peer.heard.length, events]).toEqual(["1013 live.viewers_max", 0, undefined]);
  });
});
