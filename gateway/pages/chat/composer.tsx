// The line in which one writes, and in the inbox also to whom.

import type { Signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";

import { isRoom, type Place } from "./place.ts";
import type { ChatStore } from "./store.ts";

const TEXT_MAX = 2_000;
const NAME_MAX = 32;

export interface ComposerParts {
  readonly store: ChatStore;
  readonly place: Place;
  readonly recipient: Signal<string>;
}

export function Composer({ store: { dispatch }, place, recipient }: ComposerParts) {
  const isInbox = !isRoom(place);
  const line = useRef<HTMLInputElement>(null);
  // Whoever comes to a place comes to write; the form that had the focus may be gone.
  useLayoutEffect(() => line.current?.focus(), []);
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const input = form.elements.namedItem("text") as HTMLInputElement;
    const text = input.value;
    if (isInbox) dispatch({ kind: "message", to: recipient.value, text });
    else dispatch({ kind: "say", text });
    input.value = "";
    input.focus();
  };
  return (
    <form class="composer" onSubmit={send} aria-label="Escrever">
      {isInbox && (
        <input
          class="recipient"
          aria-label="Para quem"
          placeholder="para quem"
          required
          maxLength={NAME_MAX}
          value={recipient.value}
          onInput={(event) => (recipient.value = event.currentTarget.value)}
        />
      )}
      <input
        ref={line}
        name="text"
        aria-label={isInbox ? "Mensagem direta" : `Mensagem em ${place.name}`}
        placeholder="mensagem"
        autoComplete="off"
        required
        maxLength={TEXT_MAX}
      />
      <button class="primary">Enviar</button>
    </form>
  );
}
