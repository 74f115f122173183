// The places one is in, with what is unread in each.

import { isRoom, type Place, unreadOf } from "./place.ts";
import type { ChatStore } from "./store.ts";

export function PlaceList({ store: { state, dispatch } }: { readonly store: ChatStore }) {
  const { places, current } = state.value;
  return (
    <nav class="panel places" aria-label="Salas">
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
