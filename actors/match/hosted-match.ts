// A match that the server hosts: it checks every move, keeps the record, runs the clock, and decides.
import { actor, type DurableContext, limits, type Refusal, t } from "#runtime/mod.ts";

import { type HostedEnd, matchLines, movedLine, presenceLine, type Snapshot } from "./lines.ts";
import type { MatchLog } from "./match-log.ts";
import { BySchema, StartSchema } from "./match-schemas.ts";
import { boardOf, cellAt, moveProblem, moverOf, placeOf, type Side, standingOf } from "./rules.ts";
import {
  decide,
  emptySeats,
  otherSide,
  playedOf,
  PlayedSchema,
  type Seats,
  settle,
  settleIfCutOff,
  settleSoon,
  sideOf,
  takeSeats,
} from "./seats.ts";

const PlaySchema = t.Object({
  key: t.String({ description: "Whose move it is, by his key" }),
  row: t.Integer(),
  column: t.Integer(),
  number: t.Optional(t.Integer({ description: "That of the move, from 1: it is made once, however often it is sent" })),
});

const SnapshotSchema = t.Object({
  id: t.String(),
  host: t.String(),
  guest: t.String(),
  board: t.String(),
  moves: t.Integer(),
  next: t.String(),
  leftMs: t.Integer(),
});

const RecordSchema = t.Object({
  ...PlayedSchema.properties,
  moves: t.Array(t.Integer(), { description: "Cells, from 0 to 8" }),
});

interface HostedState extends Seats {
  moves: number[];
  /** Unix milliseconds at which whoever is to move has lost. */
  deadlineAt: number;
}

type HostedContext = DurableContext<HostedState>;

const ABOUT_METHODS = {
  start: "Begins the match, for its two players",
  play: "Makes a move: row and column from 1 to 3",
  resign: "Gives the match up: the other has won",
  left: "A player is gone before the first move",
  clock: "Told by an alarm: the time for a move is over",
  settle: "Tells players and leaderboard how it ended; goes on until all have answered",
  forget: "Told by an alarm: it has been kept long enough",
  absent: "A player's session is gone",
  present: "A player is back",
  show: "The board, whose turn it is, and how long for",
  record: "All moves, and how it ended",
};

/** The key is the match's id. Kept for a week after its end. */
export function createHostedMatch(services: { readonly turnMs: number; readonly log: MatchLog }) {
  const { turnMs, log } = services;
  return actor("hosted-match", {
    about: "A match of tic-tac-toe that the server hosts; the key is its id",
    aboutMethods: ABOUT_METHODS,
    state: (): HostedState => ({ ...emptySeats("hosted"), moves: [], deadlineAt: 0 }),
    durable: true,
  })
    .on("start", { in: StartSchema }, async (match, start) => {
      await takeSeats(match, start);
      startTurn(match, turnMs);
      setClock(match);
      const { host, guest } = start;
      log.matchStarted({ id: match.key, host: host.name, guest: guest.name }, "hosted", match.turnStartedAt);
    })
    .on("play", { in: PlaySchema, out: t.Integer({ description: "The move's number" }) }, (match, move) => {
      const { state } = match;
      const side = sideOf(state, move.key);
      if (side === undefined) throw match.refuse("match.not_in_match");
      const cell = cellAt(move.row, move.column);
      if (cell === undefined) throw match.refuse("match.off_board");
      const { number } = move;
      if (number !== undefined && number <= state.moves.length) {
        if (state.moves[number - 1] === cell && moverOf(number - 1) === side) return number;
        throw wrongNumber(match);
      }
      if (state.phase !== "playing") throw match.refuse("match.ended");
      if (number !== undefined && number !== state.moves.length + 1) throw wrongNumber(match);
      const problem = moveProblem(state.moves, side, cell);
      if (problem !== undefined) throw match.refuse(`match.${problem}`);
      state.moves.push(cell);
      return moved(match, side, turnMs);
    })
    .on("resign", { in: BySchema }, async (match, { key }) => {
      const side = sideOf(match.state, key);
      if (side === undefined) throw match.refuse("match.not_in_match");
      if (match.state.phase !== "playing") throw match.refuse("match.ended");
      close(match, otherSide(side), "resigned");
      // Here and now: whoever is told that he has given up may begin the next.
      await settle(match, log, match.state.moves.length);
    })
    .on("left", { in: BySchema }, endIfUnplayed)
    .on("clock", {}, turnIsOver)
    .on("settle", {}, (match) => settle(match, log, match.state.moves.length))
    .on("forget", {}, (match) => match.destroy())
    .on("absent", { in: BySchema }, (match, { key }) => tellPresence(match, "absent", key))
    .on("present", { in: BySchema }, async (match, { key }) => {
      await settleIfCutOff(match, log);
      tellPresence(match, "present", key);
    })
    .read("show", { out: SnapshotSchema }, (match): Snapshot => {
      const { state, key: id } = match;
      if (state.phase === "new") throw match.refuse("match.unknown");
      const { moves, phase, host, guest, deadlineAt } = state;
      const standing = standingOf(moves);
      const next = phase === "playing" && standing.kind === "open" ? state[standing.next].name : "";
      const leftMs = next === "" ? 0 : Math.max(0, Math.ceil(deadlineAt - match.turnStartedAt));
      return { id, host: host.name, guest: guest.name, board: boardOf(moves), moves: moves.length, next, leftMs };
    })
    .read("record", { out: RecordSchema }, (match) => ({ ...playedOf(match), moves: [...match.state.moves] }));
}

