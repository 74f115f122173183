// What the match client draws: the board, and tables as the document has them.
import type { Side } from "#actors/match/rules.ts";

/** Shows one line; whatever would harm a terminal is written out. */
export type Say = (text: string) => void;

const RULE = "-----";
const SCORES_INDENT = 4;

export const markOf = (side: Side): string => (side === "host" ? "O" : "X");

/** With its coordinates; `board` is nine of `.`, `X` and `O`, row by row. */
export function boardRows(board: string): readonly string[] {
  const rows = [0, 1, 2].map((row) => {
    const cells = Array.from(board.slice(3 * row, 3 * row + 3), (mark) => (mark === "." ? " " : mark));
    return ` ${row + 1}   ${cells.join(" | ")}`.trimEnd();
  });
  return ["     1   2   3", ...rows.flatMap((row, index) => (index === 0 ? [row] : ["    ---+---+---", row]))];
}

/** Of `leaders`: best first, names in order where the score is the same. */
export function leaderRows(scores: readonly (readonly [name: string, score: number])[]): readonly string[] {
  const sorted = scores.toSorted(([oneName, one], [otherName, other]) => other - one || (oneName < otherName ? -1 : 1));
  const width = SCORES_INDENT + Math.max(0, ...sorted.map(([name]) => name.length));
  const digits = Math.max(0, ...sorted.map(([, score]) => String(score).length));
  const rows = sorted.map(([name, score]) => `${name.padStart(width)}   | ${String(score).padEnd(digits)}   |`);
  return [RULE, "      LEADERBOARD", RULE, ...rows];
}

/** Of `list`. */
export function listRows(names: readonly string[]): readonly string[] {
  return [RULE, "Usuários conectados:", RULE, ...names];
}

/** Of `top` and `around`. */
export function rankRows(ranks: readonly (readonly [rank: string, name: string, score: string])[]): readonly string[] {
  const widthOf = (column: 0 | 1): number => Math.max(0, ...ranks.map((row) => row[column].length));
  const [rankWidth, nameWidth] = [widthOf(0), widthOf(1)];
  return ranks.map(([rank, name, score]) => `${rank.padStart(rankWidth + 1)}º ${name.padEnd(nameWidth)}   ${score}`);
}

/** Whose turn it is. */
export function turnText(isOurs: boolean, who: string, mark: string, leftMs?: number): string {
  const left = leftMs === undefined ? "" : `, ${Math.ceil(leftMs / 1_000)} s`;
  return isOurs ? `Sua vez (${mark})${left}: send LINHA COLUNA` : `Vez de ${who} (${mark})${left}.`;
}
