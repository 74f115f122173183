// What is said in one place, and what one says there.

import type { Signal } from "@preact/signals";

import { Composer } from "./composer.tsx";
import { MessageList } from "./message-list.tsx";
import { placeTitle } from "./place-list.tsx";
import { isRoom, type Place } from "./place.ts";
import type { ChatStore } from "./store.ts";

export interface ConversationParts {
  readonly store: ChatStore;
  readonly place: Place;
  readonly recipient: Signal<string>;
}

export function Conversation({ store, place, recipient }: ConversationParts) {
  const { state, dispatch } = store;
  const { outbox } = state.value;
  const waiting = outbox.filter(({ to }) => (isRoom(place) ? to === place.name : to.startsWith("@")));
  return (
    <section class="panel conversation" aria-label={placeTitle(place)}>
      <header class="row">
        <h2>{placeTitle(place)}</h2>
        {isRoom(place) && (
          <button type="button" class="quiet small" onClick={() => dispatch({ kind: "leave", place: place.name })}>
            Sair da sala
          </button>
        )}
      </header>
      <MessageList
        key={place.name}
        place={place}
        waiting={waiting}
        self={state.value.me.id}
        older={() => dispatch({ kind: "older" })}
        newest={() => dispatch({ kind: "newest" })}
      />
      <Composer key={`to ${place.name}`} store={store} place={place} recipient={recipient} />
    </section>
  );
}
