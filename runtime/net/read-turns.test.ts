// Connections that send much at once: they take turns, so that the loop soon looks at the sockets of all others.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import {
  createTestTable,
  echo,
  frames,
  left,
  NOTHING_LEFT,
  type SocketStandIn,
  type TestTable,
} from "./test-connection.ts";

const { readPerLookBytesMax, readMuchBytesMin } = limits;
const HEADER_BYTES = 12;
const MUCH = "much ".padEnd(readMuchBytesMin - HEADER_BYTES, "x");

/** A node with so many connections, whose turns are written down by how their message begins. */
function serve(connections: number) {
  const net = createTestTable({ capacity: 1_000 });
  echo(net);
  const sockets = Array.from({ length: connections }, () => net.open());
  const spoken = (): readonly string[] => net.script.turns.filter((turn) => turn !== "opened").map(nameOf);
  return { net, sockets, spoken };
}

function nameOf(turn: string): string {
  return turn.split(" ", 1)[0] ?? "";
}

/** All that arrives in one look of the loop, as much as is taken in it. */
async function fill(net: TestTable, socket: SocketStandIn | undefined): Promise<void> {
  socket?.data?.received(frames("first ".padEnd(readPerLookBytesMax, "x")));
  await net.clock.runSoon();
}

describe("who sends much", () => {
  test("is paused, and read again after the loop has looked at its sockets", async () => {
    const { net, sockets, spoken } = serve(1);
    await fill(net, sockets[0]);
    expect([spoken(), sockets[0]?.paused]).toEqual([["first"], true]);
    await net.clock.settle();
    expect(sockets[0]?.calls.filter((call) => !call.startsWith("write"))).toEqual(["pause", "resume"]);
    expect(net.table.connections.get("1")?.paused).toBe(false);
    expect(net.table.stats.pauses).toBe(0);
  });

  test("is heard only when it is his turn, where others have sent enough in the same look", async () => {
    const { net, sockets, spoken } = serve(3);
    await fill(net, sockets[0]);
    for (const socket of sockets.slice(1)) socket.data?.received(frames(MUCH));
    await net.clock.runSoon();
    expect(spoken()).toEqual(["first"]);
    expect(sockets.map(({ paused }) => paused)).toEqual([true, true, true]);
    await net.clock.settle();
    expect(spoken()).toEqual(["first", "much", "much"]);
    expect(sockets.map(({ paused }) => paused)).toEqual([false, false, false]);
    expect(net.table.stats.pauses).toBe(0);
  });

  test("keeps the order of what he sends, whole messages or parts", async () => {
    const { net, sockets, spoken } = serve(2);
    await fill(net, sockets[0]);
    const octets = frames(...Array.from({ length: 20 }, (_, index) => `${index} ${MUCH}`));
    for (let start = 0; start < octets.length; start += 50_000) {
      sockets[1]?.data?.received(octets.subarray(start, start + 50_000));
    }
    await net.clock.settle();
    expect(spoken()).toEqual(["first", ...Array.from({ length: 20 }, (_, index) => `${index}`)]);
  });

  test("is answered in full though he closes before his turn", async () => {
    const { net, sockets, spoken } = serve(2);
    await fill(net, sockets[0]);
    sockets[1]?.data?.received(frames(MUCH));
    sockets[1]?.data?.peerFinished();
    await net.clock.settle();
    expect(spoken()).toEqual(["first", "much", "closed:"]);
    expect(sockets[1]?.bytesWritten).toBe(readMuchBytesMin);
  });

  test("leaves nothing behind when he is gone before his turn", async () => {
    const { net, sockets } = serve(2);
    await fill(net, sockets[0]);
    sockets[1]?.data?.received(frames(MUCH));
    for (const socket of sockets) socket.lost();
    await net.clock.settle();
    expect(left(net)).toEqual(NOTHING_LEFT);
    expect(net.faults).toEqual([]);
  });
});

describe("who sends less than that at once", () => {
  test("is heard at once, whatever others have sent", async () => {
    const { net, sockets, spoken } = serve(2);
    await fill(net, sockets[0]);
    sockets[1]?.data?.received(frames(MUCH.slice(0, -1).replace("much", "less")));
    await net.clock.runSoon();
    expect(spoken()).toEqual(["first", "less"]);
    expect(sockets[1]?.paused).toBe(false);
  });

  test("is heard at once though he has sent much before, where all of that was taken", async () => {
    const { net, sockets, spoken } = serve(1);
    sockets[0]?.data?.received(frames(MUCH));
    sockets[0]?.data?.received(frames("less"));
    await net.clock.runSoon();
    expect([spoken(), sockets[0]?.paused]).toEqual([["much", "less"], false]);
  });
});
