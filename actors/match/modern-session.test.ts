// A modern client's connection: signs of life, floods, and what is left of it when it ends.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { MatchNode } from "./test-players.ts";

describe("the heartbeat", () => {
  test("is asked for: without that, silence is nobody's business", async () => {
    const node = new MatchNode();
    const client = node.connect();
    await client.send("list");
    await node.stepped.advance(limits.heartbeatMs * 10);
    expect(client.take()).toEqual([]);
    expect(client.endReason).toBeUndefined();
  });

  test("pings after seven seconds of silence, and lets go six seconds later", async () => {
    const node = new MatchNode();
    const client = node.connect();
    expect(await client.send("heartbeat")).toEqual(["heartbeatACK;7000;13000"]);
    await node.stepped.advance(6_999);
    expect(client.take()).toEqual([]);
    await node.stepped.advance(1);
    expect(client.take()).toEqual(["ping"]);
    await node.stepped.advance(5_999);
    expect(client.endReason).toBeUndefined();
    await node.stepped.advance(1);
    expect(client.endReason).toBe("heartbeat_missed");
  });

  test.each(["pong", "list", "anything", ""])("is answered by anything that comes, such as %j", async (message) => {
    const node = new MatchNode();
    const client = node.connect();
    await client.send("heartbeat");
    for (let count = 0; count < 5; count++) {
      await node.stepped.advance(limits.heartbeatMs + limits.pongMs - 1);
      await client.send(message);
    }
    expect(client.endReason).toBeUndefined();
  });

  test("does not ping whoever talks", async () => {
    const node = new MatchNode();
    const client = node.connect();
    await client.send("heartbeat");
    for (let count = 0; count < 20; count++) {
      await node.stepped.advance(limits.heartbeatMs / 2);
      expect(await client.send("ping;1")).toEqual(["pong;1"]);
    }
  });

  test("that is missed is seen by the opponent", async () => {
    const node = new MatchNode();
    const [ana, beto] = [await node.player("ana"), await node.player("beto")];
    const id = await node.host(ana, beto, ["ana", "beto"]);
    await beto.send("heartbeat");
    await node.stepped.advance(limits.heartbeatMs + limits.pongMs);
    expect(ana.take()).toEqual([`absent;${id};beto`]);
    expect(node.log.at(-2)).toBe("User 'beto' disconnected from ip 127.0.0.1: heartbeat missed");
  });
});

test("a flood of commands is slowed down, and every one is answered", async () => {
  const node = new MatchNode();
  const client = node.connect();
  const count = limits.commandsBurst + limits.commandsPerSecond;
  const replies = await client.send(...Array.from({ length: count }, () => "ping"));
  expect(replies.length).toBeLessThan(count);
  await node.stepped.advance(1_100);
  expect(replies.length + client.take().length).toBe(count);
});

test("ping comes back with what it brought", async () => {
  expect(await new MatchNode().connect().send("ping", "ping;17 a", "ping;a;b")).toEqual([
    "pong",
    "pong;17 a",
    "pingERR;Wrong Number of Arguments",
  ]);
});

test("ranks are shown from the best, and around a player", async () => {
  const node = new MatchNode();
  const [ana, beto] = [await node.player("ana"), await node.player("beto")];
  await node.host(ana, beto, ["ana", "beto"]);
  await ana.send("end");
  ana.take();
  expect(await ana.send("top;1", "top;0", "top;101", "around", "around;beto", "around;caio")).toEqual([
    "topACK;1:beto:1",
    "topERR;Invalid count",
    "topERR;Invalid count",
    "aroundACK;1:beto:1;2:ana:0",
    "aroundACK;1:beto:1;2:ana:0",
    "aroundERR;Not on the leaderboard",
  ]);
});
