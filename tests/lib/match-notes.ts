// What one player knows for certain of all matches, through all lives of a server; and where a record says otherwise.
import { boardOf, cellAt, type Side, standingOf } from "#actors/match/rules.ts";

/** As `record` shows it. */
export interface MatchRecord {
  readonly id: string;
  readonly host: string;
  readonly guest: string;
  readonly moves: readonly number[];
  readonly phase: string;
  readonly winner: string;
  readonly reason: string;
}

interface Notes {
  /** Cells by the number of the move: what was sent, what of that was acknowledged, and what was heard of both. */
  readonly sent: Map<number, number>;
  readonly acknowledged: Map<number, number>;
  readonly heard: Map<number, number>;
  /** Boards after so many moves. */
  readonly boards: Map<number, string>;
  /** Winner, reason and moves. */
  readonly ends: Set<string>;
  /** By whom, once it was tried; and whether it was acknowledged. */
  triedToResign: string | undefined;
  hasResigned: boolean;
}

export class MatchNotes {
  readonly #byId = new Map<string, Notes>();
  readonly #contradictions: string[] = [];

  get acknowledgedCount(): number {
    return this.#sum(({ acknowledged }) => acknowledged.size);
  }

  get resignedCount(): number {
    return this.#sum(({ hasResigned }) => Number(hasResigned));
  }

  sent(id: string, number: number): number | undefined {
    return this.#of(id).sent.get(number);
  }

  sentIn(id: string): readonly { readonly number: number; readonly cell: number }[] {
    return Array.from(this.#of(id).sent, ([number, cell]) => ({ number, cell }));
  }

  sends(id: string, number: number, cell: number): void {
    this.#of(id).sent.set(number, cell);
  }

  acknowledged(id: string, number: number, cell: number): void {
    this.#of(id).acknowledged.set(number, cell);
  }

  resigns(id: string, name: string): void {
    this.#of(id).triedToResign = name;
  }

  resigned(id: string, name: string): void {
    Object.assign(this.#of(id), { triedToResign: name, hasResigned: true });
  }

  /** Whatever is sent of a match. */
  heard(line: string): void {
    const [kind, id = "", ...rest] = line.split(";");
    if (kind === "match") this.#hearBoard(id, Number(rest[3]), rest[2] ?? "");
    else if (kind === "moved") this.#hearMove(id, Number(rest[0]), cellAt(Number(rest[1]), Number(rest[2])) ?? -1);
    else if (kind === "ended") this.#of(id).ends.add(rest.join(";"));
  }

  /** One line each. `name` is whose notes these are. */
  problems(records: ReadonlyMap<string, MatchRecord>, name: string): readonly string[] {
    const found = [...this.#byId].flatMap(([id, notes]) => {
      const record = records.get(id);
      return record === undefined ? ["it is not recorded"].map(of(id)) : differences(notes, record, name).map(of(id));
    });
    return [...this.#contradictions, ...found];
  }

  #hearBoard(id: string, count: number, board: string): void {
    const { boards } = this.#of(id);
    if ((boards.get(count) ?? board) !== board) this.#contradictions.push(`${id}: two boards after ${count} moves`);
    boards.set(count, board);
  }

  #hearMove(id: string, number: number, cell: number): void {
    const { heard } = this.#of(id);
    if ((heard.get(number) ?? cell) !== cell) this.#contradictions.push(`${id}: move ${number} is two`);
    heard.set(number, cell);
  }

  #of(id: string): Notes {
    const found = this.#byId.get(id) ?? emptyNotes();
    this.#byId.set(id, found);
    return found;
  }

  #sum(count: (notes: Notes) => number): number {
    return [...this.#byId.values()].reduce((sum, notes) => sum + count(notes), 0);
  }
}

/** What is wrong with a record in itself. */
export function recordProblems(record: MatchRecord): readonly string[] {
  const { id, moves, phase, winner, reason, host, guest } = record;
  const standing = standingOf(moves);
  const problems: string[] = [];
  if (phase !== "ended") problems.push(`is ${phase}`);
  if (new Set(moves).size !== moves.length) problems.push(`has a cell twice: ${moves}`);
  const expected = {
    line: standing.kind === "won" ? record[standing.by] : undefined,
    board_full: standing.kind === "drawn" ? "" : undefined,
    resigned: standing.kind === "open" ? [host, guest].find((name) => name === winner) : undefined,
    turn_clock: standing.kind === "open" ? record[otherSide(standing.next)] : undefined,
    not_started: moves.length === 0 ? "" : undefined,
  }[reason];
  if (expected !== winner) problems.push(`ended as "${reason}" with the winner "${winner}" after ${moves}`);
  return problems.map(of(id));
}

function differences(notes: Notes, record: MatchRecord, name: string): readonly string[] {
  const { moves, winner, reason, host } = record;
  const problems: string[] = [];
  for (const what of ["acknowledged", "heard"] as const) {
    for (const [number, cell] of notes[what]) {
      if (moves[number - 1] !== cell)
        problems.push(`move ${number}, ${what}, is ${cell} and recorded ${moves[number - 1]}`);
    }
  }
  const parity = host === name ? 0 : 1;
  moves.forEach((cell, index) => {
    const sent = notes.sent.get(index + 1);
    if (index % 2 === parity && sent !== cell) problems.push(`move ${index + 1} is ${cell}, and ${name} sent ${sent}`);
  });
  for (const [count, board] of notes.boards) {
    if (boardOf(moves.slice(0, count)) !== board) problems.push(`the board after ${count} moves was ${board}`);
  }
  const end = `${winner};${reason};${moves.length}`;
  for (const heard of notes.ends) if (heard !== end) problems.push(`it ended as ${heard}, and is recorded as ${end}`);
  const gaveUp = reason === "resigned" && winner !== name;
  if (notes.hasResigned && !gaveUp) problems.push(`${name} gave up, and it is recorded as ${end}`);
  if (gaveUp && notes.triedToResign === undefined) problems.push(`${name} did not give up, and it is recorded so`);
  return problems;
}

function emptyNotes(): Notes {
  const [sent, acknowledged, heard] = [new Map(), new Map(), new Map()];
  const seen = { boards: new Map(), ends: new Set<string>() };
  return { sent, acknowledged, heard, ...seen, triedToResign: undefined, hasResigned: false };
}

const of =
  (id: string) =>
  (problem: string): string =>
    `${id}: ${problem}`;

const otherSide = (side: Side): Side => (side === "host" ? "guest" : "host");
