// Matches and the leaderboard over real HTTP: what is asked of the node for each query, and all that may go wrong.

import { describe, expect, test } from "bun:test";

import type { TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

import { leaderboardExample, leaderboardSchema } from "./leaderboard.ts";
import { matchesSchema, matchExample, matchSchema } from "./matches.ts";
import { startStandIn } from "./stand-in.ts";
import { codeOf } from "./test-answers.ts";

const { id } = matchExample;

describe("looking at matches", () => {
  test.each([
    ["/matches", matchesSchema, { items: [matchExample] }],
    [`/matches/${id}`, matchSchema, matchExample],
    ["/leaderboard", leaderboardSchema, leaderboardExample],
    ["/leaderboard/ana", leaderboardSchema, leaderboardExample],
  ] as readonly [string, TSchema, object][])(
    "at %s needs no token, and is as documented",
    async (path, schema, answer) => {
      await using gateway = startStandIn();
      const response = await gateway.get(path);
      expect(response.status).toBe(200);
      const body: unknown = await response.json();
      expect([...Value.Errors(schema, body)]).toEqual([]);
      expect(body).toEqual(answer);
    },
  );

  test.each([
    ["/matches", ["matches", { limit: 50 }]],
    [
      "/matches?player=Fabio1&kind=p2p&limit=2&after=aaaaaaaaaaaa",
      ["matches", { player: "fablol", kind: "p2p", limit: 2, after: "aaaaaaaaaaaa" }],
    ],
    ["/leaderboard", ["top", 10]],
    ["/leaderboard?limit=100", ["top", 100]],
    ["/leaderboard/ANA?limit=1", ["around", "ana", 1]],
  ])("at %s asks for this", async (path, asked) => {
    await using gateway = startStandIn();
    expect((await gateway.get(path)).status).toBe(200);
    expect(gateway.asked).toEqual([asked]);
  });

  test.each([
    ["/matches/000000000000", "match_not_found"],
    ["/leaderboard/nobody", "player_not_found"],
  ])("%s is 404 where there is none", async (path, code) => {
    await using gateway = startStandIn();
    expect(await codeOf(await gateway.get(path))).toEqual([404, code]);
  });

  test.each([
    "/matches?kind=chess",
    "/matches?player=%40ana",
    "/matches?limit=501",
    "/matches/0000",
    "/matches/0000000000000",
    "/matches/AAAAAAAAAAAA",
    "/leaderboard?limit=0",
    "/leaderboard?limit=101",
    "/leaderboard/a%20b",
    "/leaderboard/ana?limit=101",
  ])("%s is 422: beyond the bounds, or nothing that could be", async (path) => {
    await using gateway = startStandIn();
    expect(await codeOf(await gateway.get(path))).toEqual([422, "invalid_request"]);
    expect(gateway.asked).toEqual([]);
  });
});
