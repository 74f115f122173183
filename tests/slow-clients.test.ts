// What a slow, deaf or restless client can do: it harms nobody else, memory stays bounded, and the end has a name.
import { afterEach, describe, expect, test } from "bun:test";

import { limits } from "#runtime/limits.ts";

import { eventually } from "./lib/eventually.ts";
import { closeFrame, request, requests } from "./lib/frames.ts";
import { liveBytes } from "./lib/live-memory.ts";
import type { Settings } from "./lib/node-settings.ts";
import { startTestNode, type TestNode } from "./lib/test-node.ts";
import { WireClient } from "./lib/wire-client.ts";

const nodes: TestNode[] = [];

afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop();
});

async function nodeWith(settings: Settings = {}): Promise<TestNode> {
  const node = await startTestNode(settings);
  nodes.push(node);
  return node;
}

const ended = (node: TestNode, reason: string): Promise<number> =>
  node.figures.metric(`correio_connections_ended_total{reason="${reason}"}`);

const refused = (node: TestNode, reason: string): Promise<number> =>
  node.figures.metric(`correio_connections_refused_total{reason="${reason}"}`);

/** A session that does what `act` does ends with `reason`, in row and counter. */
async function expectTimeout(settings: Settings, reason: string, act: (client: WireClient) => void): Promise<void> {
  const node = await nodeWith(settings);
  const client = await WireClient.connect(node.port);
  act(client);
  await client.loses();
  client.close();
  expect((await node.rowsWhen(1)).map((row) => row["end_reason"])).toEqual([reason]);
  await eventually("the counter", async () => (await ended(node, reason)) === 1);
}

describe("a client that is too slow is ended with the reason in row and counter", () => {
  test("one that says nothing, which has no session and so no row", async () => {
    const node = await nodeWith({ CORREIO_FIRST_BYTE_MS: 50 });
    const client = await WireClient.connect(node.port);
    await client.loses();
    client.close();
    expect(await ended(node, "first_byte_timeout")).toBe(1);
    expect([node.rows(), await node.figures.sessions()]).toEqual([[], []]);
  });

  test("one that falls silent", () =>
    expectTimeout({ CORREIO_IDLE_MS: 500 }, "idle_timeout", (client) => client.send(request(1))));

  test("one that sends byte after byte, but no message within its time", () =>
    expectTimeout({ CORREIO_MESSAGE_MS: 100 }, "message_timeout", (client) => {
      const bytes = request(1);
      let sent = 0;
      const drip = setInterval(() => {
        if (client.fate !== "open" || sent === bytes.length) return clearInterval(drip);
        client.send(bytes.subarray(sent, ++sent));
      }, 10);
    }));

  test("not one that sends many messages, each of them in time", async () => {
    const node = await nodeWith({ CORREIO_MESSAGE_MS: 300 });
    const client = await WireClient.connect(node.port);
    const bytes = requests(12);
    const half = Math.floor(bytes.length / 24);
    for (let piece = 0; piece < 24; piece++) {
      client.send(bytes.subarray(piece * half, piece === 23 ? bytes.length : (piece + 1) * half));
      await Bun.sleep(25);
    }
    await client.hears(12);
    expect(client.fate).toBe("open");
    client.close();
  });

  test("not one whose message is late only because the server had no room for it", async () => {
    const node = await nodeWith({ CORREIO_MESSAGE_MS: 100, CORREIO_WORK_MS: 1 });
    const client = await WireClient.connect(node.port);
    const count = 700;
    for (let id = 0; id < count; id++) client.send(request(id, "large", "x".repeat(4_000)));
    await client.hears(count);
    expect(client.ids.every((id, index) => id === index)).toBe(true);
    client.close();
  });
});

