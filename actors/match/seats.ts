// The two seats of a match, whoever hosts it: both players enter it before it begins, and both learn what came of it.
import { type DurableContext, type DurableReadContext, limits, Refusal, type Static, t } from "#runtime/mod.ts";

import { endedLine, type EndReason, matchLines } from "./lines.ts";
import { matchesOf } from "./match-addresses.ts";
import type { MatchLog } from "./match-log.ts";
import type { Kind, Outcome, PlayerName, Start } from "./match-schemas.ts";
import { Player } from "./player.ts";
import type { Side } from "./rules.ts";

/** Of every match, whoever knows its moves. */
export const PlayedSchema = t.Object({
  host: t.String(),
  guest: t.String(),
  isOver: t.Boolean(),
  winner: t.String({ description: "Empty where there is none" }),
  reason: t.String({ description: "Empty until it is over" }),
});

/** What the state of every match has. */
export interface Seats {
  readonly kind: Kind;
  /** Starting: the players are being asked. Ending: it is decided, and not everybody knows it yet. */
  phase: "new" | "starting" | "playing" | "ending" | "ended";
  host: PlayerName;
  guest: PlayerName;
  winner: Side | undefined;
  /** Undefined until it is decided. */
  reason: EndReason | undefined;
}

export type SeatedMatch = Pick<
  DurableContext<Seats>,
  "state" | "key" | "ref" | "refuse" | "alarm" | "cancelAlarm" | "fired" | "publish" | "turnStartedAt"
>;

/** When a match comes again to those who could not be asked: a player, or the leaderboard. */
const AGAIN_MS = 5_000;
/** As long as settling seldom takes: an alarm does it where the process ended before. */
const SETTLED_WITHIN_MS = 1_000;
const SIDES = ["host", "guest"] as const;
const NOBODY: PlayerName = { key: "", name: "" };
/** Ends that count for the players. */
const SCORED: ReadonlySet<EndReason> = new Set(["line", "board_full", "resigned", "turn_clock", "agreed"]);

export const emptySeats = (kind: Kind): Seats => ({
  kind,
  phase: "new",
  host: NOBODY,
  guest: NOBODY,
  winner: undefined,
  reason: undefined,
});

export const otherSide = (side: Side): Side => (side === "host" ? "guest" : "host");

export function sideOf({ host, guest }: Seats, key: string): Side | undefined {
  if (key === host.key) return "host";
  return key === guest.key ? "guest" : undefined;
}

/** Throws a `Refusal` where there is no such match. */
export function playedOf(match: Pick<DurableReadContext<Seats>, "state" | "refuse">): Static<typeof PlayedSchema> {
  const { phase, host, guest, winner, reason = "" } = match.state;
  if (phase === "new") throw match.refuse("match.unknown");
  const winnerName = winner === undefined ? "" : match.state[winner].name;
  const isOver = phase === "ended" || phase === "ending";
  return { host: host.name, guest: guest.name, isOver, winner: winnerName, reason };
}

/**
 * Both players are in this match and in no other, and are told so, or it is over before it began: `match.not_started`.
 * A process that ends in the middle leaves an alarm that comes to the latter.
 */
export async function takeSeats(match: SeatedMatch, { host, guest, isCrossing, address }: Start): Promise<void> {
  const { state, key: id } = match;
  if (state.phase !== "new") throw match.refuse("match.exists");
  Object.assign(state, { phase: "starting", host, guest });
  settleLater(match, AGAIN_MS);
  const seat = { kind: state.kind, id, host: host.name, guest: guest.name };
  try {
    for (const side of SIDES) await match.ref(Player, state[side].key).enter(seat);
  } catch (error) {
    // Whatever else it is is a crash, which undoes this turn: the alarm above comes to it.
    if (!(error instanceof Refusal)) throw error;
    decide(match, undefined, "not_started");
    settleSoon(match);
    throw match.refuse("match.not_started");
  }
  match.cancelAlarm("settle");
  state.phase = "playing";
  const where = address === undefined ? {} : { address };
  match.ref(Player, host.key).tell.seated({ match: seat, by: guest.name, ...where });
  match.ref(Player, guest.key).tell.seated({ match: seat, ...(isCrossing ? { by: host.name } : {}) });
}

/** It is decided, and is to be settled: where that fails, or the process ends before, an alarm comes back to it. */
export function decide(match: SeatedMatch, winner: Side | undefined, reason: EndReason): void {
  Object.assign(match.state, { phase: "ending", winner, reason });
  settleLater(match, SETTLED_WITHIN_MS);
}

/** In a turn of its own, as soon as it is stored that the match is decided: nobody waits for more than that. */
export function settleSoon(match: SeatedMatch): void {
  match.ref(matchesOf(match.state.kind), match.key).tell.settle();
}

/**
 * Of a match that is decided, or that never began: the players are free again and have their scores, then everybody
 * is told. Comes again until all of that has been done. One without moves is soon forgotten.
 */
export async function settle(match: SeatedMatch, log: MatchLog, moves: number): Promise<void> {
  const { state, key: id } = match;
  if (state.phase === "starting") Object.assign(state, { phase: "ending", reason: "not_started" });
  if (state.phase !== "ending") return match.cancelAlarm("settle");
  // Another alarm than the one that rang: one whose turn fails again and again is put aside, and never comes back.
  if (match.fired !== undefined) settleLater(match, AGAIN_MS);
  const finish = (side: Side): Promise<void> =>
    match.ref(Player, state[side].key).finish({ id, outcome: outcomeFor(side, state) });
  await Promise.all([finish("host"), finish("guest")]);
  state.phase = "ended";
  match.cancelAlarm("settle");
  match.alarm("forget", { afterMs: moves === 0 ? limits.unplayedKeptMs : limits.matchKeptMs, send: "forget" });
  const { host, guest, winner, reason = "not_started" } = state;
  const winnerName = winner === undefined ? "" : state[winner].name;
  match.publish(matchLines(id), endedLine(id, winnerName, reason, moves));
  log.matchEnded({ id, host: host.name, guest: guest.name, winner: winnerName, reason }, match.turnStartedAt);
}

/** Where another turn finds it starting, the process ended in the one that started it: nobody waits for the alarm. */
export async function settleIfCutOff(match: SeatedMatch, log: MatchLog): Promise<void> {
  if (match.state.phase === "starting") await settle(match, log, 0);
}

function settleLater(match: SeatedMatch, afterMs: number): void {
  match.alarm("settle", { afterMs, send: "settle" });
}

function outcomeFor(side: Side, { winner, reason }: Seats): Outcome {
  if (reason === undefined || !SCORED.has(reason)) return "none";
  if (winner === undefined) return "drawn";
  return winner === side ? "won" : "lost";
}
