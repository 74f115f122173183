// The form with which one comes in: a name, a password where the name has one, and the first room.

import { useSignal } from "@preact/signals";

import type { ChatStore } from "./store.ts";
import { NAME_RULE } from "./words.ts";

const NAME_PATTERN = "[A-Za-z0-9][A-Za-z0-9_.\\-]{0,31}";
const FIRST_ROOM = "lobby";

export function Entrance({ store: { state, dispatch } }: { readonly store: ChatStore }) {
  const { phase, me, notice } = state.value;
  const isNew = useSignal(false);
  const enter = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string): string => String(fields.get(name) ?? "");
    const names = { id: text("id").trim(), password: text("password"), room: text("room").trim() };
    dispatch({ kind: "enter", ...names, isNew: isNew.value });
  };
  if (phase === "entering") return <Entering id={me.id} giveUp={() => dispatch({ kind: "quit" })} />;
  const needsPassword = isNew.value || (notice?.text.includes("senha") ?? false);
  return (
    <form class="panel entrance" aria-label="Entrar" onSubmit={enter}>
      <h2>Entrar na conversa</h2>
      <label class="field">
        Nome
        <input
          name="id"
          required
          pattern={NAME_PATTERN}
          title={NAME_RULE}
          defaultValue={me.id}
          autoComplete="username"
        />
      </label>
      <label class="field">
        Sala
        <input
          name="room"
          required
          pattern={NAME_PATTERN}
          title={NAME_RULE}
          defaultValue={FIRST_ROOM}
          autoComplete="off"
        />
      </label>
      <details open={needsPassword}>
        <summary>Tenho conta, ou quero uma</summary>
        <label class="field">
          Senha
          <input name="password" type="password" required={needsPassword} autoComplete="current-password" />
        </label>
        <label class="check">
          <input type="checkbox" checked={isNew.value} onChange={() => (isNew.value = !isNew.value)} />
          Criar uma conta com esta senha
        </label>
      </details>
      <button class="primary">Entrar</button>
    </form>
  );
}

function Entering({ id, giveUp }: { readonly id: string; readonly giveUp: () => void }) {
  return (
    <div class="panel entrance" role="status">
      <p>Conectando como {id}…</p>
      <button type="button" onClick={giveUp}>
        Cancelar
      </button>
    </div>
  );
}
