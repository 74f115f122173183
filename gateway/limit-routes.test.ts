// Limits over real HTTP: listed, looked at, and changed from the value that was seen.

import { describe, expect, test } from "bun:test";

import { Value } from "@sinclair/typebox/value";

import { limitSchema, limitsSchema } from "./limit-routes.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { startStandIn, withToken } from "./stand-in.ts";

const json = { ...withToken, "Content-Type": "application/json" };

interface LimitsPage {
  readonly items: readonly { readonly name: string; readonly unit: string; readonly value: number }[];
  readonly next?: string;
}

async function page(path: string): Promise<LimitsPage> {
  await using gateway = startStandIn();
  const body: unknown = await (await gateway.get(path)).json();
  expect([...Value.Errors(limitsSchema, body)]).toEqual([]);
  return body as LimitsPage;
}

describe("GET /limits", () => {
  test("lists those of the runtime and those of the gateway, each with its unit", async () => {
    const { items, next } = await page("/limits?limit=500");
    expect(next).toBeUndefined();
    expect(items).toHaveLength(Object.keys(HTTP_LIMITS).length + 2);
    expect(items.map(({ name }) => name)).toEqual(items.map(({ name }) => name).toSorted());
    const unitOf = (wanted: string) => items.find(({ name }) => name === wanted)?.unit;
    expect(unitOf("gateway.requestBodyBytesMax")).toBe("bytes");
    expect(unitOf("gateway.requestIdleSecondsMax")).toBe("s");
    expect(unitOf("gateway.callTimeoutMsMax")).toBe("ms");
    expect(unitOf("gateway.reasonCharsMax")).toBe("UTF-16 code units");
    expect(unitOf("gateway.pageItemsMax")).toBe("count");
  });

  test("comes page by page without a gap", async () => {
    const names: string[] = [];
    for (let path = "/limits?limit=3"; path !== "";) {
      const { items, next } = await page(path);
      names.push(...items.map(({ name }) => name));
      path = next === undefined ? "" : `/limits?limit=3&after=${next}`;
    }
    expect(names).toEqual((await page("/limits?limit=500")).items.map(({ name }) => name));
  });

  test("lists only those that can be changed, where that is asked for", async () => {
    expect((await page("/limits?changeable=true")).items.map(({ name }) => name)).toEqual(["connectionsMax"]);
    expect((await page("/limits?changeable=false&limit=500")).items.map(({ name }) => name)).toContain("turnsPerSlice");
  });

  test.each(["limit=501", "limit=0", "changeable=perhaps", "after="])("refuses %s", async (query) => {
    await using gateway = startStandIn();
    expect((await gateway.get(`/limits?${query}`)).status).toBe(422);
  });
});

describe("GET /limits/{name}", () => {
  test("shows one with its tag, and answers 304 to whoever has it", async () => {
    await using gateway = startStandIn();
    const response = await gateway.get("/limits/connectionsMax");
    expect(response.headers.get("etag")).toBe('"0"');
    expect([...Value.Errors(limitSchema, await response.json())]).toEqual([]);
    expect((await gateway.get("/limits/connectionsMax", { "If-None-Match": '"0"' })).status).toBe(304);
  });

  test.each(["nothing", "constructor", "gateway.nothing"])("is 404 for %s", async (name) => {
    await using gateway = startStandIn();
    expect((await gateway.get(`/limits/${name}`)).status).toBe(404);
  });
});

describe("PUT /limits/{name}", () => {
  test("changes it, with and without the tag of what was seen", async () => {
    await using gateway = startStandIn();
    const put = (value: number, headers = {}) =>
      gateway.send("PUT", "/limits/connectionsMax", { ...json, ...headers }, JSON.stringify({ value }));
    const first = await put(5, { "If-Match": '"0"' });
    expect([first.status, first.headers.get("etag"), await first.json()]).toMatchObject([200, '"1"', { value: 5 }]);
    const stale = await put(6, { "If-Match": '"0"' });
    expect([stale.status, await stale.json()]).toMatchObject([412, { code: "precondition_failed" }]);
    expect((await put(7, { "If-Match": 'W/"1"' })).status).toBe(412);
    expect((await put(8, { "If-Match": "*" })).status).toBe(200);
    expect(await (await put(9)).json()).toMatchObject({ value: 9, changes: 3 });
  });

  test.each([
    ["turnsPerSlice", { value: 1 }, 409, "limit_fixed"],
    ["gateway.pageItemsMax", { value: 1 }, 409, "limit_fixed"],
    ["nothing", { value: 1 }, 404, "limit_not_found"],
    ["connectionsMax", { value: 0 }, 422, "invalid_request"],
    ["connectionsMax", { value: "5" }, 422, "invalid_request"],
    ["connectionsMax", { value: 5, more: 1 }, 422, "invalid_request"],
    ["connectionsMax", {}, 422, "invalid_request"],
  ])("of %s with %j is refused: %d %s", async (name, body, status, code) => {
    await using gateway = startStandIn();
    const response = await gateway.send("PUT", `/limits/${name}`, json, JSON.stringify(body));
    expect([response.status, await response.json()]).toMatchObject([status, { code }]);
    expect(await (await gateway.get("/limits/connectionsMax")).json()).toMatchObject({ value: 16_000 });
  });

  test("without the token it is 401, and nothing changes", async () => {
    await using gateway = startStandIn();
    const headers = { "Content-Type": "application/json" };
    expect((await gateway.send("PUT", "/limits/connectionsMax", headers, '{"value":5}')).status).toBe(401);
    expect(gateway.asked).toEqual([]);
  });
});
