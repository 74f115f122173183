// Traces of a whole node, as a collector gets them over HTTP: who called whom, what waited for the store, what left.
import { afterEach, describe, expect, test } from "bun:test";

import { eventually } from "./lib/eventually.ts";
import { attributesOf, type CollectedSpan, TestCollector } from "./lib/test-collector.ts";
import { startTestNode, type TestNode } from "./lib/test-node.ts";
import { TextClient } from "./lib/text-client.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const followed = { traceparent: `00-${TRACE}-${PARENT}-01` };

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function startBoth(share: number, endpoint?: string) {
  const collector = new TestCollector();
  ends.push(() => collector.stop());
  const settings = { CORREIO_OTLP_ENDPOINT: endpoint ?? collector.endpoint, CORREIO_TRACE_SHARE: String(share) };
  const node = await startTestNode({ ...settings, CORREIO_ADMIN_TOKEN: "token" });
  ends.push(() => node.stop());
  return { collector, node };
}

async function talk(node: TestNode): Promise<TextClient> {
  const ana = await TextClient.connect(node.port);
  ends.push(() => ana.close());
  ana.send("HELLO ana\n");
  await ana.hears("HELLO:");
  ana.send("JOIN lobby\n");
  await ana.hears("JOIN:");
  ana.send("SAY lobby oi\n");
  await ana.hears("SAY: lobby 1");
  return ana;
}

function call(node: TestNode, headers: Record<string, string>): Promise<Response> {
  const json = { Authorization: "Bearer token", "Content-Type": "application/json" };
  const url = `http://127.0.0.1:${node.node.httpPort}/actors/counter/a/add`;
  return fetch(url, { method: "POST", headers: { ...json, ...headers }, body: '{"amount":1}' });
}

function tookNs({ startTimeUnixNano, endTimeUnixNano }: CollectedSpan): bigint {
  return BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano);
}

describe("a line that is said in a room", () => {
  test("is one trace: the session's turn, the room's, the commit, and the reply that leaves", async () => {
    const { collector, node } = await startBoth(1);
    await talk(node);
    const post = await collector.span("chat-room/post");
    const ofPost = (span: CollectedSpan): boolean => span.traceId === post.traceId;
    const message = await collector.span("text-session/message", ofPost);
    const commit = await collector.span("commit", (span) => span.parentSpanId === post.spanId);
    const reply = await collector.span("reply", ofPost);
    expect(message.parentSpanId ?? "").toBe("");
    expect(post.parentSpanId).toBe(message.spanId);
    expect(reply.parentSpanId).toBe(message.spanId);
    for (const span of [message, post, commit, reply]) expect(tookNs(span)).toBeGreaterThanOrEqual(0n);
    expect(tookNs(message)).toBeGreaterThan(tookNs(commit));
    expect(BigInt(reply.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(commit.endTimeUnixNano));
    expect(attributesOf(message.attributes)).toMatchObject({
      "rpc.system.name": "correio",
      "rpc.method": "text-session/message",
      "correio.outcome": "answered",
      "correio.transport": "tcp",
    });
    expect(attributesOf(collector.resources[0] ?? [])).toMatchObject({ "service.name": "correio" });
  });

  test("tells nothing of what is private: neither rooms nor persons nor words", async () => {
    const { collector, node } = await startBoth(1);
    await talk(node);
    await collector.span("chat-room/post");
    const text = JSON.stringify(collector.spans);
    expect(text).not.toContain("lobby");
    expect(text).not.toContain('"oi"');
  });

  test("is not followed where the share is 0", async () => {
    const { collector, node } = await startBoth(0);
    await talk(node);
    await call(node, followed);
    await collector.span("counter/add");
    expect(collector.spans.map(({ name }) => name).sort()).toEqual(["commit", "counter/add"]);
  });
});

describe("a call over HTTP", () => {
  test("goes on with the trace of its header", async () => {
    const { collector, node } = await startBoth(0);
    expect((await call(node, followed)).status).toBe(200);
    const add = await collector.span("counter/add");
    expect([add.traceId, add.parentSpanId]).toEqual([TRACE, PARENT]);
    expect(attributesOf(add.attributes)).toMatchObject({ "correio.actor.key": "a", "correio.outcome": "answered" });
    expect(await collector.span("commit")).toMatchObject({ traceId: TRACE, parentSpanId: add.spanId });
  });

  test("is answered, and not followed, where the header says so or is none", async () => {
    const { collector, node } = await startBoth(0);
    const headers = [
      `00-${TRACE}-${PARENT}-00`,
      `00-${TRACE}-${PARENT}`,
      `00-${"0".repeat(32)}-${PARENT}-01`,
      `00-${TRACE}-${"0".repeat(16)}-01`,
      `00-${TRACE}-${PARENT}-01-more`,
      `ff-${TRACE}-${PARENT}-01`,
      `01-${TRACE}-${PARENT}-01-${"x".repeat(300)}`,
      "x".repeat(5_000),
    ];
    for (const traceparent of headers) expect((await call(node, { traceparent })).status).toBe(200);
    expect((await call(node, followed)).status).toBe(200);
    await node.drain();
    expect(collector.spans.filter(({ name }) => name === "counter/add")).toHaveLength(1);
  });
});

describe("a WebSocket", () => {
  test("whose request had the header goes on with that trace, message by message", async () => {
    const { collector, node } = await startBoth(0);
    const url = `ws://127.0.0.1:${node.node.httpPort}/chat`;
    const socket = new WebSocket(url, { headers: followed } as never);
    ends.push(() => socket.close());
    const heard: string[] = [];
    socket.addEventListener("message", ({ data }) => void heard.push(String(data)));
    socket.addEventListener("open", () => socket.send("ECHO"));
    await eventually("an answer", () => heard.length > 0);
    const message = await collector.span("web-session/message");
    expect([message.traceId, message.parentSpanId]).toEqual([TRACE, PARENT]);
  });
});

describe("a collector", () => {
  test("that is dead costs spans and nothing else", async () => {
    const dead = new TestCollector();
    dead.stop();
    const { node } = await startBoth(1, dead.endpoint);
    await talk(node);
    expect((await call(node, followed)).status).toBe(200);
    expect(await node.drain()).toBe(0);
  });

  test("that refuses costs spans, which are counted, and nothing else; later ones come again", async () => {
    const { collector, node } = await startBoth(1);
    collector.answer = () => new Response("no", { status: 500 });
    await talk(node);
    const dropped = async (): Promise<number> => {
      const text = await (await fetch(`http://127.0.0.1:${node.node.httpPort}/metrics`)).text();
      return Number(/^correio_spans_dropped_total (\d+)/m.exec(text)?.[1]);
    };
    await eventually("spans that are counted as dropped", async () => (await dropped()) > 0);
    collector.answer = undefined;
    expect((await call(node, followed)).status).toBe(200);
    expect(await collector.span("counter/add")).toMatchObject({ traceId: TRACE });
  });

  test("that never answers does not hold the end up", async () => {
    const { collector, node } = await startBoth(1);
    collector.answer = () => new Promise(() => undefined);
    await talk(node);
    await eventually("a request to it", () => collector.requests > 0);
    expect((await call(node, followed)).status).toBe(200);
    expect(await node.drain()).toBe(0);
  });

  test("has what was still waiting when the node ends", async () => {
    const { collector, node } = await startBoth(0);
    expect((await call(node, followed)).status).toBe(200);
    await node.drain();
    expect(collector.spans.map(({ name }) => name).sort()).toEqual(["commit", "counter/add"]);
  });
});
