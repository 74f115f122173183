// What is sent of a match to both players and all who watch: whole lines, encoded once for all.
import { t, topic } from "#runtime/mod.ts";

import { joinFields } from "./message-fields.ts";

/** Of one match, by its id. A connection sends them on as they are. */
export const matchLines = topic("match-lines", t.String());

/** Why a match is over, as programs are told. */
export type EndReason = HostedEnd | IntroducedEnd | "not_started";
export type HostedEnd = "line" | "board_full" | "resigned" | "turn_clock";
export type IntroducedEnd = "agreed" | "conflict" | "unconfirmed" | "opponent_gone" | "abandoned" | "expired";

const PRESENCES = ["absent", "present"] as const;

export interface Snapshot {
  readonly id: string;
  readonly host: string;
  readonly guest: string;
  /** Nine of `.`, `X` and `O`, row by row. */
  readonly board: string;
  readonly moves: number;
  /** Whose turn it is; empty after the end. */
  readonly next: string;
  readonly leftMs: number;
}

export function snapshotLine({ id, host, guest, board, moves, next, leftMs }: Snapshot): string {
  return line("match", id, host, guest, board, moves, next, leftMs);
}

export interface Moved {
  readonly id: string;
  /** Counted from 1. */
  readonly number: number;
  readonly row: number;
  readonly column: number;
  readonly who: string;
  readonly next: string;
  readonly leftMs: number;
}

export function movedLine({ id, number, row, column, who, next, leftMs }: Moved): string {
  return line("moved", id, number, row, column, who, next, leftMs);
}

export function presenceLine(what: (typeof PRESENCES)[number], id: string, who: string): string {
  return line(what, id, who);
}

/** Whether it tells of this player that he is away, or back: seldom, and every move is asked. */
export function tellsPresenceOf(text: string, id: string, who: string): boolean {
  return PRESENCES.some((what) => text.startsWith(what) && text === presenceLine(what, id, who));
}

/** `winner` is empty where nobody won. */
export function endedLine(id: string, winner: string, reason: EndReason, moves: number): string {
  return line("ended", id, winner, reason, moves);
}

function line(...fields: readonly (string | number)[]): string {
  return `${joinFields(...fields)}\n`;
}
