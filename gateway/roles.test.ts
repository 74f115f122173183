// Which role a request takes, row by row, on loopback and elsewhere.

import { describe, expect, test } from "bun:test";

import type { ActorTypeView } from "#runtime/observe/view.ts";

import { createNeeds, isEnough, type NeededRole, type Role } from "./roles.ts";

const type = (name: string, isPrivate: boolean): ActorTypeView => ({
  type: name,
  private: isPrivate,
  kind: "actor",
  durable: true,
  indexed: [],
  live: 0,
  methods: [
    { name: "value", kind: "read" },
    { name: "verify", kind: "read" },
    { name: "add", kind: "write" },
  ],
});
const TYPES = [type("counter", false), type("room", true), type("account", true), type("access", true)];

/** Method, path, the role on loopback, and the role elsewhere where that is another. */
const NEEDS: readonly (readonly [string, string, NeededRole, NeededRole?])[] = [
  ["GET", "/", "anonymous"],
  ["GET", "/docs", "anonymous"],
  ["GET", "/docs/json", "anonymous"],
  ["GET", "/pages/manage-abc.js", "anonymous"],
  ["GET", "/chat", "anonymous"],
  ["GET", "/match", "anonymous"],
  ["GET", "/health", "anonymous"],
  ["GET", "/ready", "anonymous"],
  ["GET", "/access/me", "anonymous"],
  ["POST", "/access/sign-in", "anonymous"],
  ["POST", "/access/sign-out", "anonymous"],
  ["GET", "/live", "anonymous", "viewer"],
  ["GET", "/metrics", "anonymous", "viewer"],
  ["GET", "/actors", "anonymous", "viewer"],
  ["HEAD", "/actors", "anonymous", "viewer"],
  ["GET", "/actors/counter/a", "anonymous", "viewer"],
  ["POST", "/actors/counter/a/value", "anonymous", "viewer"],
  ["GET", "/sessions", "anonymous", "viewer"],
  ["GET", "/dead-letters", "operator"],
  ["GET", "/dead-letters/7", "operator"],
  ["GET", "/servers/clocks", "anonymous", "viewer"],
  ["GET", "/nowhere", "anonymous", "viewer"],
  ["GET", "/limits", "anonymous", "viewer"],
  ["GET", "/system", "anonymous", "viewer"],
  ["GET", "/actors/room/lobby", "operator"],
  ["GET", "/actors/%72oom/lobby", "operator"],
  ["GET", "/actors/room/lobby/alarms/", "operator"],
  ["GET", "/actors?limit=1&%74ype=r%6Fom", "operator"],
  ["POST", "/actors/room/lobby/value", "operator"],
  ["GET", "/rooms", "operator"],
  ["GET", "/rooms/lobby/messages", "operator"],
  ["GET", "/logs", "operator"],
  ["GET", "/logs/level", "operator"],
  ["GET", "/accounts", "operator"],
  ["POST", "/actors/counter/a/add", "operator"],
  ["PUT", "/actors/counter/a/value", "operator"],
  ["POST", "/actors/counter//value", "operator"],
  ["POST", "/actors/counter/a/value/", "operator"],
  ["POST", "/actors/counter/a/_stop", "operator"],
  ["POST", "/actors/room/lobby/add", "operator"],
  ["DELETE", "/sessions/17", "operator"],
  ["POST", "/dead-letters/7/replay", "operator"],
  ["POST", "/servers/announcement", "operator"],
  ["POST", "/health", "operator"],
  ["OPTIONS", "/nowhere", "operator"],
  ["PUT", "/actors/counter/a/_state", "admin"],
  ["PUT", "/logs/level", "admin"],
  ["PUT", "/limits/pageItemsMax", "admin"],
  ["POST", "/system/drain", "admin"],
  ["POST", "/accounts", "admin"],
  ["POST", "/accounts/ana/reset", "admin"],
  ["POST", "/actors/account/ana/add", "admin"],
  ["POST", "/actors/account/ana/value", "operator"],
  ["POST", "/actors/account/ana/verify", "admin"],
  ["POST", "/actors/%61ccount/ana/verify/", "admin"],
  ["POST", "/actors/chat-person/ana/claim", "admin"],
  ["POST", "/actors/chat-person/ana/claim/", "admin"],
  ["POST", "/actors/chat-person/ana/_stop", "operator"],
  ["POST", "/actors/player/%61na/attach", "admin"],
  ["POST", "/actors/player/ana/setKey", "admin"],
  ["GET", "/audit", "admin"],
  ["GET", "/audit/", "admin"],
  ["GET", "/access/tokens", "admin"],
  ["POST", "/access/tokens", "admin"],
  ["DELETE", "/access/tokens/x", "admin"],
  ["GET", "/actors/access/main", "admin"],
  ["GET", "/actors/%61ccess/main", "admin"],
  ["GET", "/actors/audit/main", "admin"],
  ["POST", "/actors/audit/main/_release", "admin"],
  ["POST", "/actors/audit/main/_stop", "nobody"],
  ["PUT", "/actors/audit/main/_state", "nobody"],
  ["POST", "/actors/access/main/_quarantine", "nobody"],
  ["POST", "/actors/access/main/create", "nobody"],
  ["DELETE", "/actors/access/main/alarms/sweep", "nobody"],
];

test.each(NEEDS)("%s %s takes %s", (method, path, onLoopback, elsewhere = onLoopback) => {
  const request = new Request(`http://localhost${path}`, { method });
  expect(createNeeds(TYPES, true)(request).role).toBe(onLoopback);
  expect(createNeeds(TYPES, false)(request).role).toBe(elsewhere);
});

describe("a request", () => {
  const needOf = createNeeds(TYPES, true);
  const post = (path: string, headers = {}) =>
    needOf(new Request(`http://localhost${path}`, { method: "POST", headers: { host: "localhost", ...headers } }));

  test("that only looks is no change, unless a page of another site makes it", () => {
    expect(post("/actors/counter/a/value").isChange).toBe(false);
    expect(post("/actors/counter/a/value", { Origin: "http://localhost" }).isChange).toBe(false);
    expect(post("/actors/counter/a/value", { Origin: "https://evil.example" })).toMatchObject({
      role: "operator",
      isChange: true,
    });
  });

  test("about actors of a private type is private, whatever it does", () => {
    expect(post("/actors/room/lobby/add").isPrivate).toBe(true);
    expect(post("/actors/counter/a/add").isPrivate).toBe(false);
  });
});

test("each role does what those before it do, and nobody's is done by none", () => {
  const roles: readonly Role[] = ["anonymous", "viewer", "operator", "admin"];
  for (const [index, role] of roles.entries()) {
    expect(roles.map((needed) => isEnough(role, needed))).toEqual(roles.map((_, needed) => needed <= index));
    expect(isEnough(role, "nobody")).toBe(false);
  }
});