describe("a client that never reads", () => {
  test("is disconnected, holds a bounded share of memory, and delays nobody", async () => {
    const node = await nodeWith({ CORREIO_WRITE_STALL_MS: 700 });
    const deaf = await WireClient.connect(node.port, { reading: false });
    const flood = requests(20_000, "deaf".repeat(50));
    const peak = { outbound: 0 };
    const flooding = setInterval(() => {
      if (deaf.sent && deaf.fate === "open") deaf.send(flood);
    }, 5);
    const other = await WireClient.connect(node.port);
    for (let id = 1; (await ended(node, "peer_not_reading")) === 0; id++) {
      other.send(request(id, "other"));
      await other.hears(id);
      peak.outbound = Math.max(peak.outbound, await node.figures.metric("correio_outbound_queue_bytes"));
    }
    clearInterval(flooding);
    expect(peak.outbound).toBeGreaterThan(0);
    expect(peak.outbound).toBeLessThanOrEqual(limits.outboundBytesMax);
    expect(await node.figures.metric("correio_outbound_queue_bytes")).toBe(0);
    expect((await node.rowsWhen(1))[0]?.["end_reason"]).toBe("peer_not_reading");
    other.close();
    deaf.close();
  }, 20_000);

  test("is answered in full if it starts to read in time", async () => {
    const node = await nodeWith();
    const late = await WireClient.connect(node.port, { reading: false });
    const count = 60_000;
    late.send(requests(count, "late".repeat(50)), closeFrame);
    await eventually("a full queue", async () => (await node.figures.sessions())[0]?.outboundBytes !== 0);
    late.read();
    await late.loses(20_000);
    expect(late.replies.length).toBe(count);
    expect(late.ids.every((id, index) => id === index)).toBe(true);
    late.close();
  }, 30_000);
});

describe("connections without end", () => {
  test("ten thousand that come and go leave nothing behind", async () => {
    const node = await nodeWith();
    const wave = async (count: number): Promise<void> => {
      for (let left = count; left > 0; left -= 200) {
        const clients = await Promise.all(Array.from({ length: 200 }, () => WireClient.connect(node.port)));
        clients.forEach((client, index) => {
          if (index % 4 === 0) client.send(request(index));
          if (index % 4 === 1) client.send(request(index).subarray(0, 20));
          if (index % 2 === 0) client.close();
          else client.reset();
        });
        await eventually("their end", async () => (await node.figures.metric("correio_connections")) === 0);
      }
    };
    await wave(2_000);
    const settledBytes = liveBytes();
    await wave(8_000);
    expect(liveBytes() - settledBytes).toBeLessThan(8 * 1_048_576);
    expect(await node.figures.sessions()).toEqual([]);
    expect(await node.figures.actors()).toEqual([]);
    expect(await node.figures.metric("correio_connections_accepted_total")).toBe(10_000);
    expect(await node.figures.metricSum("correio_connections_ended_total")).toBe(10_000);
    // Half of them said nothing; what others said before they reset the connection may not have been read.
    expect((await node.rowsWhen(2_500)).length).toBeWithin(2_500, 5_001);
  }, 60_000);

  test.each([
    ["CORREIO_CONNECTIONS_MAX", "net.connections_max"],
    ["CORREIO_CONNECTIONS_PER_ADDRESS_MAX", "net.connections_per_address_max"],
  ] as const)("more than %s are refused, are told why, and are welcome later", async (setting, reason) => {
    const node = await nodeWith({ [setting]: 2 });
    const admitted = [await WireClient.connect(node.port), await WireClient.connect(node.port)];
    for (const client of admitted) client.send(request(1));
    await Promise.all(admitted.map((client) => client.hears(1)));
    const third = await WireClient.connect(node.port);
    third.send(requests(10_000));
    await third.loses();
    expect(third.replies).toEqual([expect.objectContaining({ status: "error", error: reason })]);
    expect(await refused(node, reason)).toBe(1);
    expect(await node.figures.sessions()).toHaveLength(2);
    third.close();
    admitted[0]?.close();
    await node.rowsWhen(1);
    const fourth = await WireClient.connect(node.port);
    fourth.send(request(1));
    await fourth.hears(1);
    expect(fourth.replies[0]?.status).toBe("success");
    admitted[1]?.close();
    fourth.close();
  });
});

describe("simulated work", () => {
  test("of one session does not delay another", async () => {
    const node = await nodeWith({ CORREIO_WORK_MS: 20 });
    const busy = await WireClient.connect(node.port);
    busy.send(requests(200, "busy"));
    await busy.hears(1);
    const other = await WireClient.connect(node.port);
    other.send(request(1, "other"), closeFrame);
    await other.loses();
    expect(other.ids).toEqual([1]);
    expect(busy.replies.length).toBeLessThan(200);
    busy.reset();
    other.close();
    expect(await node.rowsWhen(2)).toHaveLength(2);
  });

  test("is given up when the client is gone", async () => {
    const node = await nodeWith({ CORREIO_WORK_MS: 60_000 });
    const client = await WireClient.connect(node.port);
    client.send(requests(3, "gone"));
    await eventually("its work", async () => (await node.figures.actors())[0]?.status === "running");
    client.reset();
    expect((await node.rowsWhen(1))[0]).toMatchObject({ messages_processed: "0", end_reason: "disconnect" });
    expect(await node.figures.actors()).toEqual([]);
  });
});
