// The list of addresses, complete.

import { expect, test } from "bun:test";

import type { Asked } from "./front-door.ts";
import { createIdentities } from "./identity.ts";
import { createRoutes } from "./routes.ts";
import { createStandInParts } from "./stand-in.ts";

const ADDRESSES = [
  "DELETE /access/tokens/:id",
  "DELETE /actors/:type/:key/alarms/:name",
  "DELETE /dead-letters/:id",
  "DELETE /sessions/:id",
  "GET /",
  "GET /access/me",
  "GET /access/tokens",
  "GET /accounts",
  "GET /actors",
  "GET /actors/:type/:key",
  "GET /actors/:type/:key/alarms",
  "GET /actors/types",
  "GET /audit",
  "GET /chat",
  "GET /dead-letters",
  "GET /dead-letters/:id",
  "GET /docs",
  "GET /docs/assets/docs.js",
  "GET /docs/assets/favicon-32x32.png",
  "GET /docs/assets/swagger-ui-bundle.js",
  "GET /docs/assets/swagger-ui.css",
  "GET /docs/json",
  "GET /health",
  "GET /leaderboard",
  "GET /leaderboard/:player",
  "GET /ledger",
  "GET /limits",
  "GET /limits/:name",
  "GET /live",
  "GET /live/now",
  "GET /logs",
  "GET /logs/level",
  "GET /match",
  "GET /matches",
  "GET /matches/:id",
  "GET /metrics",
  "GET /pages/:name",
  "GET /ready",
  "GET /rooms",
  "GET /rooms/:room",
  "GET /rooms/:room/members",
  "GET /rooms/:room/messages",
  "GET /servers",
  "GET /servers/clocks",
  "GET /servers/election",
  "GET /servers/elections",
  "GET /sessions",
  "GET /sessions/:id",
  "GET /system",
  "GET /topics",
  "GET /topics/:topic/subscribers",
  "POST /access/sign-in",
  "POST /access/sign-out",
  "POST /access/tokens",
  "POST /accounts",
  "POST /accounts/:name/disable",
  "POST /accounts/:name/enable",
  "POST /accounts/:name/reset",
  "POST /actors/:type/:key/_hibernate",
  "POST /actors/:type/:key/_quarantine",
  "POST /actors/:type/:key/_release",
  "POST /actors/:type/:key/_stop",
  "POST /actors/counter/:key/add",
  "POST /actors/counter/:key/clear",
  "POST /actors/counter/:key/value",
  "POST /dead-letters/:id/replay",
  "POST /servers/:name/clock",
  "POST /servers/announcement",
  "POST /system/drain",
  "PUT /actors/:type/:key/_state",
  "PUT /limits/:name",
  "PUT /logs/level",
];

test("the addresses are these; the plugin's own page, which loads from a public host, is not among them", () => {
  const routes = routesTo([]).routes.map(({ method, path }) => `${method} ${path}`);
  expect(routes.sort()).toEqual(ADDRESSES);
});

test.each(["http://h", "http://localhost", "http://correio.example:8080"])(
  "at %s a path begins where the host ends: as the check of access reads it",
  async (host) => {
    const asked: unknown[] = [];
    const app = routesTo(asked);
    const post = async (path: string): Promise<Response> => app.fetch(new Request(host + path, { method: "POST" }));
    expect((await post("/xx/actors/counter/a/clear")).status).toBe(404);
    expect((await post("//actors/counter/a/clear")).status).toBe(404);
    expect(asked).toEqual([]);
    expect((await post("/actors/counter/a/clear")).status).toBe(204);
  },
);

function routesTo(asked: unknown[]) {
  const parts = createStandInParts(asked);
  const { access } = parts;
  const routes = { access, identities: createIdentities("", access), asked: new WeakMap<Request, Asked>() };
  return createRoutes({ ...parts, access: routes, onFault: () => undefined });
}
