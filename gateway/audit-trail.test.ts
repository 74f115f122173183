// The audit over real HTTP: what is written, before what, and what is never written.

import { describe, expect, test } from "bun:test";

import { RuntimeError } from "#runtime/mod.ts";

import type { AuditPort } from "./audit-trail.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { STAND_IN_TOKEN, startStandIn, withToken } from "./stand-in.ts";
import { TestAccess } from "./test-access.ts";
import { startActors } from "./test-actors.ts";

const json = { ...withToken, "Content-Type": "application/json" };

describe("a change", () => {
  test("is in the audit before it is made, and how it ended afterwards", async () => {
    const seen: unknown[] = [];
    await using gateway = startStandIn({
      disconnect() {
        seen.push(...gateway.access.entries.map((entry) => ({ ...entry })));
        return true;
      },
    });
    const headers = { ...withToken, "X-Request-Id": "first.1" };
    expect((await gateway.send("DELETE", "/sessions/17?", headers)).status).toBe(204);
    const act = {
      number: 1,
      at: 1_735_689_600_000,
      who: "admin",
      role: "admin",
      via: "token",
      from: "127.0.0.1",
      requestId: "first.1",
      method: "DELETE",
      path: "/sessions/17",
    };
    expect(seen).toEqual([act]);
    expect(gateway.access.entries).toEqual([{ ...act, status: 204, endedAt: act.at }]);
  });

  test("that fails is in it with its status", async () => {
    await using gateway = startStandIn();
    await gateway.send("DELETE", "/sessions/18", withToken);
    await gateway.send("POST", "/nowhere", withToken);
    await gateway.send("POST", "/actors/counter/a/add", json, "{broken");
    expect(gateway.access.entries.map(({ status }) => status)).toEqual([404, 404, 400]);
  });

  test("is not made where the audit cannot be written", async () => {
    await using gateway = startStandIn();
    gateway.access.failing = true;
    const response = await gateway.send("DELETE", "/sessions/17", withToken);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "store.full" });
    expect(gateway.asked).toEqual([]);
    expect((await gateway.get("/sessions", withToken)).status).toBe(200);
  });

  test("is not made where the audit has too much to write, nor where it is shut", async () => {
    for (const code of ["actor.mailbox_full", "actor.quarantined", "actor.deadline_passed"] as const) {
      await using gateway = startStandIn({}, {}, { audit: shut(new TestAccess().audit, code) });
      const response = await gateway.send("POST", "/actors/counter/a/clear", withToken);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ code: "audit_failed", title: "The audit cannot be written" });
      expect(gateway.asked).toEqual([]);
    }
  });

  test("that lets the audit go on again is made all the same, and written then", async () => {
    const audit = new TestAccess();
    const released: unknown[] = [];
    const release = async (...what: unknown[]) => released.push(what) > 0;
    await using gateway = startStandIn({ release }, {}, { audit: shut(audit.audit, "actor.quarantined") });
    expect((await gateway.send("POST", "/actors/audit/main/_release", withToken)).status).toBe(204);
    expect(released).toEqual([["audit", "main"]]);
    expect(audit.entries.map(({ path }) => path)).toEqual(["/actors/audit/main/_release"]);
    expect((await gateway.send("POST", "/actors/counter/a/_release", withToken)).status).toBe(503);
  });

  test("of what keeps the audit, or the tokens, is nobody's", async () => {
    await using gateway = startStandIn();
    for (const path of ["/actors/audit/main/_stop", "/actors/access/main/create", "/actors/%61udit/main/_quarantine"]) {
      const response = await gateway.send("POST", path, withToken);
      expect(response.status, path).toBe(403);
      expect(await response.json()).toMatchObject({ code: "reserved" });
    }
    expect(gateway.asked).toEqual([]);
  });

  test("is found by who, where and from where, newest first", async () => {
    await using gateway = startStandIn();
    for (const id of [17, 18, 17]) await gateway.send("DELETE", `/sessions/${id}`, withToken);
    await gateway.send("POST", "/actors/counter/a/clear", withToken);
    await gateway.send("DELETE", "/sessions/17");
    const list = async (query: string) => {
      const { items, next } = (await (await gateway.get(`/audit?${query}`, withToken)).json()) as {
        items: { number: number }[];
        next?: string;
      };
      return [...items.map(({ number }) => number), next];
    };
    expect(await list("")).toEqual([5, 4, 3, 2, 1, undefined]);
    expect(await list("limit=2")).toEqual([5, 4, "4"]);
    expect(await list("limit=2&after=4")).toEqual([3, 2, "2"]);
    expect(await list("who=anonymous")).toEqual([5, undefined]);
    expect(await list("path=/sessions/17&who=admin")).toEqual([3, 1, undefined]);
    expect(await list("from=192.0.2.1")).toEqual([undefined]);
    for (const query of ["limit=0", "limit=501", "after=0", "who=", "path="]) {
      expect((await gateway.get(`/audit?${query}`, withToken)).status, query).toBe(422);
    }
  });

  test("only looks are none", async () => {
    await using gateway = startStandIn();
    for (const path of ["/health", "/actors", "/audit", "/docs"]) await gateway.get(path, withToken);
    await gateway.send("POST", "/actors/counter/a/value", withToken);
    expect(gateway.access.entries).toEqual([]);
  });
});

