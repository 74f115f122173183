// Members that connect, join and vanish, in every way that there is: none of them stays in the room, or in the node.
import { afterAll, describe, expect, test } from "bun:test";

import { ChatClient } from "./lib/chat-client.ts";
import { eventually } from "./lib/eventually.ts";
import { startTestNode } from "./lib/test-node.ts";

const AT_ONCE = 25;
const node = await startTestNode();
const watcher = await ChatClient.overTcp(node.port, "watcher");
await watcher.askAll("HELLO watcher", "JOIN lobby");

afterAll(async () => {
  watcher.close();
  await node.stop();
});

type Connect = (name: string) => Promise<ChatClient>;

const WAYS: Readonly<Record<string, { connect: Connect; vanish: (client: ChatClient) => void }>> = {
  "a reset over TCP": { connect: (name) => ChatClient.overTcp(node.port, name), vanish: (client) => client.vanish() },
  "a FIN over TCP": { connect: (name) => ChatClient.overTcp(node.port, name), vanish: (client) => client.close() },
  "a close over datagrams": {
    connect: (name) => ChatClient.overDatagrams(node.node.udpPort ?? 0, name),
    vanish: (client) => client.close(),
  },
  "silence over datagrams": {
    connect: (name) => ChatClient.overDatagrams(node.node.udpPort ?? 0, name, true),
    vanish: (client) => client.vanish(),
  },
  "a lost WebSocket": {
    connect: (name) => ChatClient.overWeb(node.node.httpPort, name),
    vanish: (client) => client.vanish(),
  },
  "a lost connection in the middle of many commands": {
    connect: (name) => ChatClient.overTcp(node.port, name),
    vanish(client) {
      for (let count = 0; count < 20; count++) client.say(`JOIN room-${count}`);
      client.vanish();
    },
  },
};

async function comeAndGo(way: string, name: string): Promise<void> {
  const { connect, vanish } = WAYS[way] as (typeof WAYS)[string];
  const client = await connect(name);
  expect(await client.ask(`HELLO ${name}`)).toStartWith(`HELLO: ${name} `);
  expect(await client.ask("JOIN lobby")).toStartWith("JOIN: lobby ");
  vanish(client);
}

describe("fifty members", () => {
  test.each(Object.keys(WAYS))("that leave by %s are gone from the room", async (way) => {
    const number = Object.keys(WAYS).indexOf(way);
    for (let from = 0; from < 50; from += AT_ONCE) {
      const names = Array.from({ length: AT_ONCE }, (_, index) => `g${number}-${from + index}`);
      await Promise.all(names.map((name) => comeAndGo(way, name)));
    }
    await eventually("an empty room", async () => /^WHO: lobby watcher@\S+$/.test(await watcher.ask("WHO lobby")));
    await eventually("an empty node", async () => (await node.figures.metric("correio_connections")) === 1);
    expect(await node.figures.metricSum("correio_outbound_queue_bytes")).toBe(0);
  });

  test("are told of, each as it comes and goes", () => {
    const came = watcher.lines.filter((line) => line.startsWith("* lobby + g"));
    const went = watcher.lines.filter((line) => line.startsWith("* lobby - g"));
    expect([came.length, went.length]).toEqual([300, 300]);
  });
});
