// Matches that go on, each to be watched.

import { isPlayer } from "./seen-match.ts";
import type { MatchStore } from "./store.ts";

export function MatchList({ store: { state, dispatch } }: { readonly store: MatchStore }) {
  const { matches, watching, me } = state.value;
  return (
    <section class="panel" aria-label="Partidas">
      <h2>Partidas em andamento</h2>
      <ul class="plain">
        {matches.map((match) => (
          <li key={match.id} class="row">
            <span class="name">
              {match.host} contra {match.guest}
            </span>
            {!isPlayer(match, me.name) && match.id !== watching && (
              <button type="button" class="small" onClick={() => dispatch({ kind: "watch", id: match.id })}>
                Assistir
                <span class="hidden-text">
                  {" "}
                  {match.host} contra {match.guest}
                </span>
              </button>
            )}
          </li>
        ))}
      </ul>
      {matches.length === 0 && <p class="muted">Nenhuma agora.</p>}
    </section>
  );
}
