// GET /actors/types over real HTTP.

import { expect, test } from "bun:test";

import { Value } from "@sinclair/typebox/value";

import { actorTypesSchema } from "./actor-types.ts";
import { startStandIn } from "./stand-in.ts";

test("GET /actors/types gives each type with its methods and their schemas, in the documented shape", async () => {
  await using gateway = startStandIn();
  const response = await gateway.get("/actors/types");
  expect(response.status).toBe(200);
  const body: unknown = await response.json();
  expect([...Value.Errors(actorTypesSchema, body)]).toEqual([]);
  expect(body).toMatchObject({
    items: [
      {
        type: "counter",
        durable: true,
        indexed: ["count"],
        methods: [{ name: "add", in: { properties: { amount: { type: "integer" } } } }, { name: "clear" }, {}],
      },
    ],
  });
});
