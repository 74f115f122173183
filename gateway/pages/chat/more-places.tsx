// Who one is, and the ways to enter another room and to leave the chat.

import type { ChatStore } from "./store.ts";

const NAME_MAX = 32;

export function MorePlaces({ store: { state, dispatch } }: { readonly store: ChatStore }) {
  const { me } = state.value;
  const join = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    dispatch({ kind: "join", place: String(new FormData(form).get("room") ?? "") });
    form.reset();
  };
  return (
    <section class="panel more" aria-label="Outras salas">
      <form class="row" onSubmit={join}>
        <input name="room" aria-label="Outra sala" placeholder="outra sala" required maxLength={NAME_MAX} />
        <button>Entrar</button>
      </form>
      <button type="button" class="quiet" onClick={() => dispatch({ kind: "quit" })}>
        Sair do chat ({me.id})
      </button>
    </section>
  );
}
