// Connections that this node makes: for whom, how many at once, for how long, and what is heard of those in vain.
import { afterEach, describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";

import { limits } from "../limits.ts";
import { createMatchProtocol } from "../wire/match-protocol.ts";
import type { Pairing } from "./connection-host.ts";
import { Dialler } from "./dialler.ts";
import { createTestTable, left, NOTHING_LEFT, type TestTable } from "./test-connection.ts";
import { startDeafListener, TestPeer, unanswered, until } from "./test-real-sockets.ts";

const servers: Server[] = [];
const LOCAL = "127.0.0.1";

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Listens as a player does on a ping port. */
async function startPeer(hostname = LOCAL): Promise<{ port: number; peers: TestPeer[] }> {
  const peers: TestPeer[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => void peers.push(new TestPeer(socket)));
  servers.push(server);
  const listening = Promise.withResolvers<void>();
  server.listen(0, hostname, () => listening.resolve());
  await listening.promise;
  return { port: (server.address() as { port: number }).port, peers };
}

interface Dialling {
  readonly net: TestTable;
  readonly dialler: Dialler;
}

/** Its sessions say `ping` as soon as they are there. */
function createDialler(options: Parameters<typeof createTestTable>[0] = {}): Dialling {
  const net = createTestTable({ protocol: createMatchProtocol("second") as Pairing["protocol"], ...options });
  net.script.opened = (context) => context.send("ping");
  return { net, dialler: new Dialler({ pairing: net.pairing, table: net.table }) };
}

/** A port where nobody listens. */
async function deadPort(): Promise<number> {
  const { port } = await startPeer();
  const server = servers.pop() as Server;
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  await closed.promise;
  return port;
}

const failed = ({ net }: Dialling): Record<string, number> => Object.fromEntries(net.table.stats.dialFailed);

describe("who is dialled", () => {
  test("is a session that was opened for its owner, speaks first, and hears answers", async () => {
    const { net, dialler } = createDialler();
    const { port, peers } = await startPeer();
    dialler.dial("session 7", LOCAL, port);
    expect(dialler.count).toBe(1);
    await until(net, () => peers[0]?.heard === "ping");
    expect(net.table.connections.get("1")).toMatchObject({
      openedFor: "session 7",
      transport: "tcp",
      remotePort: port,
    });
    expect([net.table.connections.get("1")?.remoteAddress, dialler.count]).toEqual([LOCAL, 0]);
    peers[0]?.socket.write("pong\n");
    await until(net, () => net.script.turns.includes("pong\n"));
    expect(net.table.stats.accepted).toBe(1);
  });

  test.each(["::1", "::ffff:127.0.0.1"])("is reached over IPv6 too: %s", async (address) => {
    const { net, dialler } = createDialler();
    const { port, peers } = await startPeer("::");
    dialler.dial("ana", address, port);
    await until(net, () => peers[0]?.heard === "ping");
    expect(net.table.connections.get("1")?.remoteAddress).toBe(address);
  });

  test("takes a place as any other, and is let go without a word where there is none", async () => {
    const { net, dialler } = createDialler({ connectionsMax: 1 });
    const { port, peers } = await startPeer();
    dialler.dial("ana", LOCAL, port);
    await until(net, () => peers[0]?.heard === "ping");
    dialler.dial("beto", LOCAL, port);
    await until(net, () => peers[1]?.ended === true);
    expect([net.refused, peers[1]?.heard, net.table.connectionCount()]).toEqual([["net.connections_max"], "", 1]);
  });

  test("and closes at once leaves nothing behind", async () => {
    const { net, dialler } = createDialler();
    const { port } = await startPeer();
    servers[0]?.on("connection", (socket) => socket.resetAndDestroy());
    for (const owner of ["ana", "beto", "caio"]) dialler.dial(owner, LOCAL, port);
    await until(net, () => dialler.count === 0 && net.table.connectionCount() === 0);
    expect([net.faults, left(net)]).toEqual([[], NOTHING_LEFT]);
  });
});

describe("the connection to him", () => {
  test("ends in order when its session says so", async () => {
    const { net, dialler } = createDialler();
    const { port, peers } = await startPeer();
    net.script.message = (context) => {
      context.send("enough");
      context.end("heartbeat_missed");
    };
    dialler.dial("ana", LOCAL, port);
    await until(net, () => peers[0]?.heard === "ping");
    peers[0]?.socket.write("list\n");
    await until(net, () => peers[0]?.ended === true);
    expect([peers[0]?.heard, peers[0]?.closed]).toEqual(["pingenough", false]);
    peers[0]?.socket.end();
    await until(net, () => net.ended.length === 1);
    expect([net.ended, left(net)]).toEqual([["heartbeat_missed"], NOTHING_LEFT]);
  });

  test("ends when the peer does, and what it sent last is a message", async () => {
    const { net, dialler } = createDialler();
    const { port, peers } = await startPeer();
    dialler.dial("ana", LOCAL, port);
    await until(net, () => peers[0]?.heard === "ping");
    peers[0]?.socket.end("pong");
    await until(net, () => net.ended.length === 1);
    expect(net.script.turns).toEqual(["opened", "pong", "closed: disconnect"]);
    expect([peers[0]?.ended, left(net)]).toEqual([true, NOTHING_LEFT]);
  });

  test("is lost with its peer", async () => {
    const { net, dialler } = createDialler();
    const { port, peers } = await startPeer();
    dialler.dial("ana", LOCAL, port);
    await until(net, () => peers[0]?.heard === "ping");
    peers[0]?.socket.resetAndDestroy();
    await until(net, () => net.ended.length === 1);
    expect([net.script.turns, left(net)]).toEqual([["opened", "closed: disconnect"], NOTHING_LEFT]);
  });

  test("is drained as all others", async () => {
    const { net, dialler } = createDialler();
    const { port, peers } = await startPeer();
    dialler.dial("ana", LOCAL, port);
    await until(net, () => peers[0]?.heard === "ping");
    const drained = net.table.drain();
    await until(net, () => peers[0]?.ended === true);
    peers[0]?.socket.end();
    await until(net, () => net.ended.length === 1);
    await drained;
    expect([net.ended, peers[0]?.heard]).toEqual([["shutdown"], "ping"]);
  });

  test("carries many megabytes to a peer that reads late, whole and in order", async () => {
    const { net, dialler } = createDialler();
    const { port, peers } = await startPeer();
    const lines = Array.from({ length: 8 }, (_, index) => `${index}`.repeat(1_000_000));
    net.script.opened = (context) => lines.forEach((line) => context.send(line));
    servers[0]?.on("connection", (socket) => socket.pause());
    dialler.dial("ana", LOCAL, port);
    await until(net, () => (net.table.connections.get("1")?.outboundBytes ?? 0) > 0);
    peers[0]?.socket.resume();
    await until(net, () => peers[0]?.heard.length === 8_000_000);
    expect(peers[0]?.heard === lines.join("")).toBe(true);
    expect(net.table.outboundBytes()).toBe(0);
  });

  test("ends, and the process does not, where a bug of ours is met", async () => {
    const protocol = createMatchProtocol("second") as Pairing["protocol"];
    const createDecoder = () =>
      Object.assign(protocol.createDecoder(), {
        push: () => {
          throw new Error("a bug");
        },
      });
    const { net, dialler } = createDialler({ protocol: { ...protocol, createDecoder } });
    const { port, peers } = await startPeer();
    dialler.dial("ana", LOCAL, port);
    await until(net, () => peers[0]?.heard === "ping");
    peers[0]?.socket.write("pong");
    await until(net, () => net.ended.length === 1);
    expect([net.faults, net.ended, left(net)]).toEqual([["a bug"], ["net.fault"], NOTHING_LEFT]);
  });
});

describe("an attempt", () => {
  test("is one for each owner while it is on its way", async () => {
    const { net, dialler } = createDialler();
    const { port, peers } = await startPeer();
    for (let round = 0; round < 3; round++) dialler.dial("ana", LOCAL, port);
    expect(dialler.count).toBe(1);
    await until(net, () => peers[0]?.heard === "ping");
    dialler.dial("ana", LOCAL, port);
    await until(net, () => peers[1]?.heard === "ping");
    expect([peers.length, dialler.count]).toEqual([2, 0]);
  });

  test("that nobody answers at this port is in vain, and another may follow", async () => {
    const dialling = createDialler();
    const { net, dialler } = dialling;
    const port = await deadPort();
    for (let round = 1; round <= 2; round++) {
      dialler.dial("ana", LOCAL, port);
      await until(net, () => dialler.count === 0);
      expect(failed(dialling)).toEqual({ refused: round });
    }
    expect([net.refused, left(net)]).toEqual([[], NOTHING_LEFT]);
  });

  test.skipIf(process.platform !== "linux")("that is not answered is given up after its time", async () => {
    const dialling = createDialler();
    const { net, dialler } = dialling;
    const deaf = await startDeafListener();
    const before = unanswered(deaf.port);
    dialler.dial("ana", LOCAL, deaf.port);
    await until(net, () => unanswered(deaf.port) === before + 1);
    await net.clock.advance(limits.dialMs - 1);
    expect([dialler.count, failed(dialling)]).toEqual([1, {}]);
    await net.clock.advance(2);
    expect([dialler.count, failed(dialling)]).toEqual([0, { timeout: 1 }]);
    await until(net, () => unanswered(deaf.port) === before);
    deaf.stop();
    expect([net.script.turns, left(net)]).toEqual([[], NOTHING_LEFT]);
  });

  test.each([
    ["no address", "localhost", 4_000, "bad_address"],
    ["an empty text", "", 4_000, "bad_address"],
    ["no port", LOCAL, 65_536, "failed"],
  ])("is not made where that is %s", (_, address, port, reason) => {
    const dialling = createDialler();
    dialling.dialler.dial("ana", address, port);
    expect([failed(dialling), dialling.dialler.count]).toEqual([{ [reason]: 1 }, 0]);
    expect(dialling.net.system.wheel.count).toBe(0);
  });

  test("is made up to the limit at once, and one past it is not", async () => {
    const dialling = createDialler();
    const { net, dialler } = dialling;
    const port = await deadPort();
    for (let index = 0; index < limits.diallingMax; index++) dialler.dial(`owner ${index}`, LOCAL, port);
    expect([dialler.count, failed(dialling)]).toEqual([limits.diallingMax, {}]);
    dialler.dial("ana", LOCAL, port);
    expect([dialler.count, failed(dialling)]).toEqual([limits.diallingMax, { too_many: 1 }]);
    await until(net, () => dialler.count === 0);
    expect(failed(dialling)).toEqual({ too_many: 1, refused: limits.diallingMax });
    dialler.dial("ana", LOCAL, port);
    expect(dialler.count).toBe(1);
    await until(net, () => dialler.count === 0);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("is not made while the node drains; one that is on its way is let go without a word", async () => {
    const { net, dialler } = createDialler();
    const { port, peers } = await startPeer();
    dialler.dial("ana", LOCAL, port);
    await net.table.drain();
    dialler.dial("beto", LOCAL, port);
    expect(dialler.count).toBe(1);
    await until(net, () => peers[0]?.ended === true);
    expect([peers.length, peers[0]?.heard, net.refused]).toEqual([1, "", ["net.draining"]]);
  });
});
