// Messages that nobody handled, over real HTTP: found, read, sent again and thrown away.

import { describe, expect, test } from "bun:test";

import { Value } from "@sinclair/typebox/value";

import { actor, t } from "#runtime/mod.ts";
import { createSteppedNode } from "#runtime/testing/stepped-node.ts";

import { letterSchema, lettersSchema } from "./dead-letters.ts";
import { startGatewayTo, startStandIn, withToken } from "./stand-in.ts";

/** One actor that crashes as long as it is out of ink. */
function startNode() {
  const ink = { empty: true };
  const Printer = actor("printer", { state: () => ({ pages: [] as string[] }), durable: true })
    .on("print", { in: t.String() }, (printer, page) => {
      if (ink.empty) throw new Error("out of ink");
      printer.state.pages.push(page);
    })
    .read("pages", { out: t.Array(t.String()) }, (printer) => [...printer.state.pages]);
  const node = createSteppedNode([Printer]);
  const gateway = startGatewayTo(node.view);
  return {
    ...node,
    ...gateway,
    ink,
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
    /** Each crash is a letter; between them the actor rests. */
    async lose(...pages: string[]) {
      for (const page of pages) {
        node.stepped.system.ref(Printer, "a").tell.print(page);
        await node.stepped.advance(1_000);
      }
    },
    look: async (path: string): Promise<unknown> => (await node.serve(gateway.get(path, withToken))).json(),
    act: (method: string, path: string) => node.serve(gateway.send(method, path, withToken)),
  };
}

describe("GET /dead-letters", () => {
  test("gives them newest first, page by page, in the documented shape", async () => {
    await using node = startNode();
    await node.lose("one", "two", "three");
    const first = await node.look("/dead-letters?limit=2");
    expect([...Value.Errors(lettersSchema, first)]).toEqual([]);
    expect(first).toMatchObject({
      items: [
        { id: 3, input: "three" },
        { id: 2, input: "two" },
      ],
      next: "2",
    });
    expect(await node.look("/dead-letters?limit=2&after=2")).toMatchObject({ items: [{ id: 1 }] });
    expect(await node.look("/dead-letters?limit=3")).not.toHaveProperty("next");
  });

  test("gives those to actors of a type, and with a reason, page by page", async () => {
    await using node = startNode();
    await node.lose("one", "two", "three");
    const ids = async (query: string) => {
      const { items, next } = (await node.look(`/dead-letters?${query}`)) as { items: { id: number }[]; next?: string };
      return [items.map(({ id }) => id), next];
    };
    expect(await ids("type=printer&limit=2")).toEqual([[3, 2], "2"]);
    expect(await ids("type=printer&limit=2&after=2")).toEqual([[1], undefined]);
    expect(await ids("reason=actor.crashed&type=printer")).toEqual([[3, 2, 1], undefined]);
    expect(await ids("reason=actor.mailbox_full")).toEqual([[], undefined]);
    expect(await ids("type=counter")).toEqual([[], undefined]);
  });

  test.each(["type=", `reason=${"x".repeat(257)}`])("refuses the filter %s", async (query) => {
    await using gateway = startStandIn();
    expect((await gateway.get(`/dead-letters?${query}`, withToken)).status).toBe(422);
  });

  test.each(["0", "-1", "7.5", "last", "1e99"])("refuses the cursor %p", async (after) => {
    await using gateway = startStandIn();
    expect((await gateway.get(`/dead-letters?after=${after}`, withToken)).status).toBe(422);
    expect(gateway.asked).toEqual([]);
  });
});

describe("a dead letter", () => {
  test("says what it was, why it was put aside, and what the actor did last", async () => {
    await using node = startNode();
    await node.lose("one", "two");
    const letter = await node.look("/dead-letters/2");
    expect([...Value.Errors(letterSchema, letter)]).toEqual([]);
    expect(letter).toMatchObject({
      type: "printer",
      key: "a",
      method: "print",
      input: "two",
      inputLost: false,
      reason: "actor.crashed",
      problem: "Crashed in printer/a.print: out of ink",
      turns: [
        { method: "print", outcome: "crashed", agoMs: 0 },
        { method: "print", outcome: "crashed", agoMs: 1_000 },
      ],
    });
  });

  test("is sent again and goes when its message is let in", async () => {
    await using node = startNode();
    await node.lose("one");
    node.ink.empty = false;
    expect((await node.act("POST", "/dead-letters/1/replay")).status).toBe(202);
    await node.stepped.runAll();
    expect(await (await node.act("POST", "/actors/printer/a/pages")).json()).toEqual(["one"]);
    expect(await node.look("/dead-letters")).toEqual({ items: [] });
    expect((await node.act("POST", "/dead-letters/1/replay")).status).toBe(404);
  });

  test("stays when its message is not let in, which is answered as a call is", async () => {
    await using node = startNode();
    await node.lose("one");
    node.view.quarantine("printer", "a", "looked at");
    const response = await node.act("POST", "/dead-letters/1/replay");
    expect(response.status).toBe(423);
    expect(await response.json()).toMatchObject({ code: "actor.quarantined" });
    expect(await node.look("/dead-letters/1")).toMatchObject({ input: "one" });
  });

  test("is thrown away", async () => {
    await using node = startNode();
    await node.lose("one");
    expect((await node.act("DELETE", "/dead-letters/1")).status).toBe(204);
    await node.stepped.runAll();
    expect((await node.act("DELETE", "/dead-letters/1")).status).toBe(404);
  });

  test.each([
    ["GET", "/dead-letters/8", 404],
    ["POST", "/dead-letters/8/replay", 404],
    ["DELETE", "/dead-letters/8", 404],
    ["GET", "/dead-letters/0", 422],
    ["GET", "/dead-letters/one", 422],
    ["POST", "/dead-letters/1.5/replay", 422],
    ["DELETE", "/dead-letters/-1", 422],
  ])("%s %s is %d", async (method, path, status) => {
    await using gateway = startStandIn();
    expect((await gateway.send(method, path, withToken)).status).toBe(status);
  });

  test.each([
    ["GET", "/dead-letters"],
    ["GET", "/dead-letters/7"],
    ["POST", "/dead-letters/7/replay"],
    ["DELETE", "/dead-letters/7"],
  ])("%s %s needs the token", async (method, path) => {
    await using gateway = startStandIn();
    expect((await gateway.send(method, path)).status).toBe(401);
    expect(gateway.asked).toEqual([]);
  });
});
