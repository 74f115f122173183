// The comparison of TCP and UDP runs with tiny parameters: all is delivered that should be, and the page is whole.

import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startTcpRelay, startUdpRelay } from "#runtime/testing/mod.ts";

import { startChatServer, udpPortOf } from "./lib/chat-cell.ts";
import { CHAT_WAYS, joinChat } from "./lib/chat-member.ts";
import { startDelayedLink, whyNoDelayedLink } from "./lib/delayed-link.ts";
import { describeEnvironment } from "./lib/environment.ts";
import { readLines } from "./lib/lines-of.ts";
import { renderPage } from "./lib/tcp-udp-page.ts";
import type { ChatRow, TcpUdpParameters, TcpUdpReport } from "./lib/tcp-udp-plan.ts";
import { renderTcpUdp } from "./lib/tcp-udp-report.ts";
import { testCommandLine } from "./lib/test-command-line.ts";
import { runTcpUdp, smallTcpUdp } from "./tcp-vs-udp.ts";

const WITHIN_MS = 60_000;
const hasLink = (await whyNoDelayedLink()) === undefined;

const tiny: TcpUdpParameters = { ...smallTcpUdp, only: [] };

const isWhole = ({ arrived, expected, duplicates, outOfOrder, garbled }: ChatRow): boolean =>
  arrived === expected && duplicates + outOfOrder + garbled === 0;

describe("the comparison of TCP and UDP", () => {
  test(
    "delivers everything once and in order under loss, but for plain UDP",
    async () => {
      const { rows, levels } = await runTcpUdp({ ...tiny, only: ["chat"] });
      expect(rows.map(({ way }) => way)).toEqual([...CHAT_WAYS]);
      expect(rows.filter(({ way }) => way !== "udp").every(isWhole)).toBe(true);
      expect(rows.map(({ expected, errors, garbled }) => [expected, errors, garbled])).toEqual(
        rows.map(() => [3 * 3 * 2, 0, 0]),
      );
      expect(levels).toHaveLength(2);
    },
    WITHIN_MS,
  );

  test(
    "has room for many, whichever way they come",
    async () => {
      const { crowd } = await runTcpUdp({ ...tiny, only: ["crowd"], ways: ["udp", "hybrid"] });
      expect(crowd.map(({ way }) => way)).toEqual(["udp", "hybrid"]);
      expect(crowd.map(({ expected }) => expected)).toEqual(crowd.map(() => 6 * 2 * 2));
      expect(crowd.filter(({ way }) => way !== "udp").every(isWhole)).toBe(true);
    },
    WITHIN_MS,
  );

  test("counts what a lost packet holds up, and stops senders whose receivers do not read", async () => {
    const { blocking, flow } = await runTcpUdp({ ...tiny, only: ["blocking", "flow"], delayMs: 10, repeats: 1 });
    const [inOrder, asTheyCome] = blocking;
    expect(asTheyCome).toMatchObject({ messages: 2_000, late: asTheyCome?.lostPackets });
    expect(inOrder?.lostPackets).toBe(asTheyCome?.lostPackets ?? 0);
    expect(inOrder?.late).toBeGreaterThan(asTheyCome?.late ?? 0);
    for (const { takenBytes, arrivedBytes } of flow) expect(arrivedBytes).toBeGreaterThanOrEqual(takenBytes);
    expect(flow).toHaveLength(2);
  });

  test.skipIf(!hasLink)(
    "times how a connection is set up, whichever way it comes",
    async () => {
      const costs = ["UDP, a stranger's question", "reliable datagrams"] as const;
      const { setUp } = await runTcpUdp({ ...tiny, only: ["set-up"], costs, repeats: 1 });
      expect(setUp.map(({ what }) => what)).toEqual([...costs]);
    },
    WITHIN_MS,
  );

  test.skipIf(!hasLink)(
    "talks over the kernel's own TCP, and counts its packets",
    async () => {
      const talking = { ...tiny, ways: ["tcp"], costs: ["TCP", "UDP, text"] } as const;
      const { rows, overhead } = await runTcpUdp({ ...talking, only: ["kernel", "overhead"] });
      expect(rows.map(({ network, way }) => `${network} ${way}`)).toEqual(["kernel tcp"]);
      expect(rows.every(isWhole)).toBe(true);
      const [tcp, udp] = overhead;
      expect(tcp?.seenOctets).toBeGreaterThan(udp?.seenOctets ?? 0);
      expect(udp?.seenOctets).toBe(udp?.byHandOctets ?? 0);
    },
    WITHIN_MS,
  );
});

