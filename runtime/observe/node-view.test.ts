// The node as an operator sees it: pages that follow one another without a gap, and one act.
import { describe, expect, test } from "bun:test";

import { Type } from "@sinclair/typebox";

import { actor, session } from "../core/definition.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import type { NetFigures } from "./figures.ts";
import { createNodeView } from "./node-view.ts";
import { figuresOf } from "./test-connection.ts";
import type { NodeView, NotReady } from "./view.ts";

const Counter = actor("counter", { state: () => ({ count: 0 }) })
  .on("add", {}, (counter) => void counter.state.count++)
  .read("value", { out: Type.Integer() }, (counter) => counter.state.count);
const Echo = session("echo-session", { state: () => ({}), message: (client, text: string) => client.send(text) });

const ended: string[] = [];
const endOf = (id: string) => ({ end: (reason: string): void => void ended.push(`${id}: ${reason}`) });

function createNode(connectionIds: readonly string[] = []) {
  const stepped = new SteppedSystem([Counter, Echo]);
  const connections = new Map(connectionIds.map((id) => [id, figuresOf(id, endOf(id))]));
  const none = {
    accepted: 0,
    bytesIn: 0,
    messagesIn: 0,
    messagesOut: 0,
    pauses: 0,
    refused: new Map(),
    dialFailed: new Map(),
    ended: new Map(),
  };
  const net: NetFigures = {
    stats: none,
    connections,
    connectionCount: () => connections.size,
    bytesOut: () => 0,
    outboundBytes: () => 0,
  };
  const phase: { notReady: NotReady | undefined } = { notReady: undefined };
  const view = createNodeView({
    system: stepped.system,
    net,
    serverId: "posto-1",
    version: "1.2.3",
    notReady: () => phase.notReady,
    metrics: async () => "metrics\n",
  });
  return { stepped, connections, phase, view };
}

/** Follows the cursors from the first page to the last. */
function idsOf(view: NodeView, limit: number): string[][] {
  const pages = [view.sessions({ limit })];
  for (let next = pages[0]?.next; next !== undefined; next = pages.at(-1)?.next)
    pages.push(view.sessions({ limit, after: next }));
  return pages.map(({ items }) => items.map(({ id }) => id));
}

describe("the view of a node", () => {
  test("says who it is, how long it has been up, and whether it is ready", async () => {
    const { stepped, phase, view } = createNode();
    const startedAt = stepped.clock.unixMs();
    await stepped.clock.advance(1_500);
    expect(view.about()).toEqual({ serverId: "posto-1", version: "1.2.3", startedAt, uptimeMs: 1_500 });
    expect(view.readiness()).toEqual({ ready: true });
    phase.notReady = { why: "draining" };
    expect(view.readiness()).toEqual({ ready: false, why: "draining" });
    expect(await view.metrics()).toBe("metrics\n");
  });

  test("lists the types with their methods and live instances", () => {
    const { stepped, view } = createNode();
    stepped.system.ref(Counter, "a").tell.add();
    expect(view.actorTypes()).toMatchObject([
      {
        type: "counter",
        kind: "actor",
        durable: false,
        indexed: [],
        live: 1,
        methods: [
          { name: "add", kind: "write" },
          { name: "value", kind: "read" },
        ],
      },
      { type: "echo-session", kind: "session", live: 0 },
    ]);
  });
});

describe("pages of sessions", () => {
  test.each([
    [1, [["1"], ["2"], ["3"], ["4"], ["5"]]],
    [2, [["1", "2"], ["3", "4"], ["5"]]],
    [5, [["1", "2", "3", "4", "5"]]],
    [100, [["1", "2", "3", "4", "5"]]],
  ])("of %d follow one another without a gap, and the last has no cursor", async (limit, pages) => {
    expect(await idsOf(createNode(["1", "2", "3", "4", "5"]).view, limit)).toEqual(pages);
  });

  test("counts up also where ids carry the epoch of their process", async () => {
    const ids = ["7-8", "7-9", "7-10", "7-11"];
    expect(await idsOf(createNode(ids).view, 2)).toEqual([ids.slice(0, 2), ids.slice(2)]);
  });

  test("of nothing are one empty page", () => {
    expect(createNode().view.sessions({ limit: 10 })).toEqual({ items: [] });
  });

  test("carry what is known of each connection, and nothing it could be changed by", () => {
    const { end: _, sessionAddress: actorAddress, ...figures } = figuresOf("1");
    expect(createNode(["1"]).view.sessions({ limit: 1 }).items).toEqual([{ ...figures, actor: actorAddress }]);
  });

  test("go on where they stood when others leave and come", () => {
    const { connections, view } = createNode(["1", "2", "3", "4"]);
    const { next } = view.sessions({ limit: 2 });
    connections.delete("1");
    connections.set("5", figuresOf("5"));
    expect(view.sessions({ limit: 5, after: next as string }).items.map(({ id }) => id)).toEqual(["3", "4", "5"]);
  });

  test("go on behind the cursor when the session under it has gone", () => {
    const { view } = createNode(["1", "3", "10"]);
    expect(view.sessions({ limit: 1, after: "2" }).items.map(({ id }) => id)).toEqual(["3"]);
  });

  test.each(["", "zzz", "7-", "1.5", "-", "1e3"])("do not go on from a text that is no cursor: %j", (after) => {
    expect(() => createNode(["1", "2"]).view.sessions({ limit: 1, after })).toThrow("Cannot go on after this cursor");
  });

  test("a session is disconnected once, and one that is not there is not", () => {
    const { connections, view } = createNode(["1"]);
    ended.length = 0;
    expect(view.disconnect("1")).toBe(true);
    expect(view.disconnect("2")).toBe(false);
    expect(ended).toEqual(["1: disconnected_by_operator"]);
    connections.clear();
    expect(view.disconnect("1")).toBe(false);
  });
});
