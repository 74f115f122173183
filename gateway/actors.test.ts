// GET /actors over real HTTP.

import { describe, expect, test } from "bun:test";

import { Value } from "@sinclair/typebox/value";

import { createSteppedNode } from "#runtime/testing/stepped-node.ts";

import { actorsSchema } from "./actors.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { startGatewayTo, startStandIn } from "./stand-in.ts";
import { Counter, Odd } from "./test-actors.ts";

describe("GET /actors", () => {
  test("gives one page, in the documented shape, and no type", async () => {
    await using gateway = startStandIn();
    const response = await gateway.get("/actors");
    expect(response.status).toBe(200);
    const body: unknown = await response.json();
    expect(Value.Check(actorsSchema, body)).toBe(true);
    expect(body).toMatchObject({ items: [{ key: "page/home" }], next: "counter/page/home" });
    expect(body).not.toHaveProperty("types");
  });

  test("asks for 50 when no limit is given, and names neither type nor cursor", async () => {
    await using gateway = startStandIn();
    await gateway.get("/actors");
    expect(gateway.asked).toEqual([{ limit: 50 }]);
  });

  test("passes type, limit and cursor on", async () => {
    await using gateway = startStandIn();
    await gateway.get(`/actors?type=counter&limit=500&after=${encodeURIComponent("counter/page/home")}`);
    expect(gateway.asked).toEqual([{ type: "counter", limit: 500, after: "counter/page/home" }]);
  });

  test.each(["0", "-1", "501", "7.5", "many", "", "1e99", "NaN"])(
    "refuses the limit %p and says what it may be",
    async (limit) => {
      await using gateway = startStandIn();
      const response = await gateway.get(`/actors?limit=${limit}`);
      expect(response.status).toBe(422);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(await response.json()).toMatchObject({
        type: "urn:correio:problem:invalid_request",
        status: 422,
        detail: expect.stringContaining('"limit" must be a whole number from 1 to 500'),
      });
      expect(gateway.asked).toEqual([]);
    },
  );

  test("takes a type and a cursor of the longest allowed length, and no longer", async () => {
    await using gateway = startStandIn();
    const { nameCharsMax, cursorCharsMax } = HTTP_LIMITS;
    const statusOf = async (query: string): Promise<number> => (await gateway.get(`/actors?${query}`)).status;
    expect(await statusOf(`type=${"t".repeat(nameCharsMax)}`)).toBe(200);
    expect(await statusOf(`type=${"t".repeat(nameCharsMax + 1)}`)).toBe(422);
    expect(await statusOf(`after=${"c".repeat(cursorCharsMax)}`)).toBe(200);
    expect(await statusOf(`after=${"c".repeat(cursorCharsMax + 1)}`)).toBe(422);
  });

  test("passes key prefix and status on", async () => {
    await using gateway = startStandIn();
    await gateway.get(`/actors?keyPrefix=${encodeURIComponent("page/")}&status=asleep`);
    expect(gateway.asked).toEqual([{ keyPrefix: "page/", status: "asleep", limit: 50 }]);
  });

  test.each([
    ["7", 7],
    ["-1.5", -1.5],
    ["true", true],
    ["false", false],
    ['"7"', "7"],
    ["open", "open"],
    ["null", "null"],
    ["1e999", "1e999"],
    ["{}", "{}"],
  ])("reads the value %s of a field as JSON where a field may hold that, and else as a text", async (text, value) => {
    await using gateway = startStandIn();
    await gateway.get(`/actors?type=counter&field=count&value=${encodeURIComponent(text)}`);
    expect(gateway.asked).toEqual([{ type: "counter", where: { field: "count", value }, limit: 50 }]);
  });

  test("of a type that is not hosted is 404, and says which are", async () => {
    const { view, serve } = createSteppedNode([Counter, Odd]);
    await using gateway = startGatewayTo(view);
    const response = await serve(gateway.get("/actors?type=nope"));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      code: "actor.unknown_type",
      detail: 'Cannot find actor type "nope": this node hosts counter, odd',
    });
  });

  test.each(["zzz", "nix/a", "counter", "counter/", "%00", "counter/%00", "/a"])(
    "goes on from no other cursor than it gave: %s is 422",
    async (after) => {
      const { view, serve } = createSteppedNode([Counter, Odd]);
      await using gateway = startGatewayTo(view);
      const response = await serve(gateway.get(`/actors?after=${after}`));
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({
        code: "actor.bad_input",
        detail: 'Cannot go on after this cursor: it is no "<type>/<key>" of a type that is listed, as `next` is one',
      });
    },
  );

  test.each(["status=sleepy", "field=count", "value=7", "keyPrefix=", "type="])("refuses %p", async (query) => {
    await using gateway = startStandIn();
    const response = await gateway.get(`/actors?${query}`);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ type: "urn:correio:problem:invalid_request" });
    expect(gateway.asked).toEqual([]);
  });

  test("in memory come sorted, those with most first, without a next page", async () => {
    await using gateway = startStandIn();
    const body: unknown = await (await gateway.get("/actors?sort=turns&limit=7&type=counter&status=idle")).json();
    expect([...Value.Errors(actorsSchema, body)]).toEqual([]);
    expect(body).not.toHaveProperty("next");
    expect(gateway.asked).toEqual([{ sort: "turns", limit: 7, type: "counter", status: "idle" }]);
  });

  test.each(["sort=age", "sort=turns&after=counter%2Fa", "sort=turns&type=counter&field=count&value=7"])(
    "refuses to sort by %p",
    async (query) => {
      await using gateway = startStandIn();
      expect((await gateway.get(`/actors?${query}`)).status).toBe(422);
      expect(gateway.asked).toEqual([]);
    },
  );

  test("says of a status that is none which there are", async () => {
    await using gateway = startStandIn();
    const { detail } = (await (await gateway.get("/actors?status=sleepy")).json()) as { detail: string };
    expect(detail).toContain('"status" must be one of idle, ready, running, suspended, waking, resting, asleep');
  });
});
