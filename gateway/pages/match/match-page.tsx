// The whole match page: whoever is not in comes in; whoever is sees matches, players and ranks.

import { useSignalEffect } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";

import { NoticeLine } from "../lib/notice-line.tsx";
import { PeoplePage } from "../lib/people-page.tsx";
import { Entrance } from "./entrance.tsx";
import { Invitations } from "./invitations.tsx";
import { MatchList } from "./match-list.tsx";
import { OwnMatch } from "./own-match.tsx";
import { PlayerList } from "./player-list.tsx";
import { Ranks } from "./ranks.tsx";
import type { MatchState } from "./state.ts";
import type { MatchStore } from "./store.ts";
import { WatchedMatch } from "./watched-match.tsx";

const TITLE = "Correio · partida";

export function MatchPage({ store }: { readonly store: MatchStore }) {
  const { state, dispatch } = store;
  useSignalEffect(() => void (document.title = titleOf(state.value)));
  const { phase, notice, own, watched } = state.value;
  const isInside = phase === "in" || phase === "away";
  // The form that had the focus is gone.
  useLayoutEffect(() => {
    if (isInside) document.getElementById("main")?.focus();
  }, [isInside]);
  return (
    <PeoplePage page="/match">
      <h1 class="hidden-text">Partida</h1>
      <div class="notices" role="status">
        {phase === "away" && <p class="notice warn">Conexão perdida. Tentando de novo até conseguir.</p>}
        {phase === "replaced" ? (
          <Replaced store={store} />
        ) : (
          <NoticeLine notice={notice} close={() => dispatch({ kind: "dismiss" })} />
        )}
      </div>
      {!isInside && phase !== "replaced" && <Entrance store={store} />}
      {isInside && (
        <div class="matches">
          <div class="boards">
            <Invitations store={store} />
            {own !== undefined && <OwnMatch store={store} match={own} />}
            {watched !== undefined && <WatchedMatch store={store} match={watched} />}
            {own === undefined && watched === undefined && <Nothing store={store} />}
          </div>
          <PlayerList store={store} />
          <MatchList store={store} />
          <Ranks store={store} />
        </div>
      )}
    </PeoplePage>
  );
}

function titleOf({ own, me, invitations, phase }: MatchState): string {
  if (phase !== "in") return TITLE;
  if (own?.next === me.name && me.name !== "") return `Sua vez · ${TITLE}`;
  return invitations.length > 0 ? `Convite · ${TITLE}` : TITLE;
}

function Replaced({ store: { state, dispatch } }: { readonly store: MatchStore }) {
  return (
    <p class="notice warn">
      {state.value.notice?.text}{" "}
      <button type="button" onClick={() => dispatch({ kind: "resume" })}>
        Retomar aqui
      </button>{" "}
      <button type="button" onClick={() => dispatch({ kind: "quit" })}>
        Entrar com outra conta
      </button>
    </p>
  );
}

function Nothing({ store: { state } }: { readonly store: MatchStore }) {
  const { me, players, inviting } = state.value;
  if (inviting !== "") return null;
  const isAlone = players.every((name) => name === me.name);
  const invite = isAlone
    ? "Ninguém mais está aqui: entre com outro nome em outra aba, ou por um terminal (run match)."
    : "Convide alguém da lista, ou espere um convite.";
  return (
    <section class="panel" aria-label="Sua partida">
      <p class="muted">{me.name === "" ? "Escolha uma partida para assistir." : invite}</p>
    </section>
  );
}
