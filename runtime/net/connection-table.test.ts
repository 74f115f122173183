// All connections of a node: a fault of one is its own end, one that cannot be made takes no place, and all have ids.
import { describe, expect, test } from "bun:test";

import type { SessionPort } from "../core/ports.ts";
import { createFramesProtocol } from "../wire/frames-protocol.ts";
import type { Pairing } from "./connection-host.ts";
import { createTestTable, echo, frames, left, NOTHING_LEFT, send, type SocketStandIn } from "./test-connection.ts";

/** Its kernel breaks promises: the connection's writing throws. */
function breakWrites(socket: SocketStandIn, thrown: unknown = new Error("a bug")): void {
  socket.write = () => {
    throw thrown;
  };
}

function broken(what: string): () => never {
  return () => {
    throw new Error(what);
  };
}

describe("an exception while one connection writes", () => {
  test("ends that one as a fault; the others of its step write, in this step and in those after it", async () => {
    const net = createTestTable();
    echo(net);
    const sockets = [net.connect(), net.connect(), net.connect()] as const;
    breakWrites(sockets[1]);
    for (const socket of sockets) socket.data?.received(frames("a"));
    await net.clock.settle();
    expect([net.faults, net.ended]).toEqual([["a bug"], ["net.fault"]]);
    expect(sockets[1].calls).toEqual(["terminate"]);
    for (const socket of sockets) await send(net, socket, frames("b"));
    expect(sockets.map((socket) => socket.calls)).toEqual([
      ["write 13", "write 13"],
      ["terminate"],
      ["write 13", "write 13"],
    ]);
    expect(net.script.turns.filter((turn) => turn.startsWith("closed"))).toEqual(["closed: net.fault"]);
  });

  test("leaves nothing behind, also where every connection of the step throws, and what is no error", async () => {
    const net = createTestTable();
    echo(net);
    const sockets = [net.connect(), net.connect()];
    for (const socket of sockets) {
      breakWrites(socket, "no error");
      socket.data?.received(frames("a"));
    }
    await net.clock.settle();
    expect(net.faults).toEqual(Array(2).fill('A value that is no error was thrown: "no error"'));
    expect(net.ended).toEqual(["net.fault", "net.fault"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("closes its socket also where its session cannot be told", async () => {
    const net = createTestTable({ connectionsMax: 1 });
    echo(net);
    const socket = net.open();
    await net.clock.settle();
    breakWrites(socket);
    const session = net.system.hosts[0]?.cells.get("1") as SessionPort;
    session.close = broken("a bug in the end");
    socket.data?.received(frames("a"));
    await expect(net.clock.settle()).rejects.toThrow("a bug in the end");
    expect([net.faults, net.ended, socket.open]).toEqual([["a bug"], ["net.fault"], false]);
  });

  test("that ending it does not survive either keeps no other from its turn", async () => {
    const net = createTestTable();
    const ended: string[] = [];
    net.table.touched({ stepEnded: broken("a bug"), failed: broken("a bug in the end") });
    net.table.touched({ stepEnded: () => void ended.push("other"), failed: broken("not called") });
    await expect(net.clock.settle()).rejects.toThrow("a bug in the end");
    await net.clock.settle();
    expect(ended).toEqual(["other"]);
  });
});

describe("a connection that cannot be made", () => {
  test("is reported, closed and counted, and takes no place", async () => {
    let failures = 2;
    const protocol = createFramesProtocol() as unknown as Pairing["protocol"];
    const createDecoder = () => {
      if (failures-- > 0) throw new Error("no decoder");
      return protocol.createDecoder();
    };
    const net = createTestTable({ connectionsMax: 1, protocol: { ...protocol, createDecoder } });
    const sockets = [net.open(), net.open(), net.open()];
    expect(net.faults).toEqual(["no decoder", "no decoder"]);
    expect(sockets.map((socket) => socket.open)).toEqual([false, false, true]);
    expect(net.ended).toEqual(["net.fault", "net.fault"]);
    expect([net.table.stats.accepted, net.table.connectionCount()]).toEqual([3, 1]);
    net.connect();
    expect(net.refused).toEqual(["net.connections_max"]);
  });
});

describe("the id of a connection", () => {
  test("counts up from 1, and is not used again", () => {
    const net = createTestTable();
    net.open().lost();
    net.open();
    net.open();
    expect(Array.from(net.table.connections.keys())).toEqual(["2", "3"]);
  });

  test("bears what the node was given for this start", async () => {
    const net = createTestTable({ idPrefix: "7-" });
    net.open();
    net.open();
    expect(Array.from(net.table.connections.keys())).toEqual(["7-1", "7-2"]);
    expect(Array.from(net.table.connections.values(), ({ sessionAddress }) => sessionAddress)).toEqual([
      "scripted/7-1",
      "scripted/7-2",
    ]);
  });
});
