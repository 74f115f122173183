// What the messaging client prints: publications, lists, notices; nothing from elsewhere gets through unharmed.
import { safeText } from "../terminal/safe-text.ts";
import { EXCERPT_LENGTH, NAMES_SHOWN_MAX, SHOWN_LENGTH_MAX } from "./limits.ts";
import type { Source } from "./server-line.ts";

/** Whatever the server sends, it is one line, and not endless. */
export function shownText(text: string): string {
  return safeText(cut(text, SHOWN_LENGTH_MAX));
}

/** Of what a person has typed, as much as is needed to know it again. */
export function excerpt(text: string): string {
  return cut(text, EXCERPT_LENGTH);
}

/** `[geral] ana: oi [12:00:00] (clock=5)`. */
export function publicationText({ kind, name }: Source, line: string): string {
  return shownText(`[${kind === "channel" ? name : "direta"}] ${line}`);
}

export function noticeText(text: string): string {
  return `* ${shownText(text)}`;
}

/** What came with a clock is shown with it, as publications are. */
export function clockText(text: string, clock: number | undefined): string {
  return clock === undefined ? text : `${text} (clock=${clock})`;
}

/** `Canais (2): geral, jogos`. */
export function listText(title: string, names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN_MAX;
  const shown = names.slice(0, NAMES_SHOWN_MAX).join(", ");
  return `${title} (${names.length}): ${shown || "nenhum"}${more > 0 ? `, e mais ${more}` : ""}`;
}

export function sourceText({ kind, name }: Source): string {
  return kind === "channel" ? name : "mensagens diretas";
}

export function gapText(source: Source, count: number): string {
  const what = count === 1 ? "mensagem antiga não existe" : "mensagens antigas não existem";
  return noticeText(`${sourceText(source)}: ${count} ${what} mais.`);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
