// What a hostile or broken client can send: never a crash, always a counter and a reason.
import { afterEach, describe, expect, test } from "bun:test";

import { limits } from "#runtime/limits.ts";

import { eventually } from "./lib/eventually.ts";
import { closeFrame, frame, request, RESPONSE } from "./lib/frames.ts";
import { startTestNode, type TestNode } from "./lib/test-node.ts";
import { WireClient } from "./lib/wire-client.ts";

const nodes: TestNode[] = [];

afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop();
});

async function startNode(): Promise<TestNode> {
  const node = await startTestNode();
  nodes.push(node);
  return node;
}

const ended = (node: TestNode, reason: string): Promise<number> =>
  node.figures.metric(`correio_connections_ended_total{reason="${reason}"}`);

/** Sends a request and then `bytes`: the request is answered, the row and the counter name the reason. */
async function expectEndedBy(bytes: Uint8Array, reason: string, then?: (client: WireClient) => void): Promise<void> {
  const node = await startNode();
  const client = await WireClient.connect(node.port);
  client.send(request(1), bytes);
  then?.(client);
  await client.loses();
  expect(client.ids).toEqual([1]);
  expect(client.partialBytes).toBe(0);
  client.close();
  expect((await node.rowsWhen(1)).map((row) => row["end_reason"])).toEqual([reason]);
  await eventually("the counter", async () => (await ended(node, reason)) === 1);
  expect(await node.figures.actors()).toEqual([]);
}

describe("a stream that is no frames ends the session, after what came before is answered", () => {
  const PAYLOAD_MAX = limits.framePayloadBytesMax;
  const BAD: readonly (readonly [what: string, bytes: Uint8Array, reason: string])[] = [
    ["wrong magic", frame("{}", { magic: 0x12345679 }), "wire.bad_magic"],
    ["one octet of wrong magic", Buffer.from("G"), "wire.bad_magic"],
    ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\n\r\n"), "wire.bad_magic"],
    ["an unknown type", frame("{}", { type: 9 }), "wire.unknown_frame_type"],
    ["a response", frame("{}", { type: RESPONSE }), "wire.unknown_frame_type"],
    ["a declared length of 4 GiB - 1", frame("", { length: 0xffff_ffff }), "wire.frame_too_large"],
    ["a declared length of 1 MiB + 1", frame("", { length: PAYLOAD_MAX + 1 }), "wire.frame_too_large"],
    ["1 MiB + 1 octets", frame(Buffer.alloc(PAYLOAD_MAX + 1, " ")), "wire.frame_too_large"],
  ];
  test.each(BAD)("%s", async (_, bytes, reason) => {
    await expectEndedBy(bytes, reason);
  });

  test("a frame that is cut off by the peer's FIN", () =>
    expectEndedBy(request(2).subarray(0, 40), "wire.truncated", (client) => client.finish()));

  test("a header that is cut off by the peer's FIN", () =>
    expectEndedBy(request(2).subarray(0, 5), "wire.truncated", (client) => client.finish()));

  test("a frame that is cut off because the client is gone", async () => {
    const node = await startNode();
    const client = await WireClient.connect(node.port);
    client.send(request(1), request(2).subarray(0, 40));
    await client.hears(1);
    client.reset();
    expect((await node.rowsWhen(1)).map((row) => row["end_reason"])).toEqual(["wire.truncated"]);
  });
});

describe("a well-framed payload that is no request is answered with an error, and the session goes on", () => {
  const BAD: readonly (readonly [what: string, payload: string | Uint8Array])[] = [
    ["nothing", ""],
    ["broken JSON", '{"client_id":"a","message_id":'],
    ["octets that are not UTF-8", Buffer.from([0xff, 0xfe, 0x80])],
    ["a list", "[]"],
    ["null", "null"],
    ["JSON 100 000 levels deep", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["objects 100 000 levels deep", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
    ["no client_id", JSON.stringify({ message_id: 1 })],
    ["no message_id", JSON.stringify({ client_id: "a" })],
    ["a client_id of another type", JSON.stringify({ client_id: {}, message_id: 1 })],
    ["a client_id that is too long", JSON.stringify({ client_id: "a".repeat(257), message_id: 1 })],
    ["a message_id that is too long", JSON.stringify({ client_id: "a", message_id: "1".repeat(257) })],
    ["a message_id of 300 digits", `{"client_id":"a","message_id":${"1".repeat(300)}}`],
    ["fields only in __proto__", '{"__proto__":{"client_id":"a","message_id":1}}'],
    ["1 MiB of blanks", " ".repeat(limits.framePayloadBytesMax)],
  ];
  test.each(BAD)("%s", async (_, payload) => {
    const node = await startNode();
    const client = await WireClient.connect(node.port);
    client.send(request(1, "before"), frame(payload), request(2, "after"), closeFrame);
    await client.loses();
    expect(client.replies.map((reply) => reply.status)).toEqual(["success", "error", "success"]);
    expect(client.replies[1]?.error).toBeString();
    client.close();
    expect((await node.rowsWhen(1))[0]).toMatchObject({ messages_processed: "3", end_reason: "close" });
    const counter = 'correio_refusals_total{type="pipeline-session",reason="pipeline.bad_request"}';
    expect(await node.figures.metric(counter)).toBe(1);
  });

  test("a request of exactly 1 MiB is a request", async () => {
    const node = await startNode();
    const client = await WireClient.connect(node.port);
    const rest = JSON.stringify({ client_id: "huge", message_id: 1, data: "" }).length;
    const data = "x".repeat(limits.framePayloadBytesMax - rest);
    client.send(frame(JSON.stringify({ client_id: "huge", message_id: 1, data })));
    await client.hears(1);
    expect(client.replies[0]).toMatchObject({ client_id: "huge", message_id: 1, status: "success" });
    client.close();
  });

  test("__proto__ and constructor in a request change nothing for anybody", async () => {
    const node = await startNode();
    const client = await WireClient.connect(node.port);
    const payload =
      '{"client_id":"a","message_id":1,"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    client.send(frame(payload), request(2, "a"));
    await client.hears(2);
    expect(client.ids).toEqual([1, 2]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(Object.keys(client.replies[1] ?? {})).not.toContain("polluted");
    client.close();
  });
});
