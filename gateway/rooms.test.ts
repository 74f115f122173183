// Chat rooms at /rooms over real HTTP: what is asked of the node for each query, and all that may go wrong.

import { describe, expect, test } from "bun:test";

import type { TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

import {
  memberExample,
  membersSchema,
  messageExample,
  messagesSchema,
  roomExample,
  roomSchema,
  roomsSchema,
} from "./room-schemas.ts";
import { startStandIn, withToken } from "./stand-in.ts";
import { codeOf } from "./test-answers.ts";

describe("looking at rooms", () => {
  test.each([
    ["/rooms", roomsSchema, { items: [roomExample], next: "lobby" }],
    ["/rooms/lobby", roomSchema, roomExample],
    ["/rooms/LOBBY", roomSchema, roomExample],
    ["/rooms/lobby/members", membersSchema, { items: [memberExample] }],
    ["/rooms/lobby/messages", messagesSchema, { items: [messageExample] }],
  ] as readonly [string, TSchema, object][])("at %s is as documented", async (path, schema, answer) => {
    await using gateway = startStandIn();
    const response = await gateway.get(path, withToken);
    expect(response.status).toBe(200);
    const body: unknown = await response.json();
    expect([...Value.Errors(schema, body)]).toEqual([]);
    expect(body).toEqual(answer);
  });

  test.each([
    ["/rooms", ["rooms", { limit: 50 }]],
    [
      "/rooms?prefix=Lo&members=1&limit=500&after=kitchen",
      ["rooms", { prefix: "lo", membersMin: 1, limit: 500, after: "kitchen" }],
    ],
    ["/rooms/Lobby/members?limit=7&after=Ana", ["members", "lobby", { limit: 7, after: "Ana" }]],
    ["/rooms/lobby/messages", ["messages", "lobby", { limit: 20 }]],
    ["/rooms/lobby/messages?limit=100&after=0", ["messages", "lobby", { limit: 100, after: 0 }]],
    ["/rooms/lobby/messages?before=1", ["messages", "lobby", { limit: 20, before: 1 }]],
  ])("at %s asks for this", async (path, asked) => {
    await using gateway = startStandIn();
    expect((await gateway.get(path, withToken)).status).toBe(200);
    expect(gateway.asked).toEqual([asked]);
  });

  test.each(["/rooms/kitchen", "/rooms/kitchen/members", "/rooms/kitchen/messages"])(
    "that are not there is 404: %s",
    async (path) => {
      await using gateway = startStandIn();
      expect(await codeOf(await gateway.get(path, withToken))).toEqual([404, "room_not_found"]);
    },
  );

  test.each([
    "/rooms?limit=0",
    "/rooms?limit=501",
    "/rooms?members=0",
    "/rooms?members=many",
    "/rooms?prefix=%2F",
    "/rooms/.hidden",
    "/rooms/%23lobby",
    "/rooms/%FF",
    `/rooms/${"a".repeat(33)}`,
    "/rooms/lobby/members?after=a%20b",
    "/rooms/lobby/messages?limit=101",
    "/rooms/lobby/messages?after=-1",
    "/rooms/lobby/messages?before=0",
    "/rooms/lobby/messages?after=9007199254740992",
    "/rooms/lobby/messages?after=1&before=9",
  ])("that no room can be, or beyond the bounds, is 422: %s", async (path) => {
    await using gateway = startStandIn();
    expect(await codeOf(await gateway.get(path, withToken))).toEqual([422, "invalid_request"]);
    expect(gateway.asked).toEqual([]);
  });

  test.each(["/rooms", "/rooms/lobby", "/rooms/lobby/members", "/rooms/lobby/messages"])(
    "without a token is 401, on loopback too: %s",
    async (path) => {
      await using gateway = startStandIn();
      expect(await codeOf(await gateway.get(path))).toEqual([401, "unauthorized"]);
      expect(gateway.asked).toEqual([]);
    },
  );

  test("by a filter that there is not is 400", async () => {
    await using gateway = startStandIn();
    expect(await codeOf(await gateway.get("/rooms?member=1", withToken))).toEqual([400, "unknown_parameter"]);
  });
});
