// One value sent to many connections: encoded once, and for each of them in its place among all that it sends.
import { describe, expect, test } from "bun:test";

import { SharedValue } from "../core/shared-value.ts";
import { limits } from "../limits.ts";
import { createFramesProtocol } from "../wire/frames-protocol.ts";
import type { Pairing } from "./connection-host.ts";
import { createTestTable, type SocketStandIn } from "./test-connection.ts";

/** The pipelined protocol, and how often it has encoded; values that say so cannot be. */
function countingProtocol() {
  const protocol = createFramesProtocol();
  const counting = { ...protocol, encodes: 0 };
  counting.encode = (parts, sink) => {
    counting.encodes++;
    if (parts[0] === "unencodable") throw new Error("no bytes for this");
    protocol.encode(parts, sink);
  };
  return counting;
}

function connectionsOn(protocol: ReturnType<typeof countingProtocol>, count: number) {
  const net = createTestTable({ protocol: protocol as unknown as Pairing["protocol"] });
  const sockets = Array.from({ length: count }, () => net.open());
  return { net, sockets, connections: Array.from(net.table.connections.values()) };
}

/** Payloads of the frames the socket has taken. */
function received({ bytes }: SocketStandIn): readonly string[] {
  const texts: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += 12 + bytes.readUInt32BE(offset + 8)) {
    texts.push(bytes.toString("utf8", offset + 12, offset + 12 + bytes.readUInt32BE(offset + 8)));
  }
  return texts;
}

describe("a value shared among connections", () => {
  test("costs a thousand of one protocol one encode, and reaches each", async () => {
    const protocol = countingProtocol();
    const { net, sockets, connections } = connectionsOn(protocol, 1_000);
    const news = new SharedValue(["news"]);
    for (const connection of connections) connection.sendShared(news);
    await net.clock.settle();
    expect(protocol.encodes).toBe(1);
    expect(new Set(sockets.map((socket) => received(socket).join()))).toEqual(new Set(["news"]));
    expect(net.table.stats.messagesOut).toBe(1_000);
  });

  test("costs as many encodes as there are protocols among them", async () => {
    const [one, other] = [countingProtocol(), countingProtocol()];
    const nets = [connectionsOn(one, 3), connectionsOn(other, 3)];
    const news = new SharedValue(["news"]);
    for (const connection of nets.flatMap(({ connections }) => connections)) connection.sendShared(news);
    expect([one.encodes, other.encodes]).toEqual([1, 1]);
  });

  test("keeps its place among what each of them sends", async () => {
    const { net, sockets, connections } = connectionsOn(countingProtocol(), 3);
    const [news, more] = [new SharedValue(["news"]), new SharedValue(["more"])];
    for (const [index, connection] of connections.entries()) {
      connection.send([`a${index}`]);
      connection.sendShared(news);
      connection.send([`b${index}`]);
      connection.sendShared(more);
      connection.sendShared(news);
    }
    await net.clock.settle();
    for (const [index, socket] of sockets.entries()) {
      expect(received(socket)).toEqual([`a${index}`, "news", `b${index}`, "more", "news"]);
      expect(socket.calls).toHaveLength(1);
    }
  });

  test.each([
    ["in one write", 500, 1],
    ["piece by piece where they are more than are put together", limits.outboundJoinedBytes / 2, 3],
  ])("leaves with others that lie among those of other connections %s", async (_, length, writes) => {
    const { net, sockets, connections } = connectionsOn(countingProtocol(), 3);
    for (const text of ["a", "b", "c"]) {
      const shared = new SharedValue([text.repeat(length)]);
      for (const connection of connections) connection.sendShared(shared);
    }
    await net.clock.settle();
    for (const socket of sockets) {
      expect(received(socket).map((text) => text[0])).toEqual(["a", "b", "c"]);
      expect(socket.calls).toHaveLength(writes);
    }
  });

  test("stays whole where the peer takes it byte by byte, steps later", async () => {
    const { net, sockets, connections } = connectionsOn(countingProtocol(), 2);
    for (const socket of sockets) socket.room = 5;
    for (const text of ["first", "second"]) {
      const shared = new SharedValue([text]);
      for (const connection of connections) connection.sendShared(shared);
      await net.clock.settle();
    }
    while (net.table.outboundBytes() > 0) {
      for (const socket of sockets) {
        socket.room = 1;
        socket.data?.drained();
      }
    }
    expect(sockets.map(received)).toEqual([
      ["first", "second"],
      ["first", "second"],
    ]);
  });

  test("counts for the bound of a connection as any other does", async () => {
    const { net, connections } = connectionsOn(countingProtocol(), 1);
    const large = new SharedValue(["x".repeat(limits.outboundBytesMax / 2)]);
    for (const _ of "123") connections[0]?.sendShared(large);
    expect(net.ended).toEqual(["outbound_overflow"]);
  });

  test("goes nowhere, and is not encoded, once the connection is ending", async () => {
    const protocol = countingProtocol();
    const { net, sockets, connections } = connectionsOn(protocol, 1);
    connections[0]?.end("enough");
    connections[0]?.sendShared(new SharedValue(["too late"]));
    await net.clock.settle();
    expect([protocol.encodes, sockets[0]?.written]).toEqual([0, ""]);
  });

  test("that cannot be encoded throws for each sender, and leaves what each sends besides as it was", async () => {
    const { net, sockets, connections } = connectionsOn(countingProtocol(), 2);
    const broken = new SharedValue(["unencodable"]);
    for (const connection of connections) {
      connection.send(["before"]);
      expect(() => connection.sendShared(broken)).toThrow("no bytes for this");
      connection.send(["after"]);
    }
    await net.clock.settle();
    expect(sockets.map(received)).toEqual([
      ["before", "after"],
      ["before", "after"],
    ]);
    expect(net.table.stats.messagesOut).toBe(4);
  });
});
