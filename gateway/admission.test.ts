// Who is let in: by token, and by the host name asked for.

import { describe, expect, test } from "bun:test";

import { hostNameOf, isLoopback } from "./host-name.ts";
import { ELSEWHERE, STAND_IN_TOKEN, startStandIn, withToken } from "./stand-in.ts";

describe("the token", () => {
  const wrong = [
    "",
    "Bearer",
    "Bearer ",
    `Basic ${STAND_IN_TOKEN}`,
    STAND_IN_TOKEN,
    `Bearer ${STAND_IN_TOKEN}x`,
    `Bearer ${STAND_IN_TOKEN.slice(1)}`,
    `Bearer ${STAND_IN_TOKEN} ${STAND_IN_TOKEN}`,
  ];

  test.each(wrong)("%p is not accepted", async (authorization) => {
    await using gateway = startStandIn();
    const response = await gateway.send("DELETE", "/sessions/17", { Authorization: authorization });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ type: "urn:correio:problem:unauthorized", status: 401 });
  });

  test.each(["Bearer", "bearer", "BEARER"])("the scheme may be written %p", async (scheme) => {
    await using gateway = startStandIn();
    const response = await gateway.send("DELETE", "/sessions/17", { Authorization: `${scheme} ${STAND_IN_TOKEN}` });
    expect(response.status).toBe(204);
  });

  test.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])(
    "%s without it is 401, whether the address exists or not",
    async (method) => {
      await using gateway = startStandIn();
      for (const path of ["/health", "/docs", "/docs/json", "/nowhere"]) {
        expect((await gateway.send(method, path)).status).toBe(401);
      }
    },
  );

  test("reading needs none", async () => {
    await using gateway = startStandIn();
    for (const path of ["/health", "/ready", "/metrics", "/actors", "/sessions", "/docs", "/docs/json"]) {
      expect((await gateway.get(path)).status).toBe(200);
      expect((await gateway.send("HEAD", path)).status).toBe(200);
    }
  });

  test.each(["", "Bearer", "Bearer ", "Bearer x"])("an empty admin token lets nobody in: %p", async (authorization) => {
    await using gateway = startStandIn({}, {}, { adminToken: "" });
    const response = await gateway.send("DELETE", "/sessions/17", { Authorization: authorization });
    expect(response.status).toBe(401);
  });
});

describe("the host name", () => {
  test.each(["localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:8080"])(
    "bound to loopback, %p is served",
    async (host) => {
      await using gateway = startStandIn();
      expect((await gateway.get("/health", { Host: host })).status).toBe(200);
    },
  );

  test.each([
    "evil.example",
    "evil.example:8080",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "10.0.0.1",
    "[::2]",
  ])("bound to loopback, %p is refused with 421", async (host) => {
    await using gateway = startStandIn();
    const response = await gateway.get("/sessions", { Host: host });
    expect(response.status).toBe(421);
    expect(await response.json()).toMatchObject({ type: "urn:correio:problem:misdirected", status: 421 });
    expect(gateway.asked).toEqual([]);
  });

  test("is checked before the token, so that a rebound name cannot try tokens", async () => {
    await using gateway = startStandIn();
    const response = await gateway.send("DELETE", "/sessions/17", { Host: "evil.example" });
    expect(response.status).toBe(421);
  });

  test("bound to another address, any name is served", async () => {
    await using gateway = startStandIn({}, {}, { host: ELSEWHERE });
    expect((await gateway.get("/health", { Host: "correio.example" })).status).toBe(200);
  });

  test("bound to another address, looking takes a token, but for what tells who is there", async () => {
    await using gateway = startStandIn({}, {}, { host: ELSEWHERE });
    for (const path of ["/actors", "/sessions", "/metrics", "/servers"]) {
      expect((await gateway.get(path)).status, path).toBe(401);
      expect((await gateway.get(path, withToken)).status, path).toBe(200);
    }
    expect((await gateway.send("POST", "/actors/counter/a/value")).status).toBe(401);
    for (const path of ["/health", "/ready", "/docs", "/docs/json", "/access/me"]) {
      expect((await gateway.get(path)).status, path).toBe(200);
    }
  });

  test("is told from a Host header, or empty", () => {
    expect(hostNameOf("localhost:8080")).toBe("localhost");
    expect(hostNameOf("[::1]:8080")).toBe("[::1]");
    expect(hostNameOf("a:b")).toBe("");
    expect(hostNameOf("user@localhost:80:90")).toBe("");
    expect(hostNameOf(null)).toBe("");
  });

  test("every 127.x.x.x is loopback, and a name that only begins so is not", () => {
    expect(isLoopback("127.1.2.3")).toBe(true);
    expect(isLoopback("127.0.0.1.example")).toBe(false);
    expect(isLoopback("")).toBe(false);
  });
});
