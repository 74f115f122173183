// The places one is in, with what is unread, and the ways to enter another one and to leave the chat.

import { isRoom, type Place, unreadOf } from "./place.ts";
import type { ChatStore } from "./store.ts";

export function PlaceList({ store: { state, dispatch } }: { readonly store: ChatStore }) {
  const { places, current, me } = state.value;
  const join = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    dispatch({ kind: "join", place: String(new FormData(form).get("room") ?? "") });
    form.reset();
  };
  return (
    <nav class="panel places" aria-label="Salas">
      <p class="muted">
        Você é <b>{me.id}</b>.
      </p>
      <ul>
        {places.map((place) => (
          <li key={place.name}>
            <button
              type="button"
              class="place"
              aria-current={place.name === current ? "true" : undefined}
              onClick={() => dispatch({ kind: "show", place: place.name })}
            >
              <span>{placeTitle(place)}</span>
              <Unread place={place} />
            </button>
          </li>
        ))}
      </ul>
      <form class="row" onSubmit={join}>
        <input name="room" aria-label="Outra sala" placeholder="outra sala" required maxLength={32} />
        <button>Entrar</button>
      </form>
      <button type="button" class="quiet" onClick={() => dispatch({ kind: "quit" })}>
        Sair do chat
      </button>
    </nav>
  );
}

export const placeTitle = (place: Place): string => (isRoom(place) ? place.name : "Mensagens diretas");

function Unread({ place }: { readonly place: Place }) {
  const count = unreadOf(place);
  if (count === 0) return null;
  return (
    <span class="unread">
      {count > 99 ? "99+" : count}
      <span class="hidden-text"> não lidas</span>
    </span>
  );
}
