// What is printed, in the words of the documents and in Portuguese; nothing from elsewhere gets through unharmed.
import { safeText } from "../terminal/safe-text.ts";
import type { Message, ServerLine } from "./server-line.ts";

/** Of who leaves, in words; other reasons stand there as they are. */
const REASONS: Readonly<Record<string, string>> = {
  left: "saiu da sala",
  exit: "saiu do chat",
  connection_lost: "perdeu a conexão",
  idle_timeout: "ficou em silêncio tempo demais",
};

const twoDigits = (value: number): string => String(value).padStart(2, "0");

/** `09:12:33 lobby 43 ana: oi`, in local time; with its day, where that is another one. */
export function messageText({ place, number, at, from, text }: Message, nowMs: number): string {
  return safeText(`${localTime(at, nowMs)} ${place} ${number} ${from}: ${text}`);
}

export function noticeText(text: string): string {
  return `* ${safeText(text)}`;
}

/** As the chat document has it. */
export function acknowledgedText(id: string): string {
  return `${safeText(id)} : "ACK"`;
}

export function gapText(place: string, count: number): string {
  return noticeText(
    `Em ${place}, ${count} ${count === 1 ? "mensagem antiga não existe" : "mensagens antigas não existem"} mais.`,
  );
}

export function cameText({ room, id, address }: Extract<ServerLine, { kind: "joined" }>): string {
  return noticeText(`${id} entrou em ${room} (${address})`);
}

export function wentText({ room, id, reason }: Extract<ServerLine, { kind: "left" }>): string {
  return noticeText(`${id} saiu de ${room}: ${REASONS[reason] ?? reason}`);
}

export function membersText(room: string, members: readonly string[]): string {
  return noticeText(`Em ${room} (${members.length}): ${members.join(", ")}`);
}

function localTime(at: string, nowMs: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  const today = new Date(nowMs);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(":");
  if (date.toDateString() === today.toDateString()) return time;
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())} ${time}`;
}
