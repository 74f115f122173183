// The form with which one comes in: an account, a new one, or none for whoever only watches.

import { useSignal } from "@preact/signals";

import type { MatchStore } from "./store.ts";
import { NAME_RULE } from "./words.ts";

const NAME_PATTERN = "[A-Za-z0-9][A-Za-z0-9_.\\-]{0,31}";
const PASSWORD_MAX = 128;

export function Entrance({ store: { state, dispatch } }: { readonly store: MatchStore }) {
  const { phase, me } = state.value;
  const isNew = useSignal(false);
  const enter = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string): string => String(fields.get(name) ?? "");
    dispatch({ kind: "enter", name: text("name").trim(), password: text("password"), isNew: isNew.value });
  };
  if (phase === "entering") return <Entering name={me.name} giveUp={() => dispatch({ kind: "quit" })} />;
  return (
    <form class="panel entrance" aria-label="Entrar" onSubmit={enter}>
      <h2>Jogo da velha</h2>
      <label class="field">
        Nome
        <input
          name="name"
          required
          pattern={NAME_PATTERN}
          title={NAME_RULE}
          defaultValue={me.name}
          autoComplete="username"
        />
      </label>
      <label class="field">
        Senha
        <input name="password" type="password" required maxLength={PASSWORD_MAX} autoComplete="current-password" />
      </label>
      <label class="check">
        <input type="checkbox" checked={isNew.value} onChange={() => (isNew.value = !isNew.value)} />
        Criar uma conta
      </label>
      <button class="primary">{isNew.value ? "Criar conta e entrar" : "Entrar"}</button>
      <button type="button" onClick={() => dispatch({ kind: "look" })}>
        Só assistir
      </button>
    </form>
  );
}

function Entering({ name, giveUp }: { readonly name: string; readonly giveUp: () => void }) {
  return (
    <div class="panel entrance" role="status">
      <p>Conectando{name === "" ? "" : ` como ${name}`}…</p>
      <button type="button" onClick={giveUp}>
        Cancelar
      </button>
    </div>
  );
}
