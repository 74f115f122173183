// Pages of actors: in the order of their addresses, without a gap, awake and asleep.
import { describe, expect, test } from "bun:test";

import { Type } from "@sinclair/typebox";

import { actor, session } from "../core/definition.ts";
import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import { ending } from "../testing/outcome.ts";
import { createSteppedNode, type SteppedNode } from "../testing/stepped-node.ts";
import type { ActorQuery, ActorView } from "./view.ts";

const Counter = actor("counter", { state: () => ({ count: 0 }) }).on(
  "add",
  {},
  (counter) => void counter.state.count++,
);
const Match = actor("match", {
  state: () => ({ open: true, round: 0, name: "" }),
  durable: true,
  indexed: ["open", "round"],
})
  .on("play", { in: Type.Integer() }, (match, round) => {
    match.state.round = round;
    match.state.open = round < 3;
  })
  .on("wait", {}, (match) => match.sleep(1_000));
const MatchList = actor("match-list", { state: () => ({}) }).on("add", {}, () => undefined);
const Echo = session("echo-session", { state: () => ({}), message: (client, text: string) => client.send(text) });

const names = (actors: readonly ActorView[]): string[] => actors.map(({ type, key }) => `${type}/${key}`);

/** Follows the cursors from the first page to the last. */
async function walk({ view, serve }: SteppedNode, query: ActorQuery): Promise<string[][]> {
  const pages = [await serve(view.actors(query))];
  for (let next = pages[0]?.next; next !== undefined; next = pages.at(-1)?.next)
    pages.push(await serve(view.actors({ ...query, after: next })));
  return pages.map(({ items }) => names(items));
}

async function createNode() {
  const node = createSteppedNode([Match, MatchList, Counter, Echo]);
  const { system } = node.stepped;
  await node.stepped.started();
  for (const key of ["c", "a", "b"]) system.ref(Counter, key).tell.add();
  system.ref(MatchList, "all").tell.add();
  for (const [key, round] of [
    ["1", 1],
    ["2", 2],
    ["3", 3],
  ] as const)
    system.ref(Match, key).tell.play(round);
  const connection = new ConnectionStandIn(system, Echo, "7");
  await node.stepped.runAll();
  return { ...node, connection };
}

const ALL = [
  "counter/a",
  "counter/b",
  "counter/c",
  "echo-session/7",
  "match-list/all",
  "match/1",
  "match/2",
  "match/3",
];

describe("pages of actors", () => {
  test.each([1, 2, 3, 4, 5, 7, 8, 9])(
    "of %d go through all addresses in order, and the last has no cursor",
    async (limit) => {
      const pages = await walk(await createNode(), { limit });
      expect(pages.flat()).toEqual(ALL);
      expect(pages.length).toBe(Math.ceil(ALL.length / limit));
    },
  );

  test("are the same when durable actors have gone to sleep", async () => {
    const node = await createNode();
    for (const key of ["1", "3"]) node.view.hibernate("match", key);
    expect((await walk(node, { limit: 3 })).flat()).toEqual(ALL);
    const { items } = await node.serve(node.view.actors({ limit: 10, type: "match" }));
    expect(items.map(({ status }) => status)).toEqual(["asleep", "idle", "asleep"]);
    expect(items[0]).toEqual({
      type: "match",
      key: "1",
      status: "asleep",
      mailbox: 0,
      mailboxBytes: 0,
      turns: 0,
      idleMs: 0,
    });
  });

  test("can be of one type; one that is not hosted is no type, and those that are are named", async () => {
    const node = await createNode();
    expect(await walk(node, { limit: 2, type: "counter" })).toEqual([["counter/a", "counter/b"], ["counter/c"]]);
    expect(await ending(node.serve(node.view.actors({ limit: 10, type: "nothing" })))).toMatchObject({
      code: "actor.unknown_type",
      error: { message: 'Cannot find actor type "nothing": this node hosts match, match-list, counter, echo-session' },
    });
  });

  test("can be of keys that begin alike", async () => {
    const node = await createNode();
    node.stepped.system.ref(Counter, "ab").tell.add();
    await node.stepped.runAll();
    expect(await walk(node, { limit: 1, keyPrefix: "a" })).toEqual([["counter/a"], ["counter/ab"], ["match-list/all"]]);
  });

  test("go on behind the cursor when the actor under it has gone, and when it was the last of its type", async () => {
    const { view, serve } = await createNode();
    const after = async (cursor: string) => names((await serve(view.actors({ limit: 2, after: cursor }))).items);
    expect(await after("counter/bb")).toEqual(["counter/c", "echo-session/7"]);
    expect(await after("match-list/zebra")).toEqual(["match/1", "match/2"]);
    expect(await after("match/zebra")).toEqual([]);
  });

  test.each(["", "/", "zebra", "counter", "counter/", "/a", "dice/7", "counter/a\0", "\0", "\xff", "%FF", "Counter/a"])(
    "do not go on from a text that is no cursor: %j",
    async (after) => {
      const { view } = await createNode();
      await expect(view.actors({ limit: 2, after })).rejects.toMatchObject({ code: "actor.bad_input" });
    },
  );

  test("do not go on from the cursor of another type than they are of", async () => {
    const { view } = await createNode();
    const query = { limit: 2, type: "counter", after: "match/1" };
    await expect(view.actors(query)).rejects.toMatchObject({ code: "actor.bad_input" });
  });

  test("say what waits, what ran and how long each has been idle", async () => {
    const { stepped, view, serve } = await createNode();
    await stepped.advance(250);
    stepped.system.ref(Counter, "b").tell.add();
    const page = view.actors({ limit: 2 });
    const [idle, ready] = (await serve(page)).items;
    expect(idle).toMatchObject({ key: "a", status: "idle", mailbox: 0, turns: 1, idleMs: 250 });
    expect(ready).toMatchObject({ key: "b", turns: 1 });
  });
});

