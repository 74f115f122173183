// Looking at one actor and acting on it, over real HTTP, in front of real actors.

import { describe, expect, test } from "bun:test";

import { Value } from "@sinclair/typebox/value";

import { actor, t } from "#runtime/mod.ts";
import { createSteppedNode } from "#runtime/testing/stepped-node.ts";

import { actorDetailSchema } from "./actor-acts.ts";
import { alarmsSchema } from "./alarms.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { startGatewayTo, startStandIn, withToken } from "./stand-in.ts";

const Counter = actor("counter", { state: () => ({ count: 0 }), durable: true })
  .on("add", { in: t.Object({ amount: t.Integer() }) }, (counter, { amount }) => {
    counter.state.count += amount;
  })
  .on("remind", {}, (counter) => {
    counter.alarm("reset", { afterMs: 60_000, send: "add", input: { amount: 100 } });
    counter.alarm("each/hour", { everyMs: 3_600_000, send: "remind", missed: "skip" });
  })
  .on("wait", {}, (counter) => counter.sleep(1_000));

function startNode() {
  const node = createSteppedNode([Counter]);
  const gateway = startGatewayTo(node.view);
  const json = { ...withToken, "Content-Type": "application/json" };
  return {
    ...node,
    ...gateway,
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
    look: (path: string) => node.serve(gateway.get(path)),
    post: (path: string, body?: object) =>
      node.serve(gateway.send("POST", path, json, body === undefined ? undefined : JSON.stringify(body))),
    delete: (path: string) => node.serve(gateway.send("DELETE", path, withToken)),
  };
}

describe("GET /actors/{type}/{key}", () => {
  test("shows the actor with its state, its alarms and its last turns, in the documented shape", async () => {
    await using node = startNode();
    await node.post("/actors/counter/page%2Fhome/add", { amount: 2 });
    await node.post("/actors/counter/page%2Fhome/remind");
    const response = await node.look("/actors/counter/page%2Fhome");
    expect(response.status).toBe(200);
    const body: unknown = await response.json();
    expect([...Value.Errors(actorDetailSchema, body)]).toEqual([]);
    expect(body).toMatchObject({
      type: "counter",
      key: "page/home",
      status: "idle",
      mailbox: 0,
      turns: 2,
      state: { count: 2 },
      commits: 2,
      alarms: [
        { name: "each/hour", everyMs: 3_600_000, missed: "skip" },
        { name: "reset", input: { amount: 100 } },
      ],
      recent: [
        { method: "remind", outcome: "answered" },
        { method: "add", outcome: "answered" },
      ],
      recorded: "all since it woke",
    });
  });

  test("says how many turns it does not show", async () => {
    await using node = startNode();
    for (let turn = 0; turn < 20; turn++) await node.post("/actors/counter/a/add", { amount: 2 });
    const body = (await (await node.look("/actors/counter/a")).json()) as { recent: unknown[]; recorded: string };
    expect([body.recent.length, body.recorded]).toEqual([16, "the last 16 of 20 since it woke"]);
  });

  test("shows one asleep as it was last committed, and does not wake it", async () => {
    await using node = startNode();
    await node.post("/actors/counter/a/add", { amount: 2 });
    expect((await node.post("/actors/counter/a/_hibernate")).status).toBe(204);
    const recorded: unknown = expect.stringContaining("forgotten when the actor goes to sleep");
    const asleep = { status: "asleep", state: { count: 2 }, commits: 1, turns: 0, recent: [], recorded };
    expect(await (await node.look("/actors/counter/a")).json()).toMatchObject(asleep);
    expect(node.stepped.resident(Counter)).toEqual([]);
  });

  test.each([
    ["/actors/counter/nobody", 404, "actor_not_found"],
    ["/actors/nothing/a", 404, "actor.unknown_type"],
    ["/actors/counter/%00", 400, "actor.bad_key"],
    ["/actors/counter/%FF", 400, "actor.bad_key"],
    ["/actors/nothing/a/alarms", 404, "actor.unknown_type"],
  ])("of %s is %d %s", async (path, status, kind) => {
    await using node = startNode();
    const response = await node.look(path);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type: `urn:correio:problem:${kind}`, status, code: kind });
  });
});

