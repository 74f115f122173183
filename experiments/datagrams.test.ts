// The datagram experiment runs with tiny parameters: every message is taken, at a packet or less each way.

import { expect, test } from "bun:test";

import { measureDatagrams } from "./datagrams.ts";

test("a message costs a packet and its acknowledgement; those that are sent together share theirs", () => {
  const lone = measureDatagrams({ messages: 500, atOnce: 1, messageBytes: 100, compress: false });
  expect(lone.packetsPerMessage).toBeGreaterThan(1);
  expect(lone.packetsPerMessage).toBeLessThan(2.1);
  expect(lone.octetsPerMessage).toBeLessThan(190);
  const together = measureDatagrams({ messages: 500, atOnce: 50, messageBytes: 100, compress: true });
  expect(together.packetsPerMessage).toBeLessThan(0.2);
  expect(together.octetsPerMessage).toBeLessThan(50);
});