describe("a hybrid member", () => {
  const folder = mkdtempSync(join(tmpdir(), "correio-hybrid-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test(
    "goes by TCP while datagrams do not arrive, returns to them, and loses nothing",
    async () => {
      const server = await startChatServer(folder);
      const udpPort = udpPortOf(server);
      const tcp = await startTcpRelay({ target: { port: server.number } });
      const udp = await startUdpRelay({ target: { port: udpPort } });
      const place = { hostname: "127.0.0.1", tcpPort: tcp.port, udpPort: udp.port };
      const heard: string[] = [];
      const [all, back] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const joinAs = (id: string, said: (text: string) => void) =>
        joinChat({ way: "hybrid", place, id, room: "r", local: true, said: (_, text) => said(text) });
      const ana = await joinAs("ana", () => undefined);
      const bea = await joinAs("bea", (text) => {
        heard.push(text);
        if (text === "healed") back.resolve();
        if (text === "parted 9") all.resolve();
      });
      ana.say("before");
      udp.partition("both");
      for (let count = 0; count < 10; count++) ana.say(`parted ${count}`);
      await all.promise;
      udp.partition("none");
      ana.say("healed");
      await back.promise;
      expect(heard).toEqual(["before", ...Array.from({ length: 10 }, (_, count) => `parted ${count}`), "healed"]);
      expect(ana.troubles).toMatchObject({ lost: 1, errors: 0 });
      for (const member of [ana, bea]) member.close();
      for (const relay of [tcp, udp]) relay.stop();
      await server.stop();
    },
    WITHIN_MS,
  );
});

// Needs root, python3, iproute2 and a TUN device.
describe.skipIf(!hasLink)("the delayed link", () => {
  test("carries datagrams late, loses all of one way where told to, and leaves no namespace", async () => {
    const link = await startDelayedLink({ delayMs: 5, seed: 1 });
    const echo = `const s = await Bun.udpSocket({ hostname: "0.0.0.0", port: 5000, socket: {
      data: (socket, octets, port, address) => void socket.send(octets, port, address) } }); console.log("ready")`;
    const ask = `const s = await Bun.udpSocket({ connect: { hostname: "${link.serverAddress}", port: 5000 }, socket: {
      data: () => { console.log(performance.now() - sent); process.exit(0); } } });
      const sent = performance.now(); s.send("x");`;
    const server = Bun.spawn([...link.onServer([process.execPath, "-e", echo])], { stdout: "pipe" });
    await readLines(server.stdout).next();
    const client = Bun.spawn([...link.onClient([process.execPath, "-e", ask])], { stdout: "pipe" });
    expect(Number((await readLines(client.stdout).next()).value)).toBeGreaterThanOrEqual(10);
    expect(await link.count()).toEqual({
      up: { packets: 1, octets: 29, lost: 0 },
      down: { packets: 1, octets: 29, lost: 0 },
    });
    await link.lose(1, 0);
    const unheard = Bun.spawn([...link.onClient([process.execPath, "-e", ask])], { stdout: "pipe" });
    while ((await link.count()).up.lost === 0) await Bun.sleep(5);
    expect((await link.count()).down.packets).toBe(1);
    for (const each of [server, unheard]) each.kill();
    await Promise.all([server.exited, unheard.exited]);
    await link.stop();
    expect(Bun.spawnSync(["ip", "netns", "list"]).stdout.toString()).not.toContain(`correio-way-${process.pid}-`);
  });
});

describe("what it says", () => {
  const row: ChatRow = {
    network: "relay",
    way: "reliable",
    loss: 0.05,
    rounds: 1,
    said: 10,
    expected: 90,
    arrived: 90,
    duplicates: 0,
    outOfOrder: 0,
    garbled: 0,
    errors: 0,
    lost: 0,
    lagP99Ms: 1,
    lagMaxMs: 1,
    laggedRuns: 0,
    driverCpuShare: 0.1,
    seconds: 1,
    p50Ms: 23,
    p90Ms: 45,
    p99Ms: 49,
    maxMs: 101,
    octetsPerMessage: 2_900,
    packetsPerMessage: 23,
    cpuUsPerDelivery: 400,
    serverBytes: 80e6,
    bytesPerMember: 40_000,
    curve: [
      { share: 0.5, ms: 23 },
      { share: 1, ms: 101 },
    ],
  };
  const report: TcpUdpReport = {
    environment: describeEnvironment(),
    parameters: tiny,
    missing: ["the kernel's own TCP: no python3"],
    runs: [],
    rows: [row, { ...row, way: "udp", arrived: 81 }],
    crowd: [],
    setUp: [],
    overhead: [],
    blocking: [],
    flow: [],
    levels: [],
  };

  test("has a row for each way, names what is missing, and is sure of what was delivered", () => {
    const text = renderTcpUdp(report);
    expect(text).toContain("MISSING: the kernel's own TCP: no python3");
    expect(text).toContain("verified: all but plain UDP delivered everything once and in order");
    expect(text).toMatch(/relay +5 % +udp +90 % /);
    expect(renderTcpUdp({ ...report, rows: [{ ...row, duplicates: 1 }] })).toContain("NOT all delivered once");
    expect(renderTcpUdp(report, true)).toContain(
      "| relay | 5 % | reliable | 100 % | 0 | 0 | 23.0 | 45.0 | 49.0 | 101.0 | 0 of 1 |",
    );
  });

  test("is a page with a point for each way and loss", async () => {
    const page = await renderPage(report);
    expect(page).toContain('"way":"reliable"');
    expect(page).toContain("23.0");
  });
});

testCommandLine(
  "tcp-vs-udp.ts",
  ["--only", "--losses", "--plot", "--json", "--quick"],
  ["--rounds=0", "--losses=1", "--losses=,", "--only=all", "--nothing", "nothing"],
);
