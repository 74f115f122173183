// Accounts at /accounts over real HTTP: looked at, made, disabled, enabled, reset; and all that may go wrong.

import { describe, expect, test } from "bun:test";

import { Value } from "@sinclair/typebox/value";

import { accountExample, accountSchema, accountsSchema } from "./account-schemas.ts";
import type { AccountsView } from "./accounts.ts";
import { createView, startGatewayTo, startStandIn, withToken } from "./stand-in.ts";
import { codeOf } from "./test-answers.ts";
import { createTestDomain } from "./test-domain.ts";

const json = { ...withToken, "Content-Type": "application/json" };
const LONGEST = "p".repeat(128);

function startWith(changes: Partial<AccountsView>) {
  const domain = createTestDomain();
  return startGatewayTo(createView([]), { domain: { ...domain, accounts: { ...domain.accounts, ...changes } } });
}

describe("looking at accounts", () => {
  test("shows names and whether they are disabled, as documented", async () => {
    await using gateway = startStandIn();
    const response = await gateway.get("/accounts?prefix=An&limit=7&after=al", withToken);
    const body: unknown = await response.json();
    expect([...Value.Errors(accountsSchema, body)]).toEqual([]);
    expect(body).toEqual({ items: [accountExample] });
    expect(gateway.asked).toEqual([["accounts", { prefix: "An", limit: 7, after: "al" }]]);
  });

  test("without a token is 401, on loopback too", async () => {
    await using gateway = startStandIn();
    expect(await codeOf(await gateway.get("/accounts"))).toEqual([401, "unauthorized"]);
    expect(gateway.asked).toEqual([]);
  });

  test.each(["?limit=0", "?limit=501", "?prefix=%40"])("is 422 beyond the bounds: %s", async (query) => {
    await using gateway = startStandIn();
    expect(await codeOf(await gateway.get(`/accounts${query}`, withToken))).toEqual([422, "invalid_request"]);
  });
});

describe("making an account", () => {
  test.each([
    ["bea", "segredo"],
    ["a".repeat(32), LONGEST],
    ["Z.e_0-", "são-josé-🔑"],
  ])("is answered with it: %s", async (name, password) => {
    await using gateway = startStandIn();
    const response = await gateway.send("POST", "/accounts", json, JSON.stringify({ name, password }));
    const body: unknown = await response.json();
    expect([response.status, body]).toEqual([201, { ...accountExample, name }]);
    expect([...Value.Errors(accountSchema, body)]).toEqual([]);
    expect(gateway.asked).toEqual([["create", name, password]]);
  });

  test.each([
    { name: "bea" },
    { name: "", password: "segredo" },
    { name: "a b", password: "segredo" },
    { name: "a".repeat(33), password: "segredo" },
    { name: "Servidor", password: "segredo" },
    { name: "bea", password: "" },
    { name: "bea", password: `${LONGEST}p` },
    { name: "bea", password: "a b" },
    { name: "bea", password: "a;b" },
    { name: "bea", password: "a\u0000b" },
    { name: "bea", password: "a\u0085b" },
    { name: "bea", password: 1 },
    { name: "bea", password: "segredo", admin: true },
    "bea segredo",
  ])("is 422 where name or password is none: %j", async (body) => {
    await using gateway = startStandIn();
    const response = await gateway.send("POST", "/accounts", json, JSON.stringify(body));
    expect(await response.clone().text()).not.toContain("segredo");
    expect(await codeOf(response)).toEqual([422, "invalid_request"]);
    expect(gateway.asked).toEqual([]);
  });

  test("is 409 where there is one of this name", async () => {
    await using gateway = startStandIn();
    const response = await gateway.send("POST", "/accounts", json, '{"name":"ana","password":"segredo"}');
    expect(await codeOf(response)).toEqual([409, "account_exists"]);
  });

  test("is 503 while too many passwords wait, and says when to come again", async () => {
    await using gateway = startWith({ create: async () => "busy" });
    const response = await gateway.send("POST", "/accounts", json, '{"name":"bea","password":"segredo"}');
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await codeOf(response)).toEqual([503, "passwords_busy"]);
  });
});

describe("an operator's act", () => {
  test.each([
    ["disable", undefined, ["disable", "ana"]],
    ["enable", undefined, ["enable", "ana"]],
    ["reset", '{"password":"novo"}', ["reset", "ana", "novo"]],
  ] as const)("%s is answered with 204", async (act, body, asked) => {
    await using gateway = startStandIn();
    const response = await gateway.send("POST", `/accounts/ana/${act}`, body === undefined ? withToken : json, body);
    expect([response.status, await response.text()]).toEqual([204, ""]);
    expect(gateway.asked).toEqual([asked]);
  });

  test.each([
    ["disable", undefined],
    ["enable", undefined],
    ["reset", '{"password":"novo"}'],
  ] as const)("%s is 404 where there is no such account, and 422 where it can be none", async (act, body) => {
    await using gateway = startStandIn();
    const headers = body === undefined ? withToken : json;
    expect(await codeOf(await gateway.send("POST", `/accounts/bea/${act}`, headers, body))).toEqual([
      404,
      "account_not_found",
    ]);
    expect(await codeOf(await gateway.send("POST", `/accounts/%40/${act}`, headers, body))).toEqual([
      422,
      "invalid_request",
    ]);
  });

  test("is 422 with a body that it does not take, and without one that it does", async () => {
    await using gateway = startStandIn();
    const post = (act: string, body: string) => gateway.send("POST", `/accounts/ana/${act}`, json, body);
    expect(await codeOf(await post("disable", "{}"))).toEqual([422, "invalid_request"]);
    expect(await codeOf(await post("enable", "1"))).toEqual([422, "invalid_request"]);
    expect(await codeOf(await post("reset", '{"password":"a b"}'))).toEqual([422, "invalid_request"]);
    expect(await codeOf(await post("reset", '{"pass":"novo"}'))).toEqual([422, "invalid_request"]);
    expect(gateway.asked).toEqual([]);
  });

  test("reset is 503 while too many passwords wait", async () => {
    await using gateway = startWith({ reset: async () => "busy" });
    const response = await gateway.send("POST", "/accounts/ana/reset", json, '{"password":"novo"}');
    expect(await codeOf(response)).toEqual([503, "passwords_busy"]);
  });

  test.each(["/accounts", "/accounts/ana/disable", "/accounts/ana/enable", "/accounts/ana/reset"])(
    "without the token is 401, and nobody is told: %s",
    async (path) => {
      await using gateway = startStandIn();
      expect(await codeOf(await gateway.send("POST", path))).toEqual([401, "unauthorized"]);
      expect(gateway.asked).toEqual([]);
    },
  );
});
