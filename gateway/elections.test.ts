// How elections went, at /servers/elections over real HTTP: page after page, and where there are no servers.

import { describe, expect, test } from "bun:test";

import { Value } from "@sinclair/typebox/value";

import { electionsExample, electionsSchema } from "./elections.ts";
import { createView, startGatewayTo, startStandIn } from "./stand-in.ts";
import { codeOf } from "./test-answers.ts";

describe("how elections went", () => {
  test("needs no token, and is as documented", async () => {
    await using gateway = startStandIn();
    const body: unknown = await (await gateway.get("/servers/elections")).json();
    expect([...Value.Errors(electionsSchema, body)]).toEqual([]);
    expect(body).toEqual({ items: electionsExample.items });
  });

  test("comes page after page: each says where the next begins", async () => {
    await using gateway = startStandIn();
    expect(await (await gateway.get("/servers/elections?limit=2")).json()).toEqual({
      items: electionsExample.items.slice(0, 2),
      next: "6",
    });
    await gateway.get("/servers/elections?limit=2&before=6");
    expect(gateway.asked).toEqual([
      ["elections", { count: 3 }],
      ["elections", { count: 3, before: 6 }],
    ]);
  });

  test.each(["?limit=0", "?limit=501", "?before=0", "?before=x"])("is 422 beyond the bounds: %s", async (query) => {
    await using gateway = startStandIn();
    expect(await codeOf(await gateway.get(`/servers/elections${query}`))).toEqual([422, "invalid_request"]);
  });

  test("is 404 where messaging is switched off", async () => {
    await using gateway = startGatewayTo(createView([]));
    expect(await codeOf(await gateway.get("/servers/elections"))).toEqual([404, "no_messaging"]);
  });
});
