// The leaderboard: the best first.

import type { MatchStore } from "./store.ts";

export function Ranks({ store: { state } }: { readonly store: MatchStore }) {
  const { ranks, me } = state.value;
  return (
    <section class="panel" aria-label="Placar">
      <h2>Placar</h2>
      {ranks.length === 0 ? (
        <p class="muted">Ninguém terminou uma partida ainda.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Lugar</th>
              <th scope="col">Nome</th>
              <th scope="col" class="number">
                Pontos
              </th>
            </tr>
          </thead>
          <tbody>
            {ranks.map(({ rank, name, score }) => (
              <tr key={name} class={name === me.name ? "self" : undefined}>
                <td>{rank}º</td>
                <td>{name}</td>
                <td class="number">{score}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