describe("acting on an actor", () => {
  test.each(["_hibernate", "_stop", "_release"])("%s of a type that is not hosted says which are", async (act) => {
    await using node = startNode();
    const response = await node.post(`/actors/nix/a/${act}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ detail: 'Cannot find actor type "nix": this node hosts counter' });
  });

  test("hibernate: one that sleeps already is well, one that is busy is a conflict", async () => {
    await using node = startNode();
    expect((await node.post("/actors/counter/a/_hibernate")).status).toBe(204);
    const waits = node.stepped.system.ref(Counter, "a").wait();
    await node.stepped.runAll();
    const busy = await node.post("/actors/counter/a/_hibernate");
    expect(busy.status).toBe(409);
    expect(await busy.json()).toMatchObject({ type: "urn:correio:problem:actor_busy" });
    await node.stepped.advance(1_000);
    await waits;
  });

  test("stop: it leaves memory and its state stays; one that is not in memory is a conflict", async () => {
    await using node = startNode();
    await node.post("/actors/counter/a/add", { amount: 2 });
    expect((await node.post("/actors/counter/a/_stop")).status).toBe(204);
    await node.stepped.runAll();
    expect(node.stepped.resident(Counter)).toEqual([]);
    expect(await (await node.look("/actors/counter/a")).json()).toMatchObject({ state: { count: 2 } });
    const again = await node.post("/actors/counter/a/_stop");
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ type: "urn:correio:problem:actor_not_in_memory" });
  });

  test("quarantine: nothing is let in until it is released, and the reason is shown", async () => {
    await using node = startNode();
    await node.post("/actors/counter/a/add", { amount: 2 });
    expect((await node.post("/actors/counter/a/_quarantine", { reason: "looked at" })).status).toBe(204);
    const refused = await node.post("/actors/counter/a/add", { amount: 2 });
    expect(refused.status).toBe(423);
    expect(await refused.json()).toMatchObject({
      code: "actor.quarantined",
      detail: expect.not.stringContaining("looked"),
    });
    const shut = { status: "quarantined", quarantine: "looked at", state: { count: 2 } };
    expect(await (await node.look("/actors/counter/a")).json()).toMatchObject(shut);
    expect((await node.post("/actors/counter/a/_release")).status).toBe(204);
    expect((await node.post("/actors/counter/a/add", { amount: 2 })).status).toBe(204);
    expect((await node.post("/actors/counter/a/_release")).status).toBe(409);
  });

  test.each([[{}], [{ reason: "" }], [{ reason: 7 }], [{ reason: "x".repeat(HTTP_LIMITS.reasonCharsMax + 1) }]])(
    "a reason that is none is 422: %j",
    async (body) => {
      await using gateway = startStandIn();
      const headers = { ...withToken, "Content-Type": "application/json" };
      const path = "/actors/counter/a/_quarantine";
      expect((await gateway.send("POST", path, headers, JSON.stringify(body))).status).toBe(422);
      expect(gateway.asked).toEqual([]);
    },
  );

  test.each([
    [{ reason: "x", y: 1 }, 'Cannot accept the request: "y" is no field here; there is reason'],
    [[], 'Cannot accept the request: "body" must be an object with a reason'],
    [undefined, 'Cannot accept the request: "body" must be an object with a reason'],
    [
      {},
      `Cannot accept the request: "reason" must be 1 to ${HTTP_LIMITS.reasonCharsMax} characters: shown to whoever ` +
        "looks at the actor",
    ],
  ])("a body that is no reason is 422 and says what it must be: %j", async (body, detail) => {
    await using node = startNode();
    const response = await node.post("/actors/counter/a/_quarantine", body);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "invalid_request", detail });
  });

  test.each([
    ["text/plain", '{"reason":"x"}', 415],
    ["application/x-www-form-urlencoded", "reason=x", 415],
    ["application/json", '{"reason":', 400],
    ["application/vnd.correio+json", '{"reason":"x"}', 204],
  ])("a reason is read as the body of a call is: %s, %s is %d", async (mediaType, body, status) => {
    await using gateway = startStandIn();
    const headers = { ...withToken, "Content-Type": mediaType };
    expect((await gateway.send("POST", "/actors/counter/a/_quarantine", headers, body)).status).toBe(status);
    expect(gateway.asked.length).toBe(status === 204 ? 1 : 0);
  });

  test("a reason of the longest allowed length is taken", async () => {
    await using gateway = startStandIn();
    const reason = "x".repeat(HTTP_LIMITS.reasonCharsMax);
    const headers = { ...withToken, "Content-Type": "application/json" };
    const path = "/actors/counter/a%2Fb/_quarantine";
    expect((await gateway.send("POST", path, headers, JSON.stringify({ reason }))).status).toBe(204);
    expect(gateway.asked).toEqual([["quarantine", "counter", "a/b", reason]]);
  });

  test.each(["_hibernate", "_stop", "_quarantine", "_release"])("%s needs the token", async (act) => {
    await using gateway = startStandIn();
    expect((await gateway.send("POST", `/actors/counter/a/${act}`)).status).toBe(401);
    expect(gateway.asked).toEqual([]);
  });
});

describe("the alarms of an actor", () => {
  test("are listed, and one that is cancelled does not fire", async () => {
    await using node = startNode();
    await node.post("/actors/counter/a/remind");
    const listed: unknown = await (await node.look("/actors/counter/a/alarms")).json();
    expect([...Value.Errors(alarmsSchema, listed)]).toEqual([]);
    expect(listed).toMatchObject({ items: [{ name: "each/hour" }, { name: "reset", method: "add" }] });
    expect((await node.delete("/actors/counter/a/alarms/reset")).status).toBe(204);
    const left = await (await node.look("/actors/counter/a/alarms")).json();
    expect(left).toMatchObject({ items: [{ name: "each/hour" }] });
    await node.stepped.advance(120_000);
    expect(await (await node.look("/actors/counter/a")).json()).toMatchObject({ state: { count: 0 } });
  });

  test("have names that may hold slashes; one that is not there is 404", async () => {
    await using node = startNode();
    await node.post("/actors/counter/a/remind");
    expect((await node.delete("/actors/counter/a/alarms/each%2Fhour")).status).toBe(204);
    const again = await node.delete("/actors/counter/a/alarms/each%2Fhour");
    expect(again.status).toBe(404);
    expect(await again.json()).toMatchObject({ type: "urn:correio:problem:alarm_not_found" });
    expect((await node.delete("/actors/counter/a/alarms/%FF")).status).toBe(400);
  });

  test("need the token to be cancelled", async () => {
    await using gateway = startStandIn();
    expect((await gateway.send("DELETE", "/actors/counter/a/alarms/reset")).status).toBe(401);
  });
});
