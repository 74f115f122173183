// Messages on their way out: cut, counted, held back by the window, repeated until they are acknowledged.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { FRAGMENT_BYTES_MAX, WHOLE_MESSAGE_BYTES_MAX } from "./frames.ts";
import { type OutboundFragment, OutboundMessages } from "./outbound-messages.ts";
import { FRAMES_BYTES_MAX } from "./packet-header.ts";

const cost = limits.datagramFragmentCostBytes;
const plain = (length: number) => ({ wire: new Uint8Array(length), compressed: false });

/** All that may be sent now. */
function drain(outbound: OutboundMessages): OutboundFragment[] {
  const fragments: OutboundFragment[] = [];
  let fragment = outbound.next(FRAMES_BYTES_MAX);
  for (; fragment !== undefined; fragment = outbound.next(FRAMES_BYTES_MAX)) fragments.push(fragment);
  return fragments;
}

function opened(): OutboundMessages {
  const outbound = new OutboundMessages();
  outbound.windowSaid(0x7fff_ffff);
  return outbound;
}

function withFragmentSent(): [OutboundMessages, OutboundFragment] {
  const outbound = opened();
  outbound.add(plain(1), 0);
  const [fragment] = drain(outbound) as [OutboundFragment];
  fragment.packet = 5;
  return [outbound, fragment];
}

describe("a message", () => {
  test("travels whole as long as a packet holds it, and in full fragments from one octet more", () => {
    const outbound = opened();
    outbound.add(plain(WHOLE_MESSAGE_BYTES_MAX), 0);
    outbound.add(plain(WHOLE_MESSAGE_BYTES_MAX + 1), 0);
    const lengths = drain(outbound).map(({ message, start, end }) => [message.count, end - start]);
    expect(lengths).toEqual([
      [1, WHOLE_MESSAGE_BYTES_MAX],
      [2, FRAGMENT_BYTES_MAX],
      [2, WHOLE_MESSAGE_BYTES_MAX + 1 - FRAGMENT_BYTES_MAX],
    ]);
  });

  test("of the greatest length has no more fragments than a message may", () => {
    const outbound = opened();
    outbound.add(plain(limits.datagramMessageBytesMax), 0);
    expect(drain(outbound).length).toBeLessThanOrEqual(limits.datagramFragmentsMax);
  });

  test("is done when all its fragments are acknowledged, each counted once", () => {
    const outbound = opened();
    outbound.add(plain(2_000), 1);
    expect(outbound.queuedBytes).toBe(2_000 + 2 * cost);
    const [first, second] = drain(outbound) as [OutboundFragment, OutboundFragment];
    outbound.acknowledged(first);
    outbound.acknowledged(first);
    expect(outbound.queuedBytes).toBe(2_000 + 2 * cost);
    outbound.acknowledged(second);
    expect(outbound.queuedBytes).toBe(0);
  });
});

describe("the queue", () => {
  test("takes up to datagramQueueBytesMax, and not an octet more", () => {
    const outbound = opened();
    for (let left = limits.datagramQueueBytesMax; left > 0; left -= 1_024) {
      expect(outbound.add(plain(1_024 - cost), 0)).toBe(true);
    }
    expect(outbound.queuedBytes).toBe(limits.datagramQueueBytesMax);
    expect(outbound.add(plain(0), 0)).toBe(false);
    outbound.acknowledged(drain(outbound)[0] as OutboundFragment);
    expect(outbound.add(plain(1_024 - cost + 1), 0)).toBe(false);
    expect(outbound.add(plain(1_024 - cost), 0)).toBe(true);
  });

  test("serves the lanes in turn", () => {
    const outbound = opened();
    for (const lane of [0, 0, 0, 1, 1] as const) outbound.add(plain(1), lane);
    expect(drain(outbound).map(({ message }) => message.lane)).toEqual([0, 1, 0, 1, 0]);
  });

  test("does not give out what has no room, and sends nothing else in its place", () => {
    const outbound = opened();
    outbound.add(plain(100), 0);
    outbound.add(plain(1), 0);
    expect(outbound.next(106)).toBeUndefined();
    expect(outbound.next(107)?.message.number).toBe(0);
  });

  test("takes no message when the numbers are used up", () => {
    const outbound = new OutboundMessages(0xffff_fffe);
    expect(outbound.add(plain(1), 0)).toBe(true);
    expect(outbound.numbersUsedUp).toBe(true);
    expect(outbound.add(plain(1), 0)).toBe(false);
    expect(outbound.add(plain(1), 1)).toBe(true);
  });
});

describe("the window", () => {
  test("lets out what it has room for, counting each fragment's cost", () => {
    const outbound = new OutboundMessages();
    const each = 1_024 - cost;
    for (let count = 0; count < 100; count++) outbound.add(plain(each), 0);
    expect(drain(outbound)).toHaveLength(64);
    outbound.windowSaid(limits.datagramFirstWindowBytes + 1_023);
    expect(drain(outbound)).toHaveLength(0);
    outbound.windowSaid(limits.datagramFirstWindowBytes + 1_024);
    expect(drain(outbound)).toHaveLength(1);
    outbound.windowSaid(limits.datagramFirstWindowBytes + 2_048);
    outbound.windowSaid(limits.datagramFirstWindowBytes);
    expect(drain(outbound)).toHaveLength(1);
  });

  test("goes on across 2^32", () => {
    const outbound = new OutboundMessages();
    for (const window of [0x7fff_0000, 0xfffe_0000, 0x0001_0000]) outbound.windowSaid(window);
    outbound.windowSaid(0xffff_0000);
    outbound.add(plain(10), 0);
    expect(drain(outbound)).toHaveLength(1);
  });

  test("does not count what is repeated", () => {
    const outbound = new OutboundMessages();
    outbound.add(plain(1_000), 0);
    const [fragment] = drain(outbound) as [OutboundFragment];
    for (let packet = 1; packet < 1_000; packet++) {
      fragment.packet = packet;
      expect(outbound.repeat(fragment, packet)).toBe(true);
      expect(outbound.next(FRAMES_BYTES_MAX)).toBe(fragment);
    }
  });
});

describe("a fragment", () => {
  test("is repeated before anything new", () => {
    const [outbound, fragment] = withFragmentSent();
    outbound.add(plain(1), 0);
    outbound.repeat(fragment, 5);
    expect(drain(outbound).map(({ message }) => message.number)).toEqual([0, 1]);
  });

  test("is repeated once, and not where a later packet has it, or it has arrived", () => {
    const [outbound, fragment] = withFragmentSent();
    expect(outbound.repeat(fragment, 4)).toBe(false);
    expect(outbound.repeat(fragment, 5)).toBe(true);
    expect(outbound.repeat(fragment, 5)).toBe(false);
    outbound.acknowledged(fragment);
    expect(drain(outbound)).toEqual([]);
    expect(outbound.repeat(fragment, 5)).toBe(false);
  });
});

test("a lane goes on no further than datagramMessagesAheadMax beyond its oldest open message", () => {
  const outbound = opened();
  const sent: OutboundFragment[] = [];
  for (let count = 0; count < limits.datagramMessagesAheadMax + 10; count++) outbound.add(plain(0), 1);
  sent.push(...drain(outbound));
  expect(sent).toHaveLength(limits.datagramMessagesAheadMax);
  outbound.acknowledged(sent[1] as OutboundFragment);
  expect(drain(outbound)).toHaveLength(0);
  outbound.acknowledged(sent[0] as OutboundFragment);
  expect(drain(outbound)).toHaveLength(2);
});
