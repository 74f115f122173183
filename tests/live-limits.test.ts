// Limits that an operator changes while clients are connected: from then on they count, over real sockets.
import { afterEach, describe, expect, test } from "bun:test";

import { ChatClient } from "./lib/chat-client.ts";
import { eventually } from "./lib/eventually.ts";
import { request, requests } from "./lib/frames.ts";
import type { Settings } from "./lib/node-settings.ts";
import { startTestNode, type TestNode } from "./lib/test-node.ts";
import { WireClient } from "./lib/wire-client.ts";

const TOKEN = "a-token-for-this-test";
const nodes: TestNode[] = [];

afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
});

async function nodeWith(settings: Settings = {}) {
  const node = await startTestNode({ CORREIO_ADMIN_TOKEN: TOKEN, ...settings });
  nodes.push(node);
  const url = `http://127.0.0.1:${node.node.httpPort}`;
  const put = async (name: string, value: number): Promise<void> => {
    const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" };
    const response = await fetch(`${url}/limits/${name}`, { method: "PUT", headers, body: JSON.stringify({ value }) });
    expect(response.status).toBe(200);
  };
  const talker = async (): Promise<WireClient> => {
    const client = await WireClient.connect(node.port);
    client.send(request(1));
    return client;
  };
  const look = async (path: string): Promise<unknown> => (await fetch(url + path)).json();
  return { node, put, talker, look };
}

/** A client is answered, or sent away. */
async function isLetIn(client: WireClient): Promise<boolean> {
  await eventually("an answer or the end", () => client.replies.length > 0 || client.fate !== "open");
  return client.replies[0]?.status === "success";
}

describe("a limit that is changed", () => {
  test.each(["connectionsMax", "connectionsPerAddressMax"])(
    "%s: the next client is sent away, those that are there stay, and a higher one lets others in",
    async (name) => {
      const { put, talker } = await nodeWith();
      const early = [await talker(), await talker()];
      expect(await Promise.all(early.map(isLetIn))).toEqual([true, true]);
      await put(name, 2);
      expect(await isLetIn(await talker())).toBe(false);
      await put(name, 1);
      early[0]?.send(request(2));
      await early[0]?.hears(2);
      await put(name, 3);
      expect(await isLetIn(await talker())).toBe(true);
      for (const client of early) client.close();
    },
  );

  test("idleMs: who is silent already is ended by it, over TCP, WebSocket and UDP", async () => {
    const { node, put, talker } = await nodeWith();
    const silent = await talker();
    expect(await isLetIn(silent)).toBe(true);
    const web = await ChatClient.overWeb(node.node.httpPort);
    expect(await web.ask("PING")).toBe("PING: pong");
    const udp = await ChatClient.overUdpText(node.node.udpPort ?? 0);
    await put("idleMs", 150);
    await silent.loses();
    await web.ends();
    await udp.hears("idle_timeout");
    expect((await node.rowsWhen(1))[0]).toMatchObject({ end_reason: "idle_timeout" });
  });

  test("firstByteMs: a client that says nothing is sent away by it", async () => {
    const { put, node } = await nodeWith();
    await put("firstByteMs", 100);
    const client = await WireClient.connect(node.port);
    await client.loses();
    expect(client.replies).toEqual([]);
  });

  test("messageMs: a client that stops within a message is ended by it", async () => {
    const { node, put } = await nodeWith();
    const client = await WireClient.connect(node.port);
    client.send(request(1).subarray(0, 20));
    await eventually("its session", async () => (await node.figures.sessions()).length === 1);
    await put("messageMs", 100);
    await client.loses();
    expect((await node.rowsWhen(1))[0]).toMatchObject({ end_reason: "message_timeout" });
  });

  test("workMs: the next request takes so long, and later ones none again", async () => {
    const { node, put, talker } = await nodeWith({ CORREIO_DRAIN_MS: 0 });
    const [slow, quick] = [await talker(), await talker()];
    await Promise.all([slow.hears(1), quick.hears(1)]);
    await put("workMs", 60_000);
    slow.send(request(2));
    await eventually("its turn", async () => (await node.figures.actors()).some(({ status }) => status === "running"));
    await put("workMs", 0);
    quick.send(requests(1_000, "client_1", 2));
    await quick.hears(1_001);
    expect(slow.replies).toHaveLength(1);
    quick.close();
  });

  test("drainMs: what is cut off at the end is cut off sooner", async () => {
    const { node, put, talker } = await nodeWith({ CORREIO_WORK_MS: 60_000, CORREIO_DRAIN_MS: 60_000 });
    await talker();
    await eventually("its turn", async () => (await node.figures.actors()).some(({ status }) => status === "running"));
    await put("drainMs", 200);
    expect(await node.drain()).toBe(1);
  });

  test("memoryBudgetBytes: actors that are idle leave memory", async () => {
    const { node, put } = await nodeWith({ CORREIO_DEVELOPMENT: false });
    const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" };
    const url = `http://127.0.0.1:${node.node.httpPort}/actors/counter/a/add`;
    expect((await fetch(url, { method: "POST", headers, body: '{"amount":1}' })).status).toBe(200);
    await put("memoryBudgetBytes", 1);
    await eventually("its sleep", async () => (await node.figures.metric("correio_memory_hibernations_total")) > 0);
  });

  test("is in effect where the settings are shown", async () => {
    const { put, look } = await nodeWith();
    await put("idleMs", 4_321);
    const { settings } = (await look("/system")) as { settings: { name: string; value?: string }[] };
    const valueOf = (wanted: string) => settings.find(({ name }) => name === wanted)?.value;
    expect(valueOf("CORREIO_IDLE_MS")).toBe("4321");
    expect(valueOf("CORREIO_ADMIN_TOKEN")).toBeUndefined();
    expect(JSON.stringify(settings)).not.toContain(TOKEN);
  });
});
