// Topics and their subscribers over real HTTP: they name rooms and persons, so nobody sees them without the token.

import { describe, expect, test } from "bun:test";

import { Value } from "@sinclair/typebox/value";

import { HTTP_LIMITS } from "./limits.ts";
import { startStandIn, withToken } from "./stand-in.ts";
import { subscribersSchema, topicsSchema } from "./topics.ts";

describe("GET /topics", () => {
  test("gives one page in the documented shape", async () => {
    await using gateway = startStandIn();
    const response = await gateway.get("/topics?prefix=news%2F&limit=1&after=news%2Fa", withToken);
    expect([...Value.Errors(topicsSchema, await response.json())]).toEqual([]);
    expect(gateway.asked).toEqual([{ prefix: "news/", limit: 1, after: "news/a" }]);
  });

  test.each(["limit=501", "limit=0", "prefix=", `prefix=${"x".repeat(HTTP_LIMITS.cursorCharsMax + 1)}`])(
    "refuses %s",
    async (query) => {
      await using gateway = startStandIn();
      expect((await gateway.get(`/topics?${query}`, withToken)).status).toBe(422);
    },
  );
});

describe("GET /topics/{topic}/subscribers", () => {
  test("gives one page in the documented shape", async () => {
    await using gateway = startStandIn();
    const response = await gateway.get("/topics/news%2Fsports/subscribers?limit=7&after=counter%2Fa", withToken);
    expect([...Value.Errors(subscribersSchema, await response.json())]).toEqual([]);
    expect(gateway.asked).toEqual([["subscribers", "news/sports", { limit: 7, after: "counter/a" }]]);
  });

  test("is 404 where nobody has subscribed", async () => {
    await using gateway = startStandIn();
    const response = await gateway.get("/topics/news%2Fnone/subscribers", withToken);
    expect([response.status, await response.json()]).toMatchObject([404, { code: "topic_not_found" }]);
  });

  test.each(["%E0%A4%A", "x".repeat(HTTP_LIMITS.cursorCharsMax + 1)])("refuses the topic %p", async (topic) => {
    await using gateway = startStandIn();
    expect((await gateway.get(`/topics/${topic}/subscribers`, withToken)).status).toBe(422);
    expect(gateway.asked).toEqual([]);
  });
});

test.each(["/topics", "/t%6Fpics", "/topics/news%2Fsports/subscribers"])(
  "without the token %s is 401",
  async (path) => {
    await using gateway = startStandIn();
    expect((await gateway.get(path)).status).toBe(401);
    expect(gateway.asked).toEqual([]);
  },
);
