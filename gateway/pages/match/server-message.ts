// A line of the match server as what it means; docs/match.md tells what there is. One that is not so is nothing.

export type ServerMessage =
  | { readonly kind: "done"; readonly command: string; readonly fields: readonly string[] }
  /** Without a command: what was asked first is none that the server knows. */
  | { readonly kind: "refused"; readonly command: string; readonly reason: string }
  | { readonly kind: "ping" }
  | { readonly kind: "invited"; readonly host: string; readonly isHosted: boolean }
  | { readonly kind: "answered"; readonly guest: string; readonly accepts: boolean }
  | Snapshot
  | Moved
  | { readonly kind: "absent"; readonly id: string; readonly who: string }
  | { readonly kind: "present"; readonly id: string; readonly who: string }
  | Ended
  | { readonly kind: "disconnected"; readonly reason: string }
  | { readonly kind: "warned"; readonly code: string };

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

export function parseServerMessage(line: string): ServerMessage | undefined {
  return replyOf(line) ?? newsOf(line.split(";"));
}

/** 0 to 8; undefined off the board. Rows and columns count from 1. */
export function cellAt(row: number, column: number): number | undefined {
  const isOnBoard = [row, column].every((each) => each === 1 || each === 2 || each === 3);
  return isOnBoard ? 3 * (row - 1) + column - 1 : undefined;
}

export const rowOf = (cell: number): number => Math.floor(cell / 3) + 1;
export const columnOf = (cell: number): number => (cell % 3) + 1;

function replyOf(line: string): ServerMessage | undefined {
  if (line === UNKNOWN_COMMAND) return { kind: "refused", command: "", reason: line };
  const [, command = "", outcome, rest = ""] = REPLY.exec(line) ?? [];
  if (outcome === "ERR") return { kind: "refused", command, reason: rest };
  return outcome === "ACK" ? { kind: "done", command, fields: rest === "" ? [] : rest.split(";") } : undefined;
}

function newsOf([name = "", ...fields]: readonly string[]): ServerMessage | undefined {
  const [first = "", second = ""] = fields;
  switch (name) {
    case "ping":
      return { kind: "ping" };
    case "invite":
      return first === "" ? undefined : { kind: "invited", host: first, isHosted: second === "hosted" };
    case "answer":
      return second === "True" || second === "False"
        ? { kind: "answered", guest: first, accepts: second === "True" }
        : undefined;
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
    case "warning":
      return { kind: "warned", code: first };
    default:
      return undefined;
  }
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
