// The match experiment runs with tiny parameters: every octet is accounted for, every move seen, nobody taken for dead.

import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { describeEnvironment } from "./lib/environment.ts";
import { renderMatchPage } from "./lib/match-page.ts";
import { DEFAULT_MATCHES, type MatchQuestion, type MatchReport, SMALL_MATCHES } from "./lib/match-plan.ts";
import { matchReport, renderMatches } from "./lib/match-report.ts";
import { inOwnNetwork, whyNoNetworkCounter } from "./lib/recorder-network.ts";
import { RecordedProcess } from "./lib/recorder-process.ts";
import { Recorder } from "./lib/recorder.ts";
import { testCommandLine } from "./lib/test-command-line.ts";
import { runMatches } from "./match.ts";

const WITHIN_MS = 60_000;
const whyNoCounter = await whyNoNetworkCounter();

const run = (question: MatchQuestion): Promise<MatchReport> =>
  runMatches({ ...SMALL_MATCHES, only: [question], searchPath: "" });

/** Runs a piece of a program where nothing but it uses the network, and parses what it prints. */
function runAlone(code: string): unknown {
  const words = inOwnNetwork([process.execPath, "-e", code]);
  const { stdout, stderr } = Bun.spawnSync([...words], { cwd: import.meta.dirname, stdin: "ignore" });
  if (stdout.length === 0) throw new Error(stderr.toString());
  return JSON.parse(stdout.toString());
}

describe("the match experiment", () => {
  setDefaultTimeout(WITHIN_MS);

  test("plays a match from peer to peer and one that the server hosts, and no octet is missing", async () => {
    const { scenes = [], wrong, missing } = await run("scenes");
    expect(wrong).toEqual([]);
    const phases = scenes[0]?.recording.phases.map(({ name }) => name);
    expect(phases).toEqual([
      "start",
      "rest",
      "connect",
      "log in",
      "rest",
      "invite",
      "moves",
      "result",
      "rest",
      "log out",
      "shutdown",
    ]);
    expect(scenes.map(({ recording }) => recording.series.map(({ name }) => name))).toEqual([
      ["server", "host", "guest"],
      ["server", "host", "guest"],
    ]);
    for (const { bytes, curves, recording } of scenes) {
      expect(recording.cost.samples).toBeGreaterThan(0);
      expect(bytes.every(({ differencePercent }) => differencePercent <= 1)).toBe(true);
      expect(bytes.length).toBeGreaterThan(0);
      expect(curves).toHaveLength(whyNoCounter === undefined ? 4 : 0);
    }
    expect(missing).toHaveLength(whyNoCounter === undefined ? 0 : 1);
  });

  test("makes every move that is due, on Correio and on the raw program", async () => {
    const report = await run("hosted");
    expect(report.wrong).toEqual([]);
    const made = report.hosted?.samples.map(({ name, played }) => [
      name,
      played.wanted,
      played.acknowledged,
      played.moved,
    ]);
    expect(made).toEqual([
      ["correio", 4, 4, 8],
      ["raw", 4, 4, 8],
    ]);
    expect(renderMatches(report)).toContain("MISSING: python: python3 is not installed");
  });

  test("holds players where memory is measured", async () => {
    const report = await run("memory");
    expect(report.wrong).toEqual([]);
    expect(report.memory?.samples.map(({ name, lost }) => [name, lost])).toEqual([
      ["correio", 0],
      ["raw", 0],
    ]);
  });

  test("says what an empty server takes of a core", async () => {
    const { idle } = await run("idle");
    expect(idle?.shares).toHaveLength(1);
    expect(idle?.shares[0]).toBeGreaterThanOrEqual(0);
  });

  test("takes nobody for dead who lives, and all who are dead", async () => {
    const report = await run("heartbeat");
    expect(report.wrong).toEqual([]);
    expect(report.heartbeat).toMatchObject({ falsePositives: [], unnoticed: 0, bareNetwork: { late: 0 } });
    expect(report.heartbeat?.modernNoticedMs).toHaveLength(1);
    expect(report.heartbeat?.existingNoticedMs).toHaveLength(1);
  });
});

describe("the recorder", () => {
  test("sees the processor time of a child that works, and none once it is gone", async () => {
    const child = Bun.spawn([process.execPath, "-e", "for (;;);"]);
    const recorded = new RecordedProcess(child.pid);
    const before = recorded.read()?.cpuSeconds ?? 0;
    while ((recorded.read()?.cpuSeconds ?? 0) - before < 0.05) await Bun.sleep(5);
    expect(recorded.read()?.residentBytes).toBeGreaterThan(0);
    child.kill("SIGKILL");
    await child.exited;
    expect(recorded.read()).toBeUndefined();
  });

  test("marks phases and says what recording cost", async () => {
    const recorder = await Recorder.start(10, "none");
    recorder.phase("one");
    recorder.watch("self", process.pid);
    await Bun.sleep(30);
    recorder.phase("two");
    const { phases, series, cost, atSeconds, octetsPerSecond } = await recorder.stop();
    expect(phases.map(({ name }) => name)).toEqual(["one", "two"]);
    expect(series[0]?.cpuPercent).toHaveLength(atSeconds.length);
    expect(octetsPerSecond.every((octets) => octets === null)).toBe(true);
    expect(cost).toMatchObject({ samples: atSeconds.length, counterPercent: 0 });
    expect(series[0]?.proportionalMegabytes).toBeGreaterThan(0);
  });

  // Needs root, iproute2, util-linux and python3.
  test.skipIf(whyNoCounter !== undefined)("counts the payload of each connection, as the kernel passes it", () => {
    const counted = runAlone(`
      import { startNetworkCounter } from "./lib/recorder-network.ts";
      const counter = await startNetworkCounter(50);
      const echo = { data: (socket, chunk) => void socket.write(chunk) };
      const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: echo });
      const { promise, resolve } = Promise.withResolvers();
      let octets = 0;
      const data = (_, chunk) => void ((octets += chunk.length) === 1_000 && resolve());
      const client = await Bun.connect({ hostname: "127.0.0.1", port: server.port, socket: { data } });
      client.write("x".repeat(1_000));
      await promise;
      const { connections, dropped } = await counter.count();
      await counter.stop();
      const [{ server: port, up, down, steps }] = connections;
      const inSteps = steps.reduce((sum, [, sent, received]) => sum + sent + received, 0);
      const isServer = port === server.port;
      console.log(JSON.stringify([connections.length, isServer, up.payload, down.payload, inSteps, dropped]));
      process.exit(0);`);
    expect(counted).toEqual([1, true, 1_000, 1_000, 2_000, 0]);
  });
});

describe("its page", () => {
  test("has a plot of each figure with its phases", async () => {
    const recorder = await Recorder.start(10, "none");
    recorder.phase("start");
    const { network: _, ...recording } = await recorder.stop();
    const curves = [{ name: "server, in", perSecond: [1, 2] }];
    const scene = { name: "server", recording, bytes: [], curves } as const;
    const page = await renderMatchPage(matchReport(describeEnvironment(), DEFAULT_MATCHES, [], { scenes: [scene] }));
    for (const label of ["CPU, % of a core", "resident memory, MB", "payload, B/s"])
      expect(page).toContain(`"${label}"`);
    expect(page).toContain('"marks":[{"name":"start"');
  });
});

testCommandLine(
  "match.ts",
  ["--only", "--matches", "--out", "--json", "--quick"],
  ["--rounds=0", "--only=all", "--nothing", "nothing"],
);
