// Listeners for one actor each: whose sessions they make, how many there may be, and what is left when one is closed.
import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openCertificate } from "../certificates.ts";
import { limits } from "../limits.ts";
import { createMatchProtocol } from "../wire/match-protocol.ts";
import type { Pairing } from "./connection-host.ts";
import { type PrivateListenerOptions, PrivateListeners } from "./private-listeners.ts";
import { createTestTable, type TestTable } from "./test-connection.ts";
import { TestPeer, until } from "./test-real-sockets.ts";

const folder = mkdtempSync(join(tmpdir(), "correio-private-"));
const tls = await openCertificate({ certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") });
const HERE = "127.0.0.1";
const peers: TestPeer[] = [];
const opened: PrivateListeners[] = [];

afterEach(() => {
  for (const listeners of opened.splice(0)) listeners.closeAll();
  for (const peer of peers.splice(0)) peer.socket.destroy();
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Opened {
  readonly net: TestTable;
  readonly listeners: PrivateListeners;
  readonly failures: unknown[];
}

/** Its sessions greet with the key that they were opened for. */
function createListeners(options: Partial<PrivateListenerOptions> = {}, connectionsMax = 100): Opened {
  const net = createTestTable({ protocol: createMatchProtocol("existing") as Pairing["protocol"], connectionsMax });
  net.script.opened = (context) => context.send(`for ${context.connection.openedFor}`);
  const failures: unknown[] = [];
  const { table, pairing } = net;
  const onFailure = (error: unknown): void => void failures.push(error);
  const listeners = new PrivateListeners({ hostname: "127.0.0.1", pairing, table, onFailure, ...options });
  opened.push(listeners);
  return { net, listeners, failures };
}

function connect(port: number | undefined, ca?: string): TestPeer {
  const peer = TestPeer.connect(port ?? 0, ca);
  peers.push(peer);
  return peer;
}

describe("what connects to the listener of an actor", () => {
  test.each([
    ["plain", {}, undefined],
    ["over TLS", { tls }, tls.cert],
  ])("%s is a session that was opened for it, and is spoken to first", async (_, options, ca) => {
    const { net, listeners } = createListeners(options);
    const [ana, beto] = [connect(listeners.open("ana", HERE), ca), connect(listeners.open("beto", HERE), ca)];
    await until(net, () => ana.heard !== "" && beto.heard !== "");
    expect([ana.heard, beto.heard]).toEqual(["for ana", "for beto"]);
    expect(Array.from(net.table.connections.values(), (each) => each.openedFor).sort()).toEqual(["ana", "beto"]);
    ana.socket.write("login;ana;segredo\n");
    await until(net, () => net.script.turns.includes("login;ana;segredo\n"));
  });

  test("is refused at once where there are too many connections", async () => {
    const { net, listeners } = createListeners({ tls }, 1);
    const port = listeners.open("ana", HERE);
    const first = connect(port, tls.cert);
    await until(net, () => first.heard === "for ana");
    const second = connect(port, tls.cert);
    await until(net, () => second.ended);
    expect([second.heard, net.refused]).toEqual(["disconnect", ["net.connections_max"]]);
  });

  test("and resets at once is no fault, and its session, where there was one, hears of the end", async () => {
    const { net, listeners } = createListeners();
    const port = listeners.open("ana", HERE);
    for (let round = 0; round < 20; round++) {
      const { socket } = connect(port);
      socket.on("connect", () => socket.resetAndDestroy());
    }
    await until(net, () => peers.every((peer) => peer.closed) && net.table.connectionCount() === 0);
    expect([net.faults, net.refused]).toEqual([[], []]);
    expect(net.script.turns.filter((turn) => turn === "closed: disconnect")).toHaveLength(net.ended.length);
  });
});

describe("a listener", () => {
  test("is one for each owner, on a port of its own", () => {
    const { listeners } = createListeners();
    const port = listeners.open("ana", HERE);
    expect(port).toBeGreaterThan(0);
    expect(listeners.open("ana", HERE)).toBe(port as number);
    expect(listeners.open("beto", HERE)).not.toBe(port as number);
    expect(listeners.count).toBe(2);
  });

  test("is opened up to the limit, one past it is not, and one that is closed makes room", () => {
    const { net, listeners, failures } = createListeners();
    for (let index = 0; index < limits.privateListenersMax; index++) {
      expect(listeners.open(`owner ${index}`, HERE)).toBeGreaterThan(0);
    }
    expect([listeners.open("ana", HERE), listeners.count]).toEqual([undefined, limits.privateListenersMax]);
    expect([...net.table.stats.refused]).toEqual([["net.listeners_max", 1]]);
    expect(listeners.open("owner 0", HERE)).toBeGreaterThan(0);
    listeners.close("owner 0");
    expect(listeners.open("ana", HERE)).toBeGreaterThan(0);
    expect(failures).toEqual([]);
  });

  test.each([
    ["on an address this machine does not have", { hostname: "192.0.2.1" }],
    ["with a certificate that is none", { tls: { cert: "no certificate", key: "no key" } }],
  ])("%s is a failure that is reported, and takes no room", (_, options) => {
    const { listeners, failures } = createListeners(options);
    expect([listeners.open("ana", HERE), listeners.count]).toEqual([undefined, 0]);
    expect(failures).toMatchObject([{ code: "net.cannot_listen" }]);
  });
});

/** All that may be open, for peers of these addresses, in this order: so many each. */
function openAll(listeners: PrivateListeners, counts: Readonly<Record<string, number>>): void {
  for (const [address, count] of Object.entries(counts)) {
    for (let index = 0; index < count; index++) {
      expect(listeners.open(`${address} ${index}`, address)).toBeGreaterThan(0);
    }
  }
  expect(listeners.count).toBe(limits.privateListenersMax);
}

const MAX = limits.privateListenersMax;

describe("where all are open", () => {
  test("by one address, its oldest gives way to a newcomer of another, is cut off, and counted", async () => {
    const { net, listeners } = createListeners({ tls });
    openAll(listeners, { "192.0.2.1": MAX });
    const port = listeners.open("192.0.2.1 0", "192.0.2.1");
    const waiting = connect(port);
    const [inside, other] = [connect(listeners.open("192.0.2.1 1", HERE), tls.cert), connect(port)];
    await until(net, () => inside.heard === "for 192.0.2.1 1" && net.table.connectionCount() === 3);
    const newcomer = connect(listeners.open("ana", "192.0.2.2"), tls.cert);
    await until(net, () => newcomer.heard === "for ana" && waiting.closed && other.closed);
    expect([net.ended, inside.ended]).toEqual([["crowded_out", "crowded_out"], false]);
    expect([...net.table.stats.refused]).toEqual([["net.listener_crowded_out", 1]]);
    expect([listeners.count, port !== undefined && listeners.listensAt(port)]).toEqual([MAX, false]);
  });

  test("by one address, another gets half of them before it is refused", () => {
    const { net, listeners } = createListeners();
    openAll(listeners, { "192.0.2.1": MAX });
    for (let index = 0; index < MAX / 2; index++) expect(listeners.open(`${index}`, "192.0.2.2")).toBeDefined();
    expect([listeners.open("one more", "192.0.2.2"), listeners.open("one more", "192.0.2.1")]).toEqual([
      undefined,
      undefined,
    ]);
    expect([...net.table.stats.refused]).toEqual([
      ["net.listener_crowded_out", MAX / 2],
      ["net.listeners_max", 2],
    ]);
  });

  test("the address that has most gives way, and nobody else", () => {
    const { listeners } = createListeners();
    openAll(listeners, { few: 3, most: MAX - 8, some: 5 });
    const ports = ["few 0", "some 0"].map((owner) => listeners.open(owner, ""));
    expect(listeners.open("ana", "new")).toBeDefined();
    expect(ports.every((port) => listeners.listensAt(port as number))).toBe(true);
  });

  test("nobody gives way to one who would have more than he keeps: the two would take turns", () => {
    const { listeners } = createListeners();
    for (let index = 0; index < MAX; index++) listeners.open(`${index}`, `192.0.2.${index}`);
    expect(listeners.open("ana", "198.51.100.1")).toBeUndefined();
    listeners.close("0");
    listeners.open("twice", "192.0.2.1");
    expect(listeners.open("ana", "198.51.100.1")).toBeDefined();
    expect(listeners.open("beto", "198.51.100.2")).toBeUndefined();
  });

  test("who has one is given it again, whoever wants more", () => {
    const { listeners } = createListeners();
    openAll(listeners, { "192.0.2.1": MAX });
    const port = listeners.open("192.0.2.1 7", "192.0.2.1");
    expect([port, listeners.listensAt(port as number)]).toEqual([expect.any(Number), true]);
  });
});

describe("closing one", () => {
  test("lets nobody in, and leaves sessions as they are", async () => {
    const { net, listeners } = createListeners({ tls });
    const port = listeners.open("ana", HERE);
    const inside = connect(port, tls.cert);
    await until(net, () => inside.heard === "for ana");
    listeners.close("ana");
    const late = connect(port, tls.cert);
    await until(net, () => late.closed);
    inside.socket.write("list\n");
    await until(net, () => net.script.turns.includes("list\n"));
    expect([net.ended, inside.ended]).toEqual([[], false]);
  });

  test("cuts off who has not shaken hands, there and nowhere else", async () => {
    const { net, listeners } = createListeners({ tls });
    const [waiting, others] = [connect(listeners.open("ana", HERE)), connect(listeners.open("beto", HERE))];
    await until(net, () => net.table.connectionCount() === 2);
    listeners.close("ana");
    await until(net, () => waiting.closed);
    expect([net.ended, others.ended, net.script.turns]).toEqual([["listener_closed"], false, []]);
  });

  test("of which there is none does nothing", () => {
    const { listeners } = createListeners();
    listeners.close("ana");
    listeners.open("ana", HERE);
    listeners.close("ana");
    listeners.close("ana");
    expect(listeners.count).toBe(0);
  });

  test("of all is for good", async () => {
    const { net, listeners, failures } = createListeners();
    const ports = [listeners.open("ana", HERE), listeners.open("beto", HERE)];
    listeners.closeAll();
    const late = ports.map((port) => connect(port));
    await until(net, () => late.every((peer) => peer.closed));
    expect([listeners.count, listeners.open("ana", HERE), failures, net.script.turns]).toEqual([0, undefined, [], []]);
  });
});