function shut(audit: AuditPort, code: RuntimeError["code"]): AuditPort {
  return { ...audit, begin: () => Promise.reject(new RuntimeError(code, "Cannot deliver", { stood: "queued" })) };
}

describe("what was refused", () => {
  test.each([
    ["DELETE", "/sessions/17", {}, 401],
    ["GET", "/access/tokens", { Authorization: "Bearer wrong" }, 401],
    ["POST", "/actors/audit/main/_stop", withToken, 403],
  ] as const)("is in the audit: %s %s %j is %d", async (method, path, headers, status) => {
    await using gateway = startStandIn();
    expect((await gateway.send(method, path, headers)).status).toBe(status);
    expect(gateway.access.entries).toMatchObject([{ method, path, status, from: "127.0.0.1" }]);
    expect(JSON.stringify(gateway.access.entries)).not.toContain("wrong");
  });

  test("is so much at most: a flood writes no more", async () => {
    await using gateway = startStandIn();
    for (let count = 0; count < HTTP_LIMITS.refusalsBurst + 20; count++) await gateway.send("DELETE", "/sessions/17");
    expect(gateway.access.entries).toHaveLength(HTTP_LIMITS.refusalsBurst);
  });
});

/** What is written of the body. */
async function written(path: string, body: string): Promise<string | undefined> {
  await using gateway = startStandIn();
  await gateway.send("POST", path, json, body);
  return gateway.access.entries[0]?.body;
}

function textOf(length: number): string {
  return JSON.stringify("x".repeat(length - 2));
}

describe("of a body", () => {
  test("all is written but the values of secrets, wherever they stand", async () => {
    const secrets = { password: "p1", Token: "p2", secret: { of: ["p3"] }, next: "p4" };
    const body = JSON.stringify({ amount: 1, ...secrets, list: [{ inner: secrets }] });
    const text = (await written("/actors/counter/a/add", body)) ?? "";
    expect(text).toStartWith('{"amount":1,"password":"(left out)"');
    expect(text).not.toMatch(/p\d/);
  });

  test("the beginning is written where it is long", async () => {
    const { auditBodyLengthMax: most } = HTTP_LIMITS;
    expect(await written("/actors/counter/a/add", textOf(most))).toBe(textOf(most));
    expect(await written("/actors/counter/a/add", textOf(most + 1))).toBe(textOf(most + 1).slice(0, most));
  });

  test.each(["{broken", "[".repeat(30_000) + "]".repeat(30_000), '\u0000"', ""])(
    "nothing is written where it cannot be read",
    async (body) => expect((await written("/actors/counter/a/add", body)) ?? "[[[[").toStartWith("[[[["),
  );

  test("nothing is written where the actor's type is private, nor of secrets in a query", async () => {
    await using actors = startActors();
    await actors.call("diary/ana/write", "dear diary");
    await actors.serve(actors.send("DELETE", "/sessions/17?token=s3cret&reason=b", withToken));
    const { entries } = actors.access;
    expect(entries.map(({ path }) => path)).toEqual([
      "/actors/diary/ana/write",
      "/sessions/17?token=%28left+out%29&reason=b",
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/dear|s3cret/);
  });

  test("with a token to sign in with, no token is written, and neither is one that is made", async () => {
    await using gateway = startStandIn();
    await gateway.send("POST", "/access/sign-in", json, JSON.stringify({ token: STAND_IN_TOKEN }));
    const made = await gateway.send("POST", "/access/tokens", json, '{"name":"x","role":"viewer"}');
    const { secret } = (await made.json()) as { readonly secret: string };
    const text = JSON.stringify(gateway.access.entries);
    expect(text).not.toContain(STAND_IN_TOKEN);
    expect(text).not.toContain(secret);
    expect(gateway.access.entries.map(({ who, path, status }) => [who, path, status])).toEqual([
      ["admin", "/access/sign-in", 204],
      ["admin", "/access/tokens", 201],
    ]);
  });
});
