// The match of others that one watches.

import { MatchView } from "./match-view.tsx";
import type { SeenMatch } from "./seen-match.ts";
import type { MatchStore } from "./store.ts";

const nothing = (): void => undefined;

export function WatchedMatch({ store, match }: { readonly store: MatchStore; readonly match: SeenMatch }) {
  return (
    <MatchView title="Partida assistida" match={match} self="" mayPlay={false} movingTo={undefined} play={nothing}>
      <button type="button" onClick={() => store.dispatch({ kind: "unwatch" })}>
        Parar de assistir
      </button>
    </MatchView>
  );
}