/** The move is made: everybody is told, and it is the other's turn, or it was the last. */
function moved(match: HostedContext, side: Side, turnMs: number): number {
  const { state, key: id } = match;
  const number = state.moves.length;
  const standing = standingOf(state.moves);
  const next = standing.kind === "open" ? state[standing.next].name : "";
  const leftMs = next === "" ? 0 : turnMs;
  const place = placeOf(state.moves[number - 1] as number);
  match.publish(matchLines(id), movedLine({ id, number, ...place, who: state[side].name, next, leftMs }));
  if (standing.kind === "open") startTurn(match, turnMs);
  else if (standing.kind === "won") end(match, standing.by, "line");
  else end(match, undefined, "board_full");
  return number;
}

function startTurn(match: HostedContext, turnMs: number): void {
  match.state.deadlineAt = match.turnStartedAt + turnMs;
}

/** Of the turn that goes on. Those that follow let it ring, and it is set anew then: nothing is stored for each. */
function setClock(match: HostedContext): void {
  match.alarm("clock", { at: match.state.deadlineAt, send: "clock" });
}

/** The clock of this turn has run out, unless there was a move since it was set. */
function turnIsOver(match: HostedContext): void {
  const { phase, moves, deadlineAt } = match.state;
  const standing = standingOf(moves);
  if (phase !== "playing" || standing.kind !== "open") return match.cancelAlarm("clock");
  const lateMs = match.turnStartedAt - deadlineAt;
  if (lateMs < 0) return setClock(match);
  if (lateMs <= limits.alarmLateMs) return end(match, otherSide(standing.next), "turn_clock");
  // Nobody could move while the server was down.
  startTurn(match, limits.turnGraceMs);
  return setClock(match);
}

function end(match: HostedContext, winner: Side | undefined, reason: HostedEnd | "not_started"): void {
  close(match, winner, reason);
  settleSoon(match);
}

function close(match: HostedContext, winner: Side | undefined, reason: HostedEnd | "not_started"): void {
  match.cancelAlarm("clock");
  decide(match, winner, reason);
}

/** Whoever started it does not know that it has begun. */
function endIfUnplayed(match: HostedContext): void {
  if (match.state.phase === "playing" && match.state.moves.length === 0) end(match, undefined, "not_started");
}

function tellPresence(match: HostedContext, what: "absent" | "present", key: string): void {
  const side = sideOf(match.state, key);
  if (side === undefined || match.state.phase !== "playing") return;
  match.publish(matchLines(match.key), presenceLine(what, match.key, match.state[side].name));
}

const wrongNumber = (match: HostedContext): Refusal => match.refuse("match.wrong_number");
