// A hosted match as far as we have seen it: the server decides, this only shows.
import { boardOf, cellAt, placeOf, type Side } from "#actors/match/rules.ts";

import { reasonText } from "./sentences.ts";
import type { Moved, Snapshot } from "./server-message.ts";
import { boardRows, markOf, turnText } from "./shown.ts";

/** What `record` tells; undefined where it is not as it should be. */
export interface MatchRecord {
  readonly id: string;
  readonly host: string;
  readonly guest: string;
  readonly moves: readonly number[];
  readonly isEnded: boolean;
  readonly winner: string;
  readonly reason: string;
}

export class SeenMatch {
  readonly id: string;
  readonly host: string;
  readonly guest: string;
  #board: string;
  #count: number;
  #next: string;
  #leftMs: number | undefined;

  constructor({ id, host, guest, board, count, next, leftMs }: Snapshot) {
    this.id = id;
    this.host = host;
    this.guest = guest;
    this.#board = board;
    this.#count = count;
    this.#next = next;
    this.#leftMs = leftMs;
  }

  /** Moves that have been made. */
  get count(): number {
    return this.#count;
  }

  /** Whose turn it is; empty after the end. */
  get next(): string {
    return this.#next;
  }

  /** For whose turn it is, as it was told last; 0 where it was not. */
  get leftMs(): number {
    return this.#leftMs ?? 0;
  }

  sideOf(name: string): Side | undefined {
    if (name === this.host) return "host";
    return name === this.guest ? "guest" : undefined;
  }

  markAt(cell: number): string {
    return this.#board[cell] ?? ".";
  }

  /** False where it does not follow what we have seen. */
  move({ number, cell, who, next, leftMs }: Moved): boolean {
    if (number !== this.#count + 1) return false;
    const side = this.sideOf(who) ?? "host";
    this.#board = this.#board.slice(0, cell) + markOf(side) + this.#board.slice(cell + 1);
    this.#count = number;
    this.#next = next;
    this.#leftMs = leftMs;
    return true;
  }

  /** What the server has kept is at least as much as we have seen. */
  catchUp({ moves, isEnded, host, guest }: MatchRecord): void {
    this.#board = boardOf(moves);
    this.#count = moves.length;
    this.#leftMs = undefined;
    this.#next = isEnded ? "" : moves.length % 2 === 0 ? host : guest;
  }

  /** Who plays whom, and with what. */
  title(): string {
    return `Partida ${this.id}: ${this.host} (${markOf("host")}) contra ${this.guest} (${markOf("guest")})`;
  }

  moveText(who: string, cell: number, self: string | undefined): string {
    const { row, column } = placeOf(cell);
    return `${who === self ? "Você" : who} jogou ${row} ${column}.`;
  }

  /** The board, and whose turn it is. */
  rows(self: string | undefined): readonly string[] {
    const side = this.sideOf(this.#next);
    const turn = side === undefined ? [] : [turnText(this.#next === self, this.#next, markOf(side), this.#leftMs)];
    return [...boardRows(this.#board), ...turn];
  }

  endText(winner: string, reason: string, self: string | undefined): string {
    const why = reasonText(reason);
    if (winner === "") return `Empate: ${why}.`;
    if (self === undefined || this.sideOf(self) === undefined) return `${winner} venceu: ${why}.`;
    return `${winner === self ? "Você venceu" : "Você perdeu"}: ${why}.`;
  }
}

export function parseRecord(fields: readonly string[]): MatchRecord | undefined {
  const [id = "", host = "", guest = "", made = "", phase, winner = "", reason = ""] = fields;
  const moves = (made.match(/../g) ?? []).map((place) => cellAt(Number(place[0]), Number(place[1])));
  const cells = moves.filter((cell) => cell !== undefined);
  const isWhole = 2 * cells.length === made.length && cells.length <= 9;
  if (!isWhole || (phase !== "playing" && phase !== "ended")) return undefined;
  return { id, host, guest, moves: cells, isEnded: phase === "ended", winner, reason };
}
