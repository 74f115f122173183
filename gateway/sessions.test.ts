// GET /sessions and DELETE /sessions/{id} over real HTTP.

import { describe, expect, test } from "bun:test";

import { Value } from "@sinclair/typebox/value";

import { HTTP_LIMITS } from "./limits.ts";
import { sessionsSchema } from "./sessions.ts";
import { startStandIn, withToken } from "./stand-in.ts";

describe("GET /sessions", () => {
  test("gives one page in the documented shape", async () => {
    await using gateway = startStandIn();
    const response = await gateway.get("/sessions?limit=10&after=3");
    expect(response.status).toBe(200);
    expect(Value.Check(sessionsSchema, await response.json())).toBe(true);
    expect(gateway.asked).toEqual([{ limit: 10, after: "3" }]);
  });

  test("refuses a limit above 500", async () => {
    await using gateway = startStandIn();
    expect((await gateway.get("/sessions?limit=501")).status).toBe(422);
  });
});

describe("DELETE /sessions/{id}", () => {
  test("ends the session and answers 204 without a body", async () => {
    await using gateway = startStandIn();
    const response = await gateway.send("DELETE", "/sessions/17", withToken);
    expect(response.status).toBe(204);
    expect(await response.text()).toBe("");
    expect(gateway.asked).toEqual(["17"]);
  });

  test("is 404 when there is no such session", async () => {
    await using gateway = startStandIn();
    const response = await gateway.send("DELETE", "/sessions/18", withToken);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ type: "urn:correio:problem:session_not_found", status: 404 });
  });

  test("without the token it is 401 and nothing is disconnected", async () => {
    await using gateway = startStandIn();
    expect((await gateway.send("DELETE", "/sessions/17")).status).toBe(401);
    expect(gateway.asked).toEqual([]);
  });

  test("reads an id with escaped characters as it was meant", async () => {
    await using gateway = startStandIn();
    await gateway.send("DELETE", `/sessions/${encodeURIComponent("tls/ação 1")}`, withToken);
    expect(gateway.asked).toEqual(["tls/ação 1"]);
  });

  test.each(["%E0%A4%A", "x".repeat(HTTP_LIMITS.nameCharsMax + 1)])("refuses the id %p", async (id) => {
    await using gateway = startStandIn();
    expect((await gateway.send("DELETE", `/sessions/${id}`, withToken)).status).toBe(422);
    expect(gateway.asked).toEqual([]);
  });
});
