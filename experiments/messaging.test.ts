// The messaging experiment runs with tiny parameters, verifies what it measures, and names the peers it did without.

import { describe, expect, setDefaultTimeout, test } from "bun:test";

import type { MessagingParameters, MessagingQuestion, MessagingReport } from "./lib/messaging-plan.ts";
import { renderMessaging } from "./lib/messaging-report.ts";
import { findMessagingTools } from "./lib/messaging-servers.ts";
import { testCommandLine } from "./lib/test-command-line.ts";
import { runMessaging } from "./messaging.ts";

const WITHIN_MS = 30_000;
const { python, natsServer } = findMessagingTools(undefined);
const isWithoutPython = python === undefined && Bun.env["CI"] === undefined;
if (isWithoutPython) console.warn("Skipping what pyzmq measures: apt-get install python3-zmq python3-msgpack");
if (natsServer === undefined) console.warn("Doing without the peer nats-server: apt-get install nats-server");

const tiny: Omit<MessagingParameters, "only"> = {
  roundTrips: { rounds: 1, trips: 20, warmUp: 2, requestBytes: 64 },
  fanOut: { rounds: 1, subscribers: 3, bodyBytes: 100, windows: [{ window: 8, publications: 1_500 }] },
  slowSubscriber: {
    pairs: 1,
    subscribers: 2,
    publications: 160_000,
    window: 1_024,
    bodyBytes: 250,
    readsOneIn: 1_000_000,
  },
  rates: { rounds: 1, clients: [1, 2], runMs: 20, warmUpMs: 5 },
  workers: { requests: 20, kills: 1 },
};

const run = (question: MessagingQuestion, searchPath?: string): Promise<MessagingReport> =>
  runMessaging({ ...tiny, only: [question], ...(searchPath !== undefined && { searchPath }) });

describe("the messaging experiment", () => {
  setDefaultTimeout(WITHIN_MS);

  // Needs python3-zmq and python3-msgpack.
  test.skipIf(isWithoutPython)("has every reply of ours, pyzmq's and the floor's", async () => {
    const { roundTrips, wrong } = await run("round-trips");
    expect(wrong).toEqual([]);
    expect(roundTrips?.samples.map(({ name }) => name)).toEqual([
      "reply-socket",
      "pyzmq-reply",
      "raw-echo",
      "users",
      "pyzmq-users",
    ]);
  });

  test("counts every publication at every subscriber, through each server that is there", async () => {
    const { fanOut, wrong } = await run("fan-out");
    expect(wrong).toEqual([]);
    const peers = [natsServer && "nats", python && "libzmq"].filter((name) => name !== undefined);
    expect(fanOut?.samples.map(({ name }) => name as string)).toEqual(["correio", "raw", ...peers]);
  });

  test("drops publications for a subscriber that does not read, and for nobody else", async () => {
    const { slowSubscriber, wrong } = await run("slow-subscriber");
    expect(wrong).toEqual([]);
    expect(slowSubscriber?.samples[0]?.dropped).toBeGreaterThan(0);
  });

  test("stores as many messages as clients are told of", async () => {
    const { rates, wrong } = await run("rates", "");
    expect(wrong).toEqual([]);
    expect(rates?.samples.map(({ service, clients }) => [service, clients])).toEqual([
      ["users", 1],
      ["users", 2],
      ["publish", 1],
      ["publish", 2],
    ]);
  });

  // Needs python3-zmq and python3-msgpack.
  test.skipIf(isWithoutPython)(
    "deals a foreign worker every other request, and answers when it is killed",
    async () => {
      const { workers, wrong } = await run("workers");
      expect(wrong).toEqual([]);
      expect(workers).toMatchObject({ foreign: 10, own: 10 });
      expect(workers?.kills.map(({ service }) => service)).toEqual(["users", "publish"]);
    },
  );

  test("names peers that are not there, and what it has not measured without them", async () => {
    const report = await runMessaging({ ...tiny, only: ["round-trips", "workers"], searchPath: "" });
    const page = renderMessaging(report);
    expect(page).toContain(
      "MISSING: all of pyzmq, round trips, workers: python3-zmq and python3-msgpack not installed",
    );
    expect(page).toContain("MISSING: nats-server not installed");
    expect(page).toContain("not measured");
  });
});

testCommandLine("messaging.ts", ["--only", "--rounds", "--quick", "--json"], ["--rounds=0", "--only=all", "nothing"]);
