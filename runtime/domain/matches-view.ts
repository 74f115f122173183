// Matches and the leaderboard as the gateway is given them: from the lobby, from matches themselves, from the board.
import { LEADERBOARD_KEY } from "#actors/match/leaderboard.ts";
import { LOBBY_KEY } from "#actors/match/match-addresses.ts";
import { moverOf, placeOf } from "#actors/match/rules.ts";
import type { LeaderboardView } from "#gateway/leaderboard.ts";
import type { MatchesView, MatchView } from "#gateway/matches.ts";

import { Refusal } from "../core/errors.ts";
import { pageOf } from "../observe/page-of.ts";
import type { DomainSources } from "./domain-sources.ts";

export function createMatchesView({ types, view, ref }: DomainSources): MatchesView {
  const hosted = async (id: string): Promise<MatchView> => {
    const match = ref(types.hostedMatch, id);
    // Asked together, answered together: no move comes between.
    const [{ board, next, leftMs }, { moves, ...played }] = await Promise.all([match.show(), match.record()]);
    const names = [played.host, played.guest];
    const made = moves.map((cell, index) => ({ by: names[moverOf(index) === "host" ? 0 : 1] ?? "", ...placeOf(cell) }));
    const turn = next === "" ? {} : { next, leftMs };
    return { id, kind: "hosted", ...shown(played), board, moves: made, ...turn };
  };
  const introduced = async (id: string): Promise<MatchView> => {
    return { id, kind: "p2p", ...shown(await ref(types.introducedMatch, id).record()) };
  };
  return {
    async matches({ limit, ...query }) {
      const found = await ref(types.lobby, LOBBY_KEY).goingOn({ ...query, count: limit + 1 });
      return pageOf(found, limit, ({ id }) => id);
    },
    async match(id) {
      const isThere = async (type: string): Promise<boolean> => (await view.inspect(type, id)) !== undefined;
      if (await isThere(types.hostedMatch.name)) return unless("match.unknown", hosted(id));
      if (await isThere(types.introducedMatch.name)) return unless("match.unknown", introduced(id));
      return undefined;
    },
  };
}

export function createLeaderboardView({ types, ref }: DomainSources): LeaderboardView {
  const board = ref(types.leaderboard, LEADERBOARD_KEY);
  return {
    top: (count) => board.top({ count }),
    around: (key, count) => unless("leaderboard.unknown", board.around({ key, count })),
  };
}

interface Played {
  readonly host: string;
  readonly guest: string;
  readonly isOver: boolean;
  readonly winner: string;
  readonly reason: string;
}

function shown({ host, guest, isOver, winner, reason }: Played) {
  const end = { ...(winner === "" ? {} : { winner }), ...(reason === "" ? {} : { reason }) };
  return { host, guest, isOver, ...end };
}

/** Undefined where it is refused with this code. */
async function unless<Answer>(code: string, asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Refusal && error.code === code) return undefined;
    throw error;
  }
}
