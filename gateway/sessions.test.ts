// GET /sessions and DELETE /sessions/{id} over real HTTP.

import { describe, expect, test } from "bun:test";

import { Value } from "@sinclair/typebox/value";

import { HTTP_LIMITS } from "./limits.ts";
import { sessionDetailSchema, sessionsSchema } from "./sessions.ts";
import { startStandIn, withToken } from "./stand-in.ts";

describe("GET /sessions", () => {
  test("gives one page in the documented shape", async () => {
    await using gateway = startStandIn();
    const response = await gateway.get("/sessions?limit=10&after=3");
    expect(response.status).toBe(200);
    expect(Value.Check(sessionsSchema, await response.json())).toBe(true);
    expect(gateway.asked).toEqual([{ limit: 10, after: "3" }]);
  });

  test("gives those over a transport, from an address, of a type of actor", async () => {
    await using gateway = startStandIn();
    const query = "transport=tcp&address=%3A%3A1&actorType=text-session";
    expect((await gateway.get(`/sessions?${query}`)).status).toBe(200);
    expect(gateway.asked).toEqual([{ limit: 50, transport: "tcp", address: "::1", actorType: "text-session" }]);
  });

  test.each(["transport=sctp", "address=", `actorType=${"x".repeat(257)}`])("refuses the filter %s", async (query) => {
    await using gateway = startStandIn();
    expect((await gateway.get(`/sessions?${query}`)).status).toBe(422);
  });

  test("refuses a limit above 500", async () => {
    await using gateway = startStandIn();
    expect((await gateway.get("/sessions?limit=501")).status).toBe(422);
  });
});

describe("GET /sessions/{id}", () => {
  test("shows the connection and what its actor does, in the documented shape", async () => {
    await using gateway = startStandIn();
    const body: unknown = await (await gateway.get("/sessions/17")).json();
    expect([...Value.Errors(sessionDetailSchema, body)]).toEqual([]);
    expect(body).toMatchObject({ id: "17", session: { type: "pipeline-session", status: "idle" } });
  });

  test("is 404 when there is no such session", async () => {
    await using gateway = startStandIn();
    const response = await gateway.get("/sessions/18");
    expect([response.status, await response.json()]).toMatchObject([404, { code: "session_not_found" }]);
  });
});

describe("DELETE /sessions/{id}", () => {
  test.each(["Olá, até logo 👋", "x", "x".repeat(HTTP_LIMITS.sessionReasonCharsMax)])(
    "takes the reason %p",
    async (reason) => {
      await using gateway = startStandIn();
      const response = await gateway.send("DELETE", `/sessions/17?reason=${encodeURIComponent(reason)}`, withToken);
      expect(response.status).toBe(204);
      expect(gateway.asked).toEqual([["17", reason]]);
    },
  );

  test.each([
    "",
    " ",
    "\n",
    "a\u0000b",
    "\u202egnirts",
    "a\u200bb",
    "a\u2028b",
    "x".repeat(HTTP_LIMITS.sessionReasonCharsMax + 1),
  ])("refuses the reason %j, which nobody could read", async (reason) => {
    await using gateway = startStandIn();
    const response = await gateway.send("DELETE", `/sessions/17?reason=${encodeURIComponent(reason)}`, withToken);
    expect(response.status).toBe(422);
    expect(gateway.asked).toEqual([]);
  });

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
