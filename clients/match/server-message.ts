// Lines of the match server as what they mean; a line that is not as it should be is just text.
import { cellAt } from "#actors/match/rules.ts";

export type ServerMessage =
  | { readonly kind: "done"; readonly command: string; readonly fields: readonly string[] }
  /** Without a command: whatever was asked first is none that the server knows. */
  | { readonly kind: "refused"; readonly command: string | undefined; readonly reason: string }
  | { readonly kind: "ping" }
  | { readonly kind: "pong"; readonly text: string }
  | { readonly kind: "invited"; readonly host: string; readonly isHosted: boolean }
  | { readonly kind: "declined"; readonly guest: string }
  /** `where`: of a game from peer to peer. */
  | { readonly kind: "accepted"; readonly guest: string; readonly where: PeerAddress | undefined }
  | Snapshot
  | Moved
  | { readonly kind: "absent" | "present"; readonly id: string; readonly who: string }
  | Ended
  | { readonly kind: "disconnected"; readonly reason: string }
  | { readonly kind: "other"; readonly text: string };

export interface PeerAddress {
  readonly host: string;
  readonly matchPort: number;
  readonly pingPort: number;
}

export interface Snapshot {
  readonly kind: "snapshot";
  readonly id: string;
  readonly host: string;
  readonly guest: string;
  /** Nine of `.`, `X` and `O`, row by row. */
  readonly board: string;
  /** Moves made. */
  readonly count: number;
  /** Empty after the end. */
  readonly next: string;
  readonly leftMs: number;
}

export interface Moved {
  readonly kind: "moved";
  readonly id: string;
  /** From 1. */
  readonly number: number;
  /** 0 to 8. */
  readonly cell: number;
  readonly who: string;
  readonly next: string;
  readonly leftMs: number;
}

export interface Ended {
  readonly kind: "ended";
  readonly id: string;
  /** Empty where nobody won. */
  readonly winner: string;
  readonly reason: string;
  readonly count: number;
}

const REPLY = /^([a-z]+)(ACK|ERR)(?:;(.*))?$/su;
const UNKNOWN_COMMAND = "Comando Não Reconhecido";
const PORT_MAX = 65_535;

export function parseServerMessage(line: string): ServerMessage {
  return replyOf(line) ?? noticeOf(line.split(";")) ?? { kind: "other", text: line };
}

function replyOf(line: string): ServerMessage | undefined {
  if (line === UNKNOWN_COMMAND) return { kind: "refused", command: undefined, reason: line };
  const [, command = "", outcome, rest] = REPLY.exec(line) ?? [];
  if (outcome === "ERR") return { kind: "refused", command, reason: rest ?? "" };
  return outcome === "ACK" ? { kind: "done", command, fields: rest ? rest.split(";") : [] } : undefined;
}

function noticeOf([name = "", ...fields]: readonly string[]): ServerMessage | undefined {
  const [first = "", second = ""] = fields;
  switch (name) {
    case "ping":
      return { kind: "ping" };
    case "pong":
      return { kind: "pong", text: first };
    case "invite":
      return first === "" ? undefined : { kind: "invited", host: first, isHosted: second === "hosted" };
    case "answer":
      return answerOf(fields);
    case "match":
      return snapshotOf(fields);
    case "moved":
      return movedOf(fields);
    case "absent":
    case "present":
      return { kind: name, id: first, who: second };
    case "ended":
      return endedOf(fields);
    case "disconnect":
      return { kind: "disconnected", reason: first };
    default:
      return undefined;
  }
}

function answerOf([guest = "", accepts, host, ...ports]: readonly string[]): ServerMessage | undefined {
  if (accepts === "False") return { kind: "declined", guest };
  if (accepts !== "True") return undefined;
  if (host === undefined) return { kind: "accepted", guest, where: undefined };
  const [matchPort, pingPort] = ports.map((port) => numberOf(port, PORT_MAX));
  const isComplete = matchPort !== undefined && pingPort !== undefined && matchPort > 0 && pingPort > 0;
  return isComplete ? { kind: "accepted", guest, where: { host, matchPort, pingPort } } : undefined;
}

function snapshotOf(fields: readonly string[]): Snapshot | undefined {
  const [id = "", host = "", guest = "", board = "", made = "", next = "", left = ""] = fields;
  const count = numberOf(made, 9);
  const leftMs = numberOf(left);
  if (count === undefined || leftMs === undefined || !/^[.XO]{9}$/.test(board)) return undefined;
  return { kind: "snapshot", id, host, guest, board, count, next, leftMs };
}

function movedOf(fields: readonly string[]): Moved | undefined {
  const [id = "", made = "", row = "", column = "", who = "", next = "", left = ""] = fields;
  const number = numberOf(made, 9);
  const cell = cellAt(Number(row), Number(column));
  const leftMs = numberOf(left);
  if (number === undefined || number < 1 || cell === undefined || leftMs === undefined) return undefined;
  return { kind: "moved", id, number, cell, who, next, leftMs };
}

function endedOf([id = "", winner = "", reason = "", made = ""]: readonly string[]): Ended | undefined {
  const count = numberOf(made, 9);
  return count === undefined ? undefined : { kind: "ended", id, winner, reason, count };
}

function numberOf(text: string, max = Number.MAX_SAFE_INTEGER): number | undefined {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return number <= max ? number : undefined;
}
