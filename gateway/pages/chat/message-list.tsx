// Messages of one place in their order, what waits for its acknowledgement, and the way to older ones.

import { useLayoutEffect, useRef } from "preact/hooks";

import { type Note, olderPage, type Place } from "./place.ts";
import type { Message } from "./server-line.ts";
import type { Outgoing } from "./state.ts";

export interface MessageListParts {
  readonly place: Place;
  readonly waiting: readonly Outgoing[];
  readonly self: string;
  readonly older: () => void;
  readonly newest: () => void;
}

/** How near the end still counts as there. */
const NEAR_PX = 40;

export function MessageList({ place, waiting, self, older, newest }: MessageListParts) {
  const frame = useRef<HTMLDivElement>(null);
  const before = useRef({ first: place.first, height: 0, isAtEnd: true });
  useLayoutEffect(() => {
    const box = frame.current;
    if (box === null) return;
    const { first, height, isAtEnd } = before.current;
    // What was read stays where it was when older messages come above it.
    if (place.first < first) box.scrollTop += box.scrollHeight - height;
    else if (isAtEnd && !place.isBack) box.scrollTop = box.scrollHeight;
    Object.assign(before.current, { first: place.first, height: box.scrollHeight });
  });
  const scrolled = (): void => {
    const box = frame.current;
    if (box === null) return;
    before.current.isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
  };
  return (
    <>
      <div class="messages" ref={frame} onScroll={scrolled} role="log" aria-label="Mensagens" tabIndex={0}>
        {olderPage(place) !== undefined && (
          <button type="button" class="older" onClick={older}>
            Mais antigas
          </button>
        )}
        <ol>
          {inOrder(place).map((item) =>
            "from" in item ? (
              <MessageItem key={item.number} message={item} isOwn={item.from === self} />
            ) : (
              <li key={item.id} class="note">
                {item.text}
              </li>
            ),
          )}
          {waiting.map(({ tag, to, text }) => (
            <li key={tag} class="message own waiting">
              <span class="text">{to.startsWith("@") ? `Para ${to.slice(1)}: ${text}` : text}</span>
              <span class="state">enviando…</span>
            </li>
          ))}
        </ol>
        {place.messages.length + place.notes.length + waiting.length === 0 && (
          <p class="muted">Ainda não há mensagens aqui.</p>
        )}
      </div>
      {place.isBack && (
        <button type="button" onClick={newest}>
          Ir para as mais novas
        </button>
      )}
    </>
  );
}

function MessageItem({ message, isOwn }: { readonly message: Message; readonly isOwn: boolean }) {
  const { number, at, from, text } = message;
  return (
    <li class={isOwn ? "message own" : "message"}>
      <span class="head">
        <b>{from}</b> <time dateTime={at}>{timeText(at)}</time>
      </span>
      <span class="text">{text}</span>
      <span class="state" title={isOwn ? "Gravada com este número" : undefined}>
        {isOwn && <span aria-hidden="true">✓ </span>}
        <span class="hidden-text">número </span>
        {number}
      </span>
    </li>
  );
}

/** Each note behind the message that was the newest then. */
function inOrder({ messages, notes, first }: Place): readonly (Message | Note)[] {
  const shown = notes.filter(({ after }) => after >= first - 1);
  const notesAfter = (number: number): readonly Note[] => shown.filter(({ after }) => after === number);
  const above = notesAfter(first - 1);
  const below = shown.filter(({ after }) => after > (messages.at(-1)?.number ?? first - 1));
  return [...above, ...messages.flatMap((message) => [message, ...notesAfter(message.number)]), ...below];
}

function timeText(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  const isToday = date.toDateString() === new Date().toDateString();
  const day = isToday ? {} : ({ day: "2-digit", month: "2-digit", year: "numeric" } as const);
  return date.toLocaleString("pt-BR", { ...day, hour: "2-digit", minute: "2-digit" });
}
