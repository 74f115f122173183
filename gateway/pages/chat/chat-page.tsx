// The whole chat page: whoever is not in comes in; whoever is sees places, what is said, and members.

import { useSignal, useSignalEffect } from "@preact/signals";

import { NoticeLine } from "../lib/notice-line.tsx";
import { PeoplePage } from "../lib/people-page.tsx";
import { Conversation } from "./conversation.tsx";
import { Entrance } from "./entrance.tsx";
import { MemberList } from "./member-list.tsx";
import { MorePlaces } from "./more-places.tsx";
import { PlaceList } from "./place-list.tsx";
import { isRoom, unreadOf } from "./place.ts";
import { currentPlace, placeOf } from "./state.ts";
import type { ChatStore } from "./store.ts";

const TITLE = "Correio · conversa";

export function ChatPage({ store }: { readonly store: ChatStore }) {
  const { state, dispatch } = store;
  /** Of direct messages. */
  const recipient = useSignal("");
  useSignalEffect(() => {
    const unread = state.value.places.reduce((sum, place) => sum + unreadOf(place), 0);
    document.title = unread === 0 ? TITLE : `(${unread}) ${TITLE}`;
  });
  const { phase, me, notice } = state.value;
  const place = currentPlace(state.value);
  const writeTo = (id: string): void => {
    recipient.value = id;
    dispatch({ kind: "show", place: placeOf(state.value, `@${me.id}`)?.name ?? "" });
  };
  const isInside = phase === "in" || phase === "away" || state.value.places.some(({ isIn }) => isIn);
  return (
    <PeoplePage page="/chat">
      <h1 class="hidden-text">Conversa</h1>
      <div class="notices" role="status">
        <PhaseNotice store={store} />
        {phase !== "replaced" && <NoticeLine notice={notice} close={() => dispatch({ kind: "dismiss" })} />}
      </div>
      {isInside ? (
        <div class="chat">
          <PlaceList store={store} />
          <MorePlaces store={store} />
          {place === undefined ? <NoPlace /> : <Conversation store={store} place={place} recipient={recipient} />}
          {place !== undefined && isRoom(place) && <MemberList place={place} self={me.id} writeTo={writeTo} />}
        </div>
      ) : (
        phase !== "replaced" && <Entrance store={store} />
      )}
    </PeoplePage>
  );
}

function PhaseNotice({ store: { state, dispatch } }: { readonly store: ChatStore }) {
  const { phase, notice } = state.value;
  if (phase === "away") return <p class="notice warn">Conexão perdida. Tentando de novo até conseguir.</p>;
  if (phase !== "replaced") return null;
  return (
    <p class="notice warn">
      {notice?.text}{" "}
      <button type="button" onClick={() => dispatch({ kind: "resume" })}>
        Retomar aqui
      </button>{" "}
      <button type="button" onClick={() => dispatch({ kind: "quit" })}>
        Entrar com outro nome
      </button>
    </p>
  );
}

function NoPlace() {
  return (
    <section class="panel conversation">
      <p class="muted">Entre em uma sala para conversar.</p>
    </section>
  );
}
