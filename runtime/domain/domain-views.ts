// The views of the domain that the gateway is given, made of one node's actors.
import type { DomainViews } from "#gateway/domain-views.ts";

import { createAccountsView } from "./accounts-view.ts";
import type { DomainSources } from "./domain-sources.ts";
import { createLeaderboardView, createMatchesView } from "./matches-view.ts";
import { createRoomsView } from "./rooms-view.ts";

export function createDomainViews(sources: DomainSources): DomainViews {
  return {
    rooms: createRoomsView(sources),
    matches: createMatchesView(sources),
    leaderboard: createLeaderboardView(sources),
    accounts: createAccountsView(sources),
  };
}
