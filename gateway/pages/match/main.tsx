// The match page: players, invitations, the board, and who is best.

import { startPage } from "../lib/start-page.tsx";
import { MatchPage } from "./match-page.tsx";
import { startMatches } from "./store.ts";

startPage(<MatchPage store={startMatches()} />);
