// Deadlines that are changed while connections are open: those have them too, from then on.
import { describe, expect, test } from "bun:test";

import { frame } from "../wire/test-frames.ts";
import { MessageConnection } from "./message-connection.ts";
import { createTestTable, DEADLINES, frames, send } from "./test-connection.ts";
import { MESSAGES, OutletStandIn } from "./test-messages.ts";

function tableWith(changes: Partial<typeof DEADLINES> = {}, pairing = {}) {
  const deadlines = { ...DEADLINES, ...changes };
  const net = createTestTable({ deadlines, pairing });
  const change = async (to: Partial<typeof DEADLINES>): Promise<void> => {
    Object.assign(net.table.deadlines, to);
    for (const connection of net.table.connections.values()) connection.lookAgain();
    await net.clock.settle();
  };
  return { net, change, last: () => net.script.turns.at(-1) };
}

test("a connection that carries whole messages has a new idle time as well, and one without any has none", async () => {
  const { net, change } = tableWith();
  const options = { ...MESSAGES, idleMs: 60_000 };
  const outlets = [new OutletStandIn(), new OutletStandIn()];
  for (const [index, outlet] of outlets.entries()) {
    const make = (id: string) => new MessageConnection(id, outlet, index === 0 ? options : MESSAGES, net.table);
    net.table.open(outlet.remoteAddress, make);
  }
  await net.clock.advance(20_000);
  options.idleMs = 30_000;
  await change({});
  await net.clock.advance(9_000);
  expect(net.ended).toEqual([]);
  await net.clock.advance(1_001);
  expect(net.ended).toEqual(["idle_timeout"]);
  expect([...net.table.connections.keys()]).toEqual(["2"]);
});

describe("an open connection", () => {
  test("that has been silent for longer than a shorter time allows ends at once", async () => {
    const { net, change, last } = tableWith();
    await send(net, net.connect(), frames("a"));
    await net.clock.advance(20_000);
    await change({ idleMs: 10_000 });
    await net.clock.advance(1);
    expect(last()).toBe("closed: idle_timeout");
  });

  test("that has been silent for less ends when the shorter time is over", async () => {
    const { net, change, last } = tableWith();
    await send(net, net.connect(), frames("a"));
    await net.clock.advance(4_000);
    await change({ idleMs: 10_000 });
    await net.clock.advance(5_900);
    expect(last()).toBe("a");
    await net.clock.advance(200);
    expect(last()).toBe("closed: idle_timeout");
  });

  test("lives longer when the time is longer", async () => {
    const { net, change, last } = tableWith();
    await send(net, net.connect(), frames("a"));
    await change({ idleMs: 120_000 });
    await net.clock.advance(119_000);
    expect(last()).toBe("a");
    await net.clock.advance(1_200);
    expect(last()).toBe("closed: idle_timeout");
  });

  test("has the new time for a message that has begun", async () => {
    const { net, change, last } = tableWith();
    await send(net, net.connect(), frame("a").subarray(0, 12));
    await net.clock.advance(600);
    await change({ messageMs: 500 });
    await net.clock.advance(1);
    expect(last()).toBe("closed: message_timeout");
  });

  test("with a time of its own keeps that, and has the other new ones", async () => {
    const { net, change, last } = tableWith({}, { idleMs: 30_000 });
    await send(net, net.connect(), frames("a"));
    await change({ idleMs: 1_000, messageMs: 500 });
    await net.clock.advance(29_000);
    expect(last()).toBe("a");
    await net.clock.advance(1_100);
    expect(last()).toBe("closed: idle_timeout");
  });

  test("that is ending goes on to its end", async () => {
    const { net, change } = tableWith();
    const socket = net.open();
    net.table.connections.values().next().value?.end("disconnected_by_operator");
    await change({ idleMs: 1 });
    await net.clock.advance(1);
    expect(socket.calls).toEqual(["shutdown"]);
    expect(net.ended).toEqual([]);
  });
});
