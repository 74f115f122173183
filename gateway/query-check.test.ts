// What becomes of a query that is misspelt, says something twice, or is mangled.

import { describe, expect, test } from "bun:test";

import { startStandIn, withToken } from "./stand-in.ts";

describe("a query name that the route does not take", () => {
  test.each([
    ["GET", "/actors?typ=counter"],
    ["GET", "/actors?limit=5&LIMIT=5"],
    ["GET", "/actors/types?limit=5"],
    ["GET", "/actors/counter/page%2Fhome?type=counter"],
    ["GET", "/actors/counter/page%2Fhome/alarms?limit=5"],
    ["POST", "/actors/counter/page%2Fhome/_stop?force=true"],
    ["POST", "/actors/counter/page%2Fhome/clear?timeout=5"],
    ["POST", "/actors/counter/page%2Fhome/value?__proto__=5"],
    ["DELETE", "/actors/counter/page%2Fhome/alarms/reset?now"],
    ["GET", "/dead-letters?before=7"],
    ["POST", "/dead-letters/7/replay?again=1"],
    ["GET", "/sessions?type=tcp"],
    ["DELETE", "/sessions/17?why=none"],
    ["GET", "/health?verbose"],
    ["HEAD", "/health?verbose"],
    ["GET", "/ready?verbose"],
    ["GET", "/metrics?name=up"],
  ])("is refused with 400, and nothing is done: %s %s", async (method, path) => {
    await using gateway = startStandIn();
    const response = await gateway.send(method, path, withToken);
    expect(response.status).toBe(400);
    expect(gateway.asked).toEqual([]);
    expect(gateway.faults).toEqual([]);
  });

  test("is named in the answer, with those that there are", async () => {
    await using gateway = startStandIn();
    expect(await (await gateway.get("/sessions?limits=5")).json()).toEqual({
      type: "urn:correio:problem:unknown_parameter",
      title: "The address has no such query parameter",
      status: 400,
      detail:
        'Cannot accept the request: "limits" is no query parameter here; ' +
        "there is transport, address, actorType, limit, after",
      code: "unknown_parameter",
    });
    const { detail } = (await (await gateway.get("/health?limit=5")).json()) as { detail: string };
    expect(detail).toBe('Cannot accept the request: "limit" is no query parameter here; there is none');
  });

  test("does not keep a browser from the pages", async () => {
    await using gateway = startStandIn();
    expect((await gateway.get("/docs?tag=actors")).status).toBe(200);
    expect((await gateway.get("/docs/assets/docs.js?v=2")).status).toBe(200);
    expect((await gateway.get("/?from=bookmark")).status).toBe(200);
  });
});

describe("a query name that stands there twice", () => {
  test.each([
    ["GET", "/actors?limit=1&limit=2"],
    ["GET", "/actors?limit=1&limit=1"],
    ["GET", "/actors?limit=1&%6Cimit=2"],
    ["GET", "/actors?type=counter&limit=1&type="],
    ["GET", "/dead-letters?after=1&after=2"],
    ["GET", "/sessions?limit&limit"],
    ["HEAD", "/sessions?limit=1&limit=2"],
    ["POST", "/actors/counter/a/clear?timeout_ms=5&timeout_ms=6"],
  ])("is refused with 400 and named, and nothing is done: %s %s", async (method, path) => {
    await using gateway = startStandIn();
    const response = await gateway.send(method, path, withToken);
    expect(response.status).toBe(400);
    if (method !== "HEAD") expect(await response.json()).toMatchObject({ code: "repeated_parameter" });
    expect(gateway.asked).toEqual([]);
  });

  test("is named in the answer", async () => {
    await using gateway = startStandIn();
    const { detail } = (await (await gateway.get("/actors?limit=1&limit=2")).json()) as { detail: string };
    expect(detail).toBe('Cannot accept the request: "limit" stands in the query more than once');
  });
});

describe("a query that is no percent-encoded UTF-8", () => {
  test.each([
    "/actors?after=%FF",
    "/actors?after=counter%2F%FF",
    "/actors?%FF=1",
    "/actors?type=%",
    "/sessions?after=%ZZ",
  ])("is refused with 400, and nothing is done: %s", async (path) => {
    await using gateway = startStandIn();
    const response = await gateway.get(path);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: "malformed_request",
      detail: "Cannot accept the request: its query is no percent-encoded UTF-8",
    });
    expect(gateway.asked).toEqual([]);
  });
});

test("a query is read as it was meant: plus signs, equal signs and empty parts", async () => {
  await using gateway = startStandIn();
  expect((await gateway.get("/actors?&after=counter/a+b%2Bc=d&&keyPrefix=%C3%A7%C3%A3&")).status).toBe(200);
  expect(gateway.asked).toEqual([{ after: "counter/a b+c=d", keyPrefix: "çã", limit: 50 }]);
});

test("those that a route takes are let through, also with HEAD", async () => {
  await using gateway = startStandIn();
  expect((await gateway.get("/actors?type=counter&keyPrefix=p&status=idle&limit=1&after=a")).status).toBe(200);
  expect((await gateway.send("HEAD", "/sessions?limit=1")).status).toBe(200);
  expect((await gateway.send("POST", "/actors/counter/a/value?timeout_ms=5")).status).toBe(200);
});
