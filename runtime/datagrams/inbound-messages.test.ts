// Fragments into messages: once, in order where asked for, and nothing that a peer says makes them hold too much.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { FrameReader, type Lane, writeFragment } from "./frames.ts";
import { type Arrival, InboundMessages } from "./inbound-messages.ts";

const cost = limits.datagramFragmentCostBytes;

interface Part {
  readonly lane?: Lane;
  readonly number?: number;
  readonly index?: number;
  readonly count?: number;
  readonly compressed?: boolean;
}

function add(inbound: InboundMessages, text: string, part: Part = {}): Arrival {
  const { lane = 0, number = 0, index = 0, count = 1, compressed = false } = part;
  const wire = Buffer.from(text);
  const packet = new Uint8Array(wire.length + 20);
  const message = { lane, number, count, wire, compressed };
  const reader = new FrameReader();
  reader.open(packet, 0, writeFragment(packet, 0, { message, index, start: 0, end: wire.length }));
  reader.next();
  const arrival = inbound.add(reader);
  packet.fill(0);
  return arrival;
}

function taken(inbound: InboundMessages): string[] {
  const texts: string[] = [];
  for (let message = inbound.take(); message; message = inbound.take())
    texts.push(Buffer.from(message.wire).toString());
  return texts;
}

describe("messages in order", () => {
  test("wait for those before them", () => {
    const inbound = new InboundMessages();
    expect(add(inbound, "c", { number: 2 })).toBe("new");
    expect(add(inbound, "b", { number: 1 })).toBe("new");
    expect(taken(inbound)).toEqual([]);
    expect(add(inbound, "a", { number: 0 })).toBe("new");
    expect(taken(inbound)).toEqual(["a", "b", "c"]);
  });

  test("come once, whether they wait, are whole or were taken", () => {
    const inbound = new InboundMessages();
    add(inbound, "b", { number: 1 });
    expect(add(inbound, "b", { number: 1 })).toBe("again");
    add(inbound, "a");
    expect(add(inbound, "a")).toBe("again");
    expect(taken(inbound)).toEqual(["a", "b"]);
    expect(add(inbound, "b", { number: 1 })).toBe("again");
    expect(taken(inbound)).toEqual([]);
  });
});

test("messages of the other lane come at once, and once", () => {
  const inbound = new InboundMessages();
  expect(add(inbound, "c", { lane: 1, number: 2 })).toBe("new");
  expect(add(inbound, "a", { lane: 1, number: 0 })).toBe("new");
  expect(taken(inbound)).toEqual(["c", "a"]);
  for (const number of [0, 2]) expect(add(inbound, "x", { lane: 1, number })).toBe("again");
  expect(add(inbound, "b", { lane: 1, number: 1 })).toBe("new");
  for (const number of [0, 1, 2]) expect(add(inbound, "x", { lane: 1, number })).toBe("again");
  expect(taken(inbound)).toEqual(["b"]);
});

describe("fragments", () => {
  test("make one message in any order, each once, and the packet's octets may go", () => {
    const inbound = new InboundMessages();
    expect(add(inbound, "cc", { index: 2, count: 3 })).toBe("new");
    expect(add(inbound, "aa", { index: 0, count: 3 })).toBe("new");
    expect(add(inbound, "XX", { index: 0, count: 3 })).toBe("again");
    expect(taken(inbound)).toEqual([]);
    expect(add(inbound, "bb", { index: 1, count: 3 })).toBe("new");
    expect(taken(inbound)).toEqual(["aabbcc"]);
    expect(add(inbound, "bb", { index: 1, count: 3 })).toBe("again");
  });

  test("that disagree about their message are a fault, and change nothing", () => {
    const inbound = new InboundMessages();
    add(inbound, "a", { index: 0, count: 2 });
    expect(add(inbound, "b", { index: 1, count: 3 })).toBe("badMessage");
    expect(add(inbound, "b", { index: 1, count: 2, compressed: true })).toBe("badMessage");
    expect(inbound.heldCost).toBe(1 + cost);
    expect(add(inbound, "b", { index: 1, count: 2 })).toBe("new");
    expect(taken(inbound)).toEqual(["ab"]);
  });

  test("make no message longer than datagramMessageBytesMax", () => {
    const inbound = new InboundMessages();
    const half = "x".repeat(limits.datagramMessageBytesMax / 2);
    add(inbound, half, { index: 0, count: 2 });
    expect(add(inbound, `${half}x`, { index: 1, count: 2 })).toBe("badMessage");
    expect(add(inbound, half, { index: 1, count: 2 })).toBe("new");
  });

  test("are of no more than datagramPartialMessagesMax messages in a lane", () => {
    const inbound = new InboundMessages();
    for (let number = 0; number < limits.datagramPartialMessagesMax; number++) {
      expect(add(inbound, "", { number, index: 0, count: 2 })).toBe("new");
    }
    const number = limits.datagramPartialMessagesMax;
    expect(add(inbound, "", { number, index: 0, count: 2 })).toBe("badMessage");
    expect(add(inbound, "", { number })).toBe("new");
    expect(add(inbound, "", { number: 0, index: 1, count: 2 })).toBe("new");
  });
});

test("messages that have become whole are none of those that are not", () => {
  const inbound = new InboundMessages();
  for (let number = 0; number < 2 * limits.datagramPartialMessagesMax; number++) {
    expect(add(inbound, "a", { number, index: 0, count: 2 })).toBe("new");
    expect(add(inbound, "b", { number, index: 1, count: 2 })).toBe("new");
    expect(taken(inbound)).toEqual(["ab"]);
  }
});

describe("the window", () => {
  test("takes datagramWindowBytes, and not a message more until one is taken", () => {
    const inbound = new InboundMessages();
    const text = "x".repeat(1_024 - cost);
    const count = limits.datagramWindowBytes / 1_024;
    for (let number = 0; number < count; number++) expect(add(inbound, text, { number })).toBe("new");
    expect(inbound.heldCost).toBe(limits.datagramWindowBytes);
    expect(add(inbound, "", { number: count })).toBe("windowOverrun");
    inbound.take();
    expect(inbound.window).toBe(limits.datagramWindowBytes + 1_024);
    expect(add(inbound, text, { number: count })).toBe("new");
  });

  test("counts what waits for its turn, and messages that are not whole", () => {
    const inbound = new InboundMessages();
    add(inbound, "later", { number: 1 });
    add(inbound, "part", { number: 2, count: 2 });
    expect(inbound.heldCost).toBe(9 + 2 * cost);
  });

  test("lets a lane run datagramMessagesAheadMax ahead of its oldest gap, and not one further", () => {
    for (const lane of [0, 1] as const) {
      const inbound = new InboundMessages();
      const ahead = limits.datagramMessagesAheadMax;
      expect(add(inbound, "", { lane, number: ahead - 1 })).toBe("new");
      expect(add(inbound, "", { lane, number: ahead })).toBe("windowOverrun");
      expect(add(inbound, "", { lane, number: 0xffff_ffff })).toBe("windowOverrun");
    }
  });
});
