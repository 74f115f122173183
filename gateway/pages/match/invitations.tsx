// Who has invited us, with yes and no; and whom we wait for.

import type { MatchStore } from "./store.ts";

export function Invitations({ store: { state, dispatch } }: { readonly store: MatchStore }) {
  const { invitations, inviting } = state.value;
  return (
    <div class="invitations" role="status">
      {invitations.map(({ host }) => (
        <div key={host} class="notice good row">
          <span>{host} convidou você para uma partida.</span>
          <button type="button" class="primary" onClick={() => dispatch({ kind: "answer", host, accepts: true })}>
            Jogar<span class="hidden-text"> com {host}</span>
          </button>
          <button type="button" onClick={() => dispatch({ kind: "answer", host, accepts: false })}>
            Recusar<span class="hidden-text"> o convite de {host}</span>
          </button>
        </div>
      ))}
      {inviting !== "" && <p class="notice">Esperando a resposta de {inviting}…</p>}
    </div>
  );
}
