// The process over real HTTP: what it is, and its end.

import { describe, expect, test } from "bun:test";

import { Value } from "@sinclair/typebox/value";

import { HTTP_LIMITS } from "./limits.ts";
import { createView, startGatewayTo, startStandIn, withToken } from "./stand-in.ts";
import { systemSchema } from "./system.ts";

const json = { ...withToken, "Content-Type": "application/json" };

describe("GET /system", () => {
  test("shows who it is, what it takes and how it is set, in the documented shape", async () => {
    await using gateway = startStandIn();
    const body: unknown = await (await gateway.get("/system")).json();
    expect([...Value.Errors(systemSchema, body)]).toEqual([]);
    expect(body).toMatchObject({
      serverId: "node-1",
      pid: 4_711,
      ready: true,
      ports: { tcp: 5_000 },
      counts: { actors: 3 },
    });
  });

  test("says why the node is not ready", async () => {
    await using gateway = startStandIn({ readiness: () => ({ ready: false, why: "draining" }) });
    expect(await (await gateway.get("/system")).json()).toMatchObject({ ready: false, why: "draining" });
  });

  test("is not there where there is only a view, and no process", async () => {
    await using gateway = startGatewayTo(createView([]), { process: undefined });
    expect((await gateway.get("/system")).status).toBe(404);
  });
});

describe("POST /system/drain", () => {
  test("begins the end with its reason and answers 202; a second is a conflict", async () => {
    await using gateway = startStandIn();
    const first = await gateway.send("POST", "/system/drain", json, '{"reason":"a newer version"}');
    expect([first.status, await first.text()]).toEqual([202, ""]);
    const second = await gateway.send("POST", "/system/drain", json, "{}");
    expect([second.status, await second.json()]).toMatchObject([409, { code: "draining_already" }]);
    expect(gateway.asked).toEqual([
      ["drain", "a newer version"],
      ["drain", undefined],
    ]);
  });

  test("needs no reason, and no body", async () => {
    await using gateway = startStandIn();
    expect((await gateway.send("POST", "/system/drain", withToken)).status).toBe(202);
  });

  test.each([
    ['{"reason":""}', 422],
    [JSON.stringify({ reason: "x".repeat(HTTP_LIMITS.reasonCharsMax + 1) }), 422],
    ['{"why":"so"}', 422],
    ["[]", 422],
    ["null", 422],
    ["{", 400],
  ])("refuses %s", async (body, status) => {
    await using gateway = startStandIn();
    expect((await gateway.send("POST", "/system/drain", json, body)).status).toBe(status);
    expect(gateway.asked).toEqual([]);
  });

  test("takes the longest reason", async () => {
    await using gateway = startStandIn();
    const body = JSON.stringify({ reason: "x".repeat(HTTP_LIMITS.reasonCharsMax) });
    expect((await gateway.send("POST", "/system/drain", json, body)).status).toBe(202);
  });

  test("without the token it is 401, and nothing ends", async () => {
    await using gateway = startStandIn();
    expect((await gateway.send("POST", "/system/drain")).status).toBe(401);
    expect(gateway.asked).toEqual([]);
  });
});
