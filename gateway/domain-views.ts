// What the gateway is given of the domain: one view for each of its subjects.

import type { AccountsView } from "./accounts.ts";
import type { LeaderboardView } from "./leaderboard.ts";
import type { MatchesView } from "./matches.ts";
import type { RoomsView } from "./rooms.ts";

export interface DomainViews {
  readonly rooms: RoomsView;
  readonly matches: MatchesView;
  readonly leaderboard: LeaderboardView;
  readonly accounts: AccountsView;
}
