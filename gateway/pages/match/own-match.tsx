// The match that one plays, or has just played: moves, giving up, and once more.

import { useSignal } from "@preact/signals";

import { MatchView } from "./match-view.tsx";
import { opponentOf, type SeenMatch } from "./seen-match.ts";
import type { MatchStore } from "./store.ts";

export function OwnMatch({ store, match }: { readonly store: MatchStore; readonly match: SeenMatch }) {
  const { state, dispatch } = store;
  const { me, move, phase } = state.value;
  const isOver = match.result !== undefined;
  return (
    <MatchView
      title="Sua partida"
      match={match}
      self={me.name}
      mayPlay={phase === "in" && match.next === me.name && move === undefined}
      movingTo={move?.cell}
      play={(cell) => dispatch({ kind: "play", cell })}
    >
      {isOver ? <Afterwards store={store} match={match} /> : <Resign key={match.id} store={store} />}
    </MatchView>
  );
}

/** Asks once more: a match is lost by it. */
function Resign({ store: { dispatch } }: { readonly store: MatchStore }) {
  const isAsking = useSignal(false);
  if (!isAsking.value) {
    return (
      <button type="button" onClick={() => (isAsking.value = true)}>
        Desistir
      </button>
    );
  }
  return (
    <>
      <span>Desistir mesmo?</span>
      <button type="button" class="danger" onClick={() => dispatch({ kind: "resign" })}>
        Sim, desisto
      </button>
      <button type="button" onClick={() => (isAsking.value = false)}>
        Continuar
      </button>
    </>
  );
}

function Afterwards({ store, match }: { readonly store: MatchStore; readonly match: SeenMatch }) {
  const { state, dispatch } = store;
  const { me, players, inviting } = state.value;
  const opponent = opponentOf(match, me.name);
  return (
    <>
      {players.includes(opponent) && (
        <button
          type="button"
          class="primary"
          disabled={inviting !== ""}
          onClick={() => dispatch({ kind: "invite", guest: opponent })}
        >
          {inviting === opponent ? `Esperando ${opponent}…` : "Jogar de novo"}
        </button>
      )}
      <button type="button" onClick={() => dispatch({ kind: "leave" })}>
        Fechar a partida
      </button>
    </>
  );
}
