// The messaging servers at /servers over real HTTP: looked at, told the time, announced; and all that may go wrong.

import { describe, expect, test } from "bun:test";

import type { TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

import type { Outcome } from "#actors/servers/administration.ts";

import { clocksExample, electionExample, overviewExample, readingExample } from "./server-examples.ts";
import { clocksSchema, electionSchema, overviewSchema } from "./server-schemas.ts";
import { createView, startGatewayTo, startStandIn, withToken } from "./stand-in.ts";

const json = { ...withToken, "Content-Type": "application/json" };
const POSTS = [
  ["/servers/alfa/clock", { differenceMs: 20 }],
  ["/servers/announcement", { coordinator: "beta" }],
] as const;

async function codeOf(response: Response): Promise<readonly [status: number, code: string]> {
  const { status, code } = (await response.json()) as { status: number; code: string };
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.status).toBe(status);
  return [status, code];
}

describe("looking", () => {
  test.each([
    ["/servers", overviewSchema, overviewExample],
    ["/servers/clocks", clocksSchema, clocksExample],
    ["/servers/election", electionSchema, electionExample],
  ] as readonly [string, TSchema, object][])(
    "at %s needs no token, and is as documented",
    async (path, schema, all) => {
      await using gateway = startStandIn();
      const response = await gateway.get(path);
      expect(response.status).toBe(200);
      const body: unknown = await response.json();
      expect([...Value.Errors(schema, body)]).toEqual([]);
      expect(body).toEqual(all);
    },
  );

  test("at how this server stands works while its home is silent: then there are no queues", async () => {
    await using gateway = startStandIn({}, { queues: async () => undefined, list: async () => undefined });
    expect(await (await gateway.get("/servers")).json()).toEqual({ own: overviewExample.own });
  });

  test.each(["/servers/clocks", "/servers/election"])("at %s is 504 while the home is silent", async (path) => {
    await using gateway = startStandIn({}, { list: async () => undefined });
    expect(await codeOf(await gateway.get(path))).toEqual([504, "home_silent"]);
  });
});

describe("setting a clock", () => {
  test.each([{ time: 1_735_689_600.5 }, { differenceMs: -250.5 }])(
    "by %p answers what it shows then",
    async (change) => {
      await using gateway = startStandIn();
      const path = `/servers/${encodeURIComponent("olá mundo")}/clock`;
      const response = await gateway.send("POST", path, json, JSON.stringify(change));
      expect([response.status, await response.json()]).toEqual([200, readingExample]);
      expect(gateway.asked).toEqual([["setClock", "olá mundo", change]]);
    },
  );

  test.each(['{"time":1,"differenceMs":1}', "{}", '{"time":"1"}', '{"time":1,"more":1}', "[]", ""])(
    "by %p is refused, and nobody is told",
    async (body) => {
      await using gateway = startStandIn();
      const response = await gateway.send("POST", "/servers/alfa/clock", json, body);
      expect(await codeOf(response)).toEqual([422, "invalid_request"]);
      expect(gateway.asked).toEqual([]);
    },
  );

  test("of a name that is too long is refused", async () => {
    await using gateway = startStandIn();
    const response = await gateway.send("POST", `/servers/${"x".repeat(65)}/clock`, json, '{"time":1}');
    expect(await codeOf(response)).toEqual([422, "invalid_request"]);
  });
});

describe("an announcement", () => {
  test("is answered with 204 once it is published", async () => {
    await using gateway = startStandIn();
    const response = await gateway.send("POST", "/servers/announcement", json, '{"coordinator":"beta"}');
    expect([response.status, await response.text()]).toEqual([204, ""]);
    expect(gateway.asked).toEqual([["announce", "beta"]]);
  });
});

describe("what is not done", () => {
  test.each([
    [{ kind: "no_reference" }, 504, "home_silent"],
    [{ kind: "unknown_server" }, 404, "server_not_found"],
    [{ kind: "no_answer" }, 504, "server_silent"],
    [{ kind: "refused", text: "hora muito distante" }, 409, "server_refused"],
  ] as readonly [Outcome, number, string][])("to a clock because of %p is %p", async (outcome, status, code) => {
    await using gateway = startStandIn({}, { setClock: async () => outcome });
    const response = await gateway.send("POST", "/servers/alfa/clock", json, '{"time":1}');
    expect(await codeOf(response)).toEqual([status, code]);
  });

  test("says what the server said", async () => {
    const outcome: Outcome = { kind: "refused", text: "hora muito distante" };
    await using gateway = startStandIn({}, { setClock: async () => outcome });
    const response = await gateway.send("POST", "/servers/alfa/clock", json, '{"time":1}');
    expect(await response.json()).toMatchObject({
      detail: 'Cannot set the clock: the server says "hora muito distante"',
    });
  });

  test.each([
    [{ kind: "no_reference" }, 504, "home_silent"],
    [{ kind: "unknown_server" }, 404, "server_not_found"],
    [{ kind: "no_answer" }, 504, "home_silent"],
  ] as readonly [Outcome, number, string][])(
    "to an announcement because of %p is %p",
    async (outcome, status, code) => {
      await using gateway = startStandIn({}, { announce: async () => outcome });
      const response = await gateway.send("POST", "/servers/announcement", json, '{"coordinator":"beta"}');
      expect(await codeOf(response)).toEqual([status, code]);
    },
  );

  test.each(POSTS)("without the token: %s is 401, and nobody is told", async (path, body) => {
    await using gateway = startStandIn();
    const { Authorization: _, ...headers } = json;
    const response = await gateway.send("POST", path, headers, JSON.stringify(body));
    expect(await codeOf(response)).toEqual([401, "unauthorized"]);
    expect(gateway.asked).toEqual([]);
  });
});

describe("where messaging is switched off", () => {
  test.each(["/servers", "/servers/clocks", "/servers/election"])("%s is 404, and says so", async (path) => {
    await using gateway = startGatewayTo(createView([]));
    const response = await gateway.get(path);
    expect(await response.clone().json()).toMatchObject({
      detail: expect.stringContaining("messaging is switched off"),
    });
    expect(await codeOf(response)).toEqual([404, "no_messaging"]);
  });

  test.each(POSTS)("%s is 404 too", async (path, body) => {
    await using gateway = startGatewayTo(createView([]));
    const response = await gateway.send("POST", path, json, JSON.stringify(body));
    expect(await codeOf(response)).toEqual([404, "no_messaging"]);
  });
});
