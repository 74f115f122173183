// Matches at /matches: those that go on, and how one stands or ended.

import { type Elysia, t } from "elysia";

import { type Id, idKey } from "#actors/chat/names.ts";
import type { Page, PageQuery } from "#runtime/observe/view.ts";

import { actorAnswers } from "./actor-answers.ts";
import { oneOf, wholeNumber } from "./answer-schemas.ts";
import { answers, jsonAnswer, parameters, problemAnswer } from "./document.ts";
import { nameParameter } from "./name-parameter.ts";
import { limitComplaint, nextCursor, pageParameters, pageQuery } from "./paging.ts";
import { problem } from "./problems.ts";
import { given } from "./request-fields.ts";

const MATCH_KINDS = ["hosted", "p2p"] as const;
type Kind = (typeof MATCH_KINDS)[number];

export interface MatchesQuery extends PageQuery {
  /** Key of one of the two (`idKey`). */
  readonly player?: string;
  readonly kind?: Kind;
}

interface PlayedView {
  readonly id: string;
  readonly kind: Kind;
  readonly host: string;
  readonly guest: string;
}

/** Of a match between peers nobody here knows board, moves and clock. */
export interface MatchView extends PlayedView {
  readonly isOver: boolean;
  /** Both once it is over: the winner where there is one. */
  readonly winner?: string;
  readonly reason?: string;
  readonly board?: string;
  readonly moves?: readonly { readonly by: string; readonly row: number; readonly column: number }[];
  /** Both while it goes on. */
  readonly next?: string;
  readonly leftMs?: number;
}

export interface MatchesView {
  /** Those that go on, by id. */
  matches(query: MatchesQuery): Promise<Page<PlayedView>>;
  /** Undefined for one that there is not, or not any more. */
  match(id: string): Promise<MatchView | undefined>;
}

const ID = "the 12 digits and small letters of a match's id";

const playedProperties = {
  id: t.String(),
  kind: oneOf(MATCH_KINDS, "`p2p`: the server has introduced the two, and sees nothing of their game"),
  host: t.String({ description: "Begins, with O" }),
  guest: t.String(),
};

export const matchesSchema = t.Object({ items: t.Array(t.Object(playedProperties)), next: nextCursor });

export const matchSchema = t.Object({
  ...playedProperties,
  isOver: t.Boolean(),
  winner: t.Optional(t.String({ description: "Absent where there is none, or not yet" })),
  reason: t.Optional(t.String({ description: "Why it is over; absent while it goes on" })),
  board: t.Optional(
    t.String({ description: "Of a hosted one, as what follows: nine of `.`, `O` and `X`, row by row", minLength: 9 }),
  ),
  moves: t.Optional(
    t.Array(t.Object({ by: t.String(), row: wholeNumber("1 to 3"), column: wholeNumber("1 to 3") }), {
      description: "In their order",
    }),
  ),
  next: t.Optional(t.String({ description: "Whose turn it is; absent once it is over" })),
  leftMs: t.Optional(wholeNumber("What is left of that turn's time, in milliseconds")),
});

const matchesQuery = t.Object({
  player: t.Optional(nameParameter("player", ": one of the two")),
  kind: t.Optional(oneOf(MATCH_KINDS, "One of hosted, p2p: list only these")),
  ...pageParameters,
});

const matchPath = t.Object({ id: t.String({ title: "id", description: ID, pattern: "^[a-z0-9]{12}$" }) });

const playedExample: PlayedView = { id: "mi7dpxc0mkor", kind: "hosted", host: "ana", guest: "bea" };
export const matchExample: MatchView = {
  ...playedExample,
  isOver: false,
  board: "O...X....",
  moves: [
    { by: "ana", row: 1, column: 1 },
    { by: "bea", row: 2, column: 2 },
  ],
  next: "ana",
  leftMs: 27_400,
};
const NO_MATCH = "Cannot find the match: there is none of this id, or not any more";
const ASKED = actorAnswers([423, 429, 503, 504]);

export function serveMatches(app: Elysia, matches: MatchesView): void {
  serveList(app, matches);
  serveMatch(app, matches);
}

function serveList(app: Elysia, matches: MatchesView): void {
  app.get(
    "/matches",
    async ({ query }) => {
      const { player, kind } = query;
      const key = player === undefined ? undefined : idKey(player as Id);
      return { ...(await matches.matches({ ...given({ player: key, kind }), ...pageQuery(query) })) };
    },
    {
      query: matchesQuery,
      detail: {
        summary: "Matches that go on",
        description: "One page of them, in the order in which they began.",
        tags: ["matches"],
        parameters: parameters("query", matchesQuery),
        responses: answers({
          200: jsonAnswer("One page of matches", matchesSchema, { items: [playedExample], next: playedExample.id }),
          422: problemAnswer("invalid_request", limitComplaint),
          ...ASKED,
        }),
      },
    },
  );
}

function serveMatch(app: Elysia, matches: MatchesView): void {
  app.get(
    "/matches/:id",
    async ({ params }) => {
      const match = await matches.match(params.id);
      return match === undefined ? problem("match_not_found", NO_MATCH) : { ...match };
    },
    {
      params: matchPath,
      detail: {
        summary: "One match",
        description:
          "Board, moves and clock of a hosted one; of one between peers, who plays and what both have reported. One " +
          "that is over is kept for a while: a week where it had moves, else an hour.",
        tags: ["matches"],
        parameters: parameters("path", matchPath),
        responses: answers({
          200: jsonAnswer("The match as it stands", matchSchema, matchExample),
          404: problemAnswer("match_not_found", NO_MATCH),
          422: problemAnswer("invalid_request", `Cannot accept the request: "id" must be ${ID}`),
          ...ASKED,
        }),
      },
    },
  );
}
