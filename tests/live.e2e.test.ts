// The live feed of a whole node: what clients do is on it a second later, and it ends with the node.
import { afterEach, describe, expect, test } from "bun:test";

import type { LiveMessage, LiveSnapshot } from "#runtime/observe/live-view.ts";

import { ChatClient } from "./lib/chat-client.ts";
import { startTestNode, type TestNode } from "./lib/test-node.ts";

const undo: (() => unknown)[] = [];

afterEach(async () => {
  for (const act of undo.splice(0).toReversed()) await act();
});

async function serve(): Promise<TestNode> {
  const node = await startTestNode();
  undo.push(() => node.stop());
  return node;
}

/** One who watches: his messages one after the other, and how it ends. */
class Viewer {
  readonly ended: Promise<string>;
  readonly #socket: WebSocket;
  readonly #heard: LiveMessage[] = [];
  #next = Promise.withResolvers<void>();

  constructor({ node }: TestNode) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${node.httpPort}/live`);
    undo.push(() => this.#socket.close());
    this.ended = new Promise((resolve) =>
      this.#socket.addEventListener("close", ({ code, reason }) => resolve(`${code} ${reason}`)),
    );
    this.#socket.addEventListener("message", ({ data }) => {
      this.#heard.push(JSON.parse(String(data)) as LiveMessage);
      this.#next.resolve();
      this.#next = Promise.withResolvers();
    });
  }

  async next(): Promise<LiveMessage> {
    if (this.#heard.length === 0) await this.#next.promise;
    return this.#heard.shift() as LiveMessage;
  }

  /** The first snapshot of which that holds; whoever waits in vain is ended by the test's own deadline. */
  async sees(holds: (snapshot: LiveSnapshot) => boolean): Promise<LiveSnapshot> {
    for (;;) {
      const message = await this.next();
      if (message.kind === "tick" && holds(message.snapshot)) return message.snapshot;
    }
  }

  say(text: string): void {
    this.#socket.send(text);
  }
}

describe("the live feed", () => {
  test("shows who is connected, what they do, and how long that takes", async () => {
    const node = await serve();
    const viewer = new Viewer(node);
    expect(await viewer.next()).toMatchObject({ kind: "hello", events: [] });
    const clients = [
      await ChatClient.overTcp(node.node.tcpPort, "t"),
      await ChatClient.overWeb(node.node.httpPort, "w"),
    ];
    undo.push(() => clients.forEach((client) => client.close()));
    const said = viewer.sees(({ protocols }) =>
      protocols.some(({ type, messagesPerSecond }) => type === "text-session" && messagesPerSecond > 1),
    );
    for (const client of clients) for (let count = 0; count < 20; count++) await client.ask("ECHO");
    const { connections, protocols, types, bytesInPerSecond, ready } = await said;
    expect({ connections, ready }).toMatchObject({ connections: { tcp: 1, web: 1, udp: 0 }, ready: true });
    const text = protocols.find(({ type }) => type === "text-session");
    expect(text?.connections).toBe(1);
    expect(text?.p50Ms).toBeLessThanOrEqual(text?.p99Ms ?? 0);
    expect(types.map(({ type }) => type)).toContain("text-session");
    expect(bytesInPerSecond).toBeGreaterThan(0);
  });

  test("shows what anybody may see: no text of a room, no name of a member", async () => {
    const node = await serve();
    const viewer = new Viewer(node);
    const client = await ChatClient.overTcp(node.node.tcpPort, "t");
    undo.push(() => client.close());
    await client.ask("HELLO ana");
    await client.ask("JOIN secret-plans");
    const seen = viewer.sees(({ busiest }) => busiest.some(({ type }) => type === "chat-room"));
    const talking = setInterval(() => client.say("SAY secret-plans oi"), 20);
    const snapshot = await seen;
    clearInterval(talking);
    expect(JSON.stringify(snapshot)).not.toContain("secret-plans");
    expect(JSON.stringify(snapshot)).not.toContain("ana");
  });

  test("ends in order when the node drains", async () => {
    const node = await serve();
    const viewer = new Viewer(node);
    await viewer.next();
    await node.drain();
    expect(await viewer.ended).toBe("1001 shutdown");
  });

  test("sends away the viewer beyond the limit of one address, and whoever says too much", async () => {
    const node = await serve();
    const viewers = Array.from({ length: 50 }, () => new Viewer(node));
    for (const viewer of viewers) await viewer.next();
    expect(await new Viewer(node).ended).toBe("1013 live.viewers_per_address_max");
    const [first] = viewers;
    for (let count = 0; count < 100; count++) first?.say("let me in");
    expect(await first?.ended).toBe("1008 live.flood");
    expect(await new Viewer(node).next()).toMatchObject({ kind: "hello" });
  });

  test("is not for pages from elsewhere, and nothing but a WebSocket", async () => {
    const { node } = await serve();
    const upgrade = { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Version": "13" };
    const headers = { ...upgrade, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", Origin: "http://evil.example" };
    const url = `http://127.0.0.1:${node.httpPort}/live`;
    expect((await fetch(url, { headers })).status).toBe(403);
    expect((await fetch(url)).status).toBe(426);
  });

  test("is there as one snapshot for whoever asks once", async () => {
    const { node } = await serve();
    const response = await fetch(`http://127.0.0.1:${node.httpPort}/live/now`);
    expect(await response.json()).toMatchObject({ ready: true, lookSeconds: 1 });
  });
});
