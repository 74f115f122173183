// Who is connected, and who of them can be invited.

import type { MatchStore } from "./store.ts";

export function PlayerList({ store: { state, dispatch } }: { readonly store: MatchStore }) {
  const { players, matches, me, inviting, own, phase } = state.value;
  const playing = new Set(matches.flatMap(({ host, guest }) => [host, guest]));
  const isFree = phase === "in" && me.name !== "" && inviting === "" && (own === undefined || own.result !== undefined);
  return (
    <section class="panel" aria-label="Jogadores">
      <h2>Usuários conectados</h2>
      <ul class="plain">
        {players.map((name) => (
          <li key={name} class="row">
            <span class="name">{name === me.name ? `${name} (você)` : name}</span>
            {name !== me.name && playing.has(name) && <span class="muted">em partida</span>}
            {name !== me.name && !playing.has(name) && isFree && (
              <button type="button" class="small" onClick={() => dispatch({ kind: "invite", guest: name })}>
                Convidar<span class="hidden-text"> {name}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      {players.length === 0 && <p class="muted">Ninguém ainda.</p>}
      <button type="button" class="quiet small" onClick={() => dispatch({ kind: "quit" })}>
        {me.name === "" ? "Voltar" : "Sair da conta"}
      </button>
    </section>
  );
}