describe("pages of actors of one status", () => {
  test("asleep, idle and running", async () => {
    const node = await createNode();
    node.view.hibernate("match", "1");
    const waits = node.stepped.system.ref(Match, "2").wait();
    await node.stepped.runAll();
    const of = async (status: ActorView["status"]) => (await walk(node, { limit: 2, status })).flat();
    expect(await of("asleep")).toEqual(["match/1"]);
    expect(await of("running")).toEqual(["match/2"]);
    expect(await of("idle")).toEqual(ALL.filter((name) => name !== "match/1" && name !== "match/2"));
    await node.stepped.advance(1_000);
    await waits;
  });

  test("quarantined, though they are neither in memory nor stored", async () => {
    const node = await createNode();
    for (const key of ["z", "y", "x"]) node.view.quarantine("counter", key, "looked at");
    node.view.quarantine("match", "2", "looked at");
    await node.stepped.runAll();
    const pages = await walk(node, { limit: 2, status: "quarantined" });
    expect(pages).toEqual([
      ["counter/x", "counter/y"],
      ["counter/z", "match/2"],
    ]);
    expect(await walk(node, { limit: 2, status: "quarantined", keyPrefix: "z" })).toEqual([["counter/z"]]);
  });
});

describe("pages of actors by a field of their state", () => {
  test("are of those that committed this value, awake or asleep", async () => {
    const node = await createNode();
    node.view.hibernate("match", "1");
    const where = { field: "open", value: true };
    expect(await walk(node, { limit: 1, type: "match", where })).toEqual([["match/1"], ["match/2"]]);
    expect(await walk(node, { limit: 5, type: "match", where: { field: "round", value: 3 } })).toEqual([["match/3"]]);
    expect(await walk(node, { limit: 5, type: "match", where: { field: "round", value: "3" } })).toEqual([[]]);
  });

  test("need a type, and a field that it declares", async () => {
    const { view } = await createNode();
    const where = { field: "name", value: "" };
    await expect(view.actors({ limit: 1, where })).rejects.toMatchObject({ code: "actor.bad_input" });
    await expect(view.actors({ limit: 1, where, type: "match" })).rejects.toMatchObject({ code: "actor.bad_input" });
    await expect(view.actors({ limit: 1, where, type: "counter" })).rejects.toMatchObject({ code: "actor.bad_input" });
  });
});

async function busyNode() {
  const node = await createNode();
  const { system } = node.stepped;
  for (const key of ["a", "b", "b"]) system.ref(Counter, key).tell.add();
  await node.stepped.runAll();
  system.ref(Match, "2").tell.wait();
  await node.stepped.runAll();
  for (let count = 0; count < 3; count++) system.ref(Match, "2").tell.play(1);
  system.ref(Counter, "c").tell.add();
  return node;
}

describe("actors in memory, sorted", () => {
  test("are those with the fullest mailboxes, most first", async () => {
    const { view } = await busyNode();
    const most = view.sortedActors({ sort: "mailbox", limit: 2 });
    expect(most.map(({ type, key, mailbox }) => [`${type}/${key}`, mailbox])).toEqual([
      ["match/2", 3],
      ["counter/c", 1],
    ]);
  });

  test("are those with the most turns, of a type, a key and a status where that is asked for", async () => {
    const { view } = await busyNode();
    expect(names(view.sortedActors({ sort: "turns", limit: 9, type: "counter" }))).toEqual([
      "counter/b",
      "counter/a",
      "counter/c",
    ]);
    expect(names(view.sortedActors({ sort: "turns", limit: 1, type: "counter", keyPrefix: "a" }))).toEqual([
      "counter/a",
    ]);
    expect(names(view.sortedActors({ sort: "turns", limit: 9, status: "running" }))).toEqual(["match/2"]);
  });

  test("of a type that is not hosted are none", async () => {
    const { view } = await busyNode();
    expect(() => view.sortedActors({ sort: "turns", limit: 9, type: "nix" })).toThrow("Cannot find actor type");
  });
});
