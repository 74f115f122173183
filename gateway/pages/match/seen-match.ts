// A match as far as this page has seen it: the server decides, this only follows.
import { cellAt, type Ended, type Moved, type Snapshot } from "./server-message.ts";

export interface SeenMatch {
  readonly id: string;
  readonly host: string;
  readonly guest: string;
  /** Nine of `.`, `X` and `O`, row by row. */
  readonly board: string;
  /** Moves made. */
  readonly count: number;
  /** Whose turn it is; empty after the end. */
  readonly next: string;
  /** On the page's clock; undefined where nobody has said. */
  readonly turnEndsAtMs: number | undefined;
  /** Cells in the order in which they were taken; shorter than `count` where some were not seen. */
  readonly moves: readonly number[];
  /** Players whose connection is gone. */
  readonly away: readonly string[];
  readonly result: { readonly winner: string; readonly reason: string } | undefined;
}

/** What `record` tells. */
export interface MatchRecord {
  readonly id: string;
  readonly host: string;
  readonly guest: string;
  readonly moves: readonly number[];
  readonly result: SeenMatch["result"];
}

export type Mark = "X" | "O";

const LINES = ["012", "345", "678", "036", "147", "258", "048", "246"].map((line) => Array.from(line, Number));

/** Of a player; the host has the second symbol. */
export const markOf = ({ host }: Pick<SeenMatch, "host">, who: string): Mark => (who === host ? "O" : "X");

export const isPlayer = ({ host, guest }: Pick<SeenMatch, "host" | "guest">, who: string): boolean =>
  who !== "" && (who === host || who === guest);

export const opponentOf = ({ host, guest }: SeenMatch, who: string): string => (who === host ? guest : host);

export function seen(snapshot: Snapshot, nowMs: number, before?: SeenMatch): SeenMatch {
  const { id, host, guest, board, count, next, leftMs } = snapshot;
  const { moves, away } = before?.id === id ? before : { moves: [], away: [] };
  const turnEndsAtMs = next === "" ? undefined : nowMs + leftMs;
  return { id, host, guest, board, count, next, turnEndsAtMs, moves: moves.slice(0, count), away, result: undefined };
}

/** As it is where the move has been seen before; undefined where there is one between. */
export function moved(match: SeenMatch, made: Moved, nowMs: number): SeenMatch | undefined {
  const { number, cell, who, next, leftMs } = made;
  if (number <= match.count) return match;
  if (number > match.count + 1) return undefined;
  const board = match.board.slice(0, cell) + markOf(match, who) + match.board.slice(cell + 1);
  const moves = [...match.moves, cell];
  return { ...match, board, moves, count: number, next, turnEndsAtMs: next === "" ? undefined : nowMs + leftMs };
}

export function presence(match: SeenMatch, who: string, isThere: boolean): SeenMatch {
  const others = match.away.filter((each) => each !== who);
  return { ...match, away: isThere ? others : [...others, who] };
}

export function ended(match: SeenMatch, { winner, reason }: Pick<Ended, "winner" | "reason">): SeenMatch {
  return { ...match, next: "", turnEndsAtMs: undefined, away: [], result: { winner, reason } };
}

/** What the server has kept is at least as much as was seen. */
export function recorded(match: SeenMatch, { moves, result }: MatchRecord): SeenMatch {
  if (moves.length < match.count) return match;
  const marks = moves.map((cell, index) => [cell, index % 2 === 0 ? "O" : "X"] as const);
  const byCell = new Map<number, string>(marks);
  const board = Array.from({ length: 9 }, (_, cell) => byCell.get(cell) ?? ".").join("");
  const isFurther = moves.length > match.count;
  const next = isFurther ? [match.host, match.guest][moves.length % 2] : match.next;
  const turnEndsAtMs = isFurther ? undefined : match.turnEndsAtMs;
  const caughtUp = { ...match, board, moves, count: moves.length, next: next ?? "", turnEndsAtMs };
  return result === undefined ? caughtUp : ended(caughtUp, result);
}

/** Undefined where it is not as it should be. */
export function parseRecord(fields: readonly string[]): MatchRecord | undefined {
  const [id = "", host = "", guest = "", made = "", phase, winner = "", reason = ""] = fields;
  const places = (made.match(/../g) ?? []).map((place) => cellAt(Number(place[0]), Number(place[1])));
  const moves = places.filter((cell) => cell !== undefined);
  const isWhole = 2 * moves.length === made.length && moves.length <= 9;
  if (!isWhole || (phase !== "playing" && phase !== "ended")) return undefined;
  return { id, host, guest, moves, result: phase === "ended" ? { winner, reason } : undefined };
}

/** The three that won, if there are three. */
export function winningCells({ board }: Pick<SeenMatch, "board">): readonly number[] {
  const isWon = (line: readonly number[]): boolean => new Set(line.map((cell) => board[cell])).size === 1;
  return LINES.find((line) => board[line[0] ?? 0] !== "." && isWon(line)) ?? [];
}
