// What the server says unasked, as lines: messages, who comes and goes, notices. The replies are the commands' own.
import type { Message } from "./message-log.ts";

/** `* lobby 43 2026-11-21T12:00:00.123Z ana: oi`; the place is a room, or `@` and the id of whom it is for. */
export function messageLine(place: string, { number, at, from, text }: Message): string {
  return `* ${place} ${number} ${new Date(at).toISOString()} ${from}: ${text}\n`;
}

export function joinedLine(room: string, id: string, address: string): string {
  return `* ${room} + ${id} ${address}\n`;
}

/** `reason` is a code, such as `left`, `exit` or `disconnect`. */
export function leftLine(room: string, id: string, reason: string): string {
  return `* ${room} - ${id} ${reason}\n`;
}

export function noticeLine(code: string, text: string): string {
  return `* ! ${code} ${text}\n`;
}

/** The inbox of an id, in lines and in `HISTORY`. */
export function inboxPlace(id: string): string {
  return `@${id}`;
}
