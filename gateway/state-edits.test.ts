// Replacing the state of an actor over real HTTP: what it is made from, and what is refused.

import { describe, expect, test } from "bun:test";

import { Value } from "@sinclair/typebox/value";

import { actor, t } from "#runtime/mod.ts";
import { createSteppedNode } from "#runtime/testing/stepped-node.ts";

import { startGatewayTo, startStandIn, withToken } from "./stand-in.ts";
import { stateEditSchema } from "./state-edits.ts";

const Counter = actor("counter", { state: () => ({ count: 0 }), durable: true, stateLengthMax: 40 })
  .on("add", { out: t.Integer() }, (counter) => ++counter.state.count)
  .on("wait", {}, (counter) => counter.sleep(1_000));
const Plain = actor("plain", { state: () => ({}) });

const PAGE = "/actors/counter/page%2Fhome";
const json = { ...withToken, "Content-Type": "application/json" };

function startNode() {
  const node = createSteppedNode([Counter, Plain]);
  const gateway = startGatewayTo(node.view);
  const look = (headers: Record<string, string> = {}) => node.serve(gateway.get(PAGE, headers));
  return {
    ...node,
    look,
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
    act: (name: string) => node.serve(gateway.send("POST", `${PAGE}/${name}`, withToken)),
    put: (from: string | undefined, body: unknown = { state: { count: 100 } }, path = PAGE) => {
      const headers = from === undefined ? json : { ...json, "If-Match": from };
      return node.serve(gateway.send("PUT", `${path}/_state`, headers, JSON.stringify(body)));
    },
  };
}

describe("GET /actors/{type}/{key}", () => {
  test("has the tag of the state, and answers 304 to whoever has it", async () => {
    await using node = startNode();
    await node.act("add");
    expect((await node.look()).headers.get("etag")).toBe('"1"');
    for (const known of ['"1"', 'W/"1"', '"7", "1"', "*"]) {
      const response = await node.look({ "If-None-Match": known });
      expect([response.status, response.headers.get("etag"), await response.text()]).toEqual([304, '"1"', ""]);
    }
    expect((await node.look({ "If-None-Match": '"2"' })).status).toBe(200);
  });

  test("has none while a turn is at the state, and for what is not stored", async () => {
    await using node = startNode();
    await node.act("add");
    node.stepped.ref(Counter, "page/home").tell.wait();
    await node.stepped.runAll();
    const response = await node.look();
    expect([response.headers.get("etag"), await response.json()]).toMatchObject([null, { settled: false, commits: 1 }]);
  });
});

describe("PUT /actors/{type}/{key}/_state", () => {
  test.each(["awake", "asleep", "shut"])("puts a state in the place of the one seen (%s)", async (how) => {
    await using node = startNode();
    await node.act("add");
    if (how === "asleep") await node.act("_hibernate");
    if (how === "shut") node.view.quarantine("counter", "page/home", "to be mended");
    const response = await node.put('"1"');
    const body: unknown = await response.json();
    expect([response.status, response.headers.get("etag"), body]).toEqual([200, '"2"', { commits: 2 }]);
    expect([...Value.Errors(stateEditSchema, body)]).toEqual([]);
    if (how === "shut") await node.act("_release");
    expect(await (await node.act("add")).json()).toBe(101);
    expect((await node.look()).headers.get("etag")).toBe('"3"');
  });

  test.each([
    ["not what was seen", '"2"', 412, "precondition_failed"],
    ["a weak tag", 'W/"1"', 412, "precondition_failed"],
    ["two tags", '"1", "2"', 412, "precondition_failed"],
    ["no tag", "1", 412, "precondition_failed"],
    ["whatever there is", "*", 428, "precondition_required"],
    ["nothing that was seen", undefined, 428, "precondition_required"],
  ])("made from %s is refused, and changes nothing", async (_, from, status, code) => {
    await using node = startNode();
    await node.act("add");
    const response = await node.put(from);
    expect([response.status, await response.json()]).toMatchObject([status, { status, code }]);
    expect(await (await node.look()).json()).toMatchObject({ state: { count: 1 }, commits: 1 });
  });

  test.each([
    [{ state: [1] }],
    [{ state: "text" }],
    [{ state: null }],
    [{}],
    [[]],
    [{ state: {}, more: 1 }],
    [{ state: { count: "x".repeat(29) } }],
    [JSON.parse(`{"state":${'{"a":'.repeat(300)}1${"}".repeat(300)}}`)],
  ])("refuses what cannot be a state: %#", async (body) => {
    await using node = startNode();
    await node.act("add");
    expect((await node.put('"1"', body)).status).toBe(422);
    expect(await (await node.look()).json()).toMatchObject({ state: { count: 1 }, commits: 1 });
  });

  test("takes the longest state that the type allows", async () => {
    await using node = startNode();
    await node.act("add");
    expect((await node.put('"1"', { state: { count: "x".repeat(28) } })).status).toBe(200);
  });

  test("of an actor with something to do is a conflict", async () => {
    await using node = startNode();
    await node.act("add");
    node.stepped.ref(Counter, "page/home").tell.wait();
    await node.stepped.runAll();
    await node.look();
    expect(await (await node.put('"1"')).json()).toMatchObject({ status: 409, code: "actor_busy" });
  });

  test.each([
    ["/actors/counter/nobody", 404, "actor_not_found"],
    ["/actors/plain/a", 400, "actor.not_durable"],
    ["/actors/nothing/a", 404, "actor.unknown_type"],
    ["/actors/counter/%00", 400, "actor.bad_key"],
    ["/actors/counter/%FF", 400, "actor.bad_key"],
    ["/actors/acc%6Funt/ana", 403, "state_secret"],
    ["/actors/acc%65ss/tokens", 403, "reserved"],
    ["/actors/audit/log", 403, "reserved"],
  ])("of %s is %d %s", async (path, status, code) => {
    await using node = startNode();
    const response = await node.put('"1"', { state: {} }, path);
    expect([response.status, await response.json()]).toMatchObject([status, { code }]);
  });

  test("without the token it is 401, and nobody is asked", async () => {
    await using gateway = startStandIn();
    const headers = { "Content-Type": "application/json", "If-Match": '"3"' };
    expect((await gateway.send("PUT", `${PAGE}/_state`, headers, '{"state":{}}')).status).toBe(401);
    expect(gateway.asked).toEqual([]);
  });
});
