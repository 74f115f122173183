// The leaderboard at /leaderboard: who has won most, and who stands around a player.

import { type Elysia, t } from "elysia";

import { type Id, idKey } from "#actors/chat/names.ts";
import { limits } from "#runtime/mod.ts";

import { actorAnswers } from "./actor-answers.ts";
import { wholeNumber } from "./answer-schemas.ts";
import { answers, jsonAnswer, type ObjectSchema, parameters, problemAnswer } from "./document.ts";
import { nameParameter } from "./name-parameter.ts";
import { limitComplaintTo, limitTo } from "./paging.ts";
import { problem } from "./problems.ts";

interface PlaceView {
  readonly rank: number;
  readonly name: string;
  readonly score: number;
}

export interface LeaderboardView {
  top(count: number): Promise<readonly PlaceView[]>;
  /** So many above and below. Undefined for a player who has no place; `playerKey` is that of the name (`idKey`). */
  around(playerKey: string, count: number): Promise<readonly PlaceView[] | undefined>;
}

const { leadersMax, leadersAround } = limits;

export const leaderboardSchema = t.Object({
  items: t.Array(
    t.Object({
      rank: wholeNumber("From 1: one more than there are players with a higher score"),
      name: t.String(),
      score: wholeNumber("Matches won"),
    }),
  ),
});

const places = (description: string, usual: number) => t.Object({ limit: limitTo(leadersMax, usual, description) });
const topQuery = places("how many players at most", leadersAround);
const aroundQuery = places("how many players above, and how many below", leadersAround);
const playerPath = t.Object({ player: nameParameter("player") });

export const leaderboardExample = {
  items: [
    { rank: 1, name: "ana", score: 12 },
    { rank: 2, name: "bea", score: 7 },
    { rank: 2, name: "caio", score: 7 },
  ],
};

const NO_PLAYER = "Cannot find the player: no match that counts was played under this name";
const BAD_PLACES = limitComplaintTo(leadersMax);
const ASKED = actorAnswers([423, 429, 503, 504]);

export function serveLeaderboard(app: Elysia, leaderboard: LeaderboardView): void {
  serveTop(app, leaderboard);
  serveAround(app, leaderboard);
}

function serveTop(app: Elysia, leaderboard: LeaderboardView): void {
  app.get("/leaderboard", async ({ query }) => ({ items: await leaderboard.top(query.limit) }), {
    query: topQuery,
    detail: {
      summary: "Who has won most",
      description: "The best first. Players of one score share a rank.",
      ...placesDetail(topQuery),
      responses: answers({
        200: jsonAnswer("The first places", leaderboardSchema, leaderboardExample),
        422: problemAnswer("invalid_request", BAD_PLACES),
        ...ASKED,
      }),
    },
  });
}

function serveAround(app: Elysia, leaderboard: LeaderboardView): void {
  app.get(
    "/leaderboard/:player",
    async ({ params, query }) => {
      const items = await leaderboard.around(idKey(params.player as Id), query.limit);
      return items === undefined ? problem("player_not_found", NO_PLAYER) : { items };
    },
    {
      params: playerPath,
      query: aroundQuery,
      detail: {
        summary: "Who stands around a player",
        description: "The player's place, with those just above and below. Names that look alike are one player.",
        ...placesDetail(aroundQuery, playerPath),
        responses: answers({
          200: jsonAnswer("Places", leaderboardSchema, leaderboardExample),
          404: problemAnswer("player_not_found", NO_PLAYER),
          422: problemAnswer("invalid_request", BAD_PLACES),
          ...ASKED,
        }),
      },
    },
  );
}

function placesDetail(query: ObjectSchema, path: ObjectSchema = { properties: {} }) {
  return { tags: ["leaderboard"], parameters: [...parameters("path", path), ...parameters("query", query)] };
}
