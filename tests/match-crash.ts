// Kills a server again and again while matches are played, and looks for losses: `bun tests/match-crash.ts --kills 50`.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { createRandom, type Random } from "#runtime/base/random.ts";

import { eventually } from "./lib/eventually.ts";
import { killAfter, killsCommand } from "./lib/kills.ts";
import { ConnectionLost } from "./lib/match-client.ts";
import { type MatchRecord, recordProblems } from "./lib/match-notes.ts";
import { createDataFolder } from "./lib/node-settings.ts";
import { QUICK_PASSWORDS } from "./lib/quick-passwords.ts";
import { ServerProcess } from "./lib/server-process.ts";
import { type MatchPort, StubbornPlayer } from "./lib/stubborn-player.ts";

/** So few that they may all make accounts and log in without having to wait. */
const NAMES = Array.from("abcdef", (letter) => `player-${letter}`);
/** The server is killed after so many moves, from none on, or after this time, and a moment later; so often at most. */
const KILL = { movesMax: 40, withinMs: 3_000, laterMs: 10, timesMax: 10 };
/** Longer than a turn. */
const ALL_OVER_MS = 60_000;
const PAGE = 500;
const SCORED = ["line", "board_full", "resigned", "turn_clock"];

export interface MatchReport {
  readonly matches: number;
  readonly matchesByReason: Readonly<Record<string, number>>;
  /** Moves that were acknowledged, first or when they were sent again. */
  readonly acknowledged: number;
  readonly retried: number;
  readonly resigned: number;
  /** What is not as it should be, one line each. */
  readonly problems: readonly string[];
}

export async function playThroughKills(kills: number, seed: number): Promise<MatchReport> {
  const random = createRandom(seed);
  const folder = createDataFolder();
  const players = NAMES.map((name, index) => new StubbornPlayer(name, NAMES, seed * 100 + index));
  let server = await start(folder);
  try {
    // One after the other: making an account takes long, and its time is bounded.
    for (const player of players) await player.enter(portOf(server));
    // And on until a move had to be sent again, or the checks would have checked too little.
    for (let kill = 0; kill < kills || (retriedBy(players) === 0 && kill < kills * KILL.timesMax); kill++) {
      await playUntilKilled(server, players, random);
      server = await start(folder);
    }
    await playOut(server, players);
    return await report(server, players);
  } finally {
    for (const player of players) player.lose();
    await server.remove();
  }
}

async function start(folder: string): Promise<ServerProcess> {
  const settings = { CORREIO_LOG_LEVEL: "silent", CORREIO_CONSOLE: false, CORREIO_MATCH_TLS_PORT: 0 };
  const server = new ServerProcess(settings, folder, QUICK_PASSWORDS);
  await server.listens();
  await eventually("its match port", () => server.matchTlsPort > 0);
  return server;
}

function portOf(server: ServerProcess): MatchPort {
  return { port: server.matchTlsPort, authority: readFileSync(join(server.dataFolder, "cert.pem"), "utf8") };
}

async function playUntilKilled(
  server: ServerProcess,
  players: readonly StubbornPlayer[],
  random: Random,
): Promise<void> {
  const port = portOf(server);
  const { movesMax, withinMs, laterMs } = KILL;
  const wanted = movesOf(players) + Math.floor(random.next() * movesMax);
  const playing = players.map((player) => playOn(player, port));
  const enough = (): boolean => movesOf(players) >= wanted;
  await killAfter(server, enough, { withinMs, laterMs: random.next() * laterMs });
  for (const player of players) player.lose();
  await Promise.all(playing);
}

/** That were acknowledged. */
function movesOf(players: readonly StubbornPlayer[]): number {
  return total(players, ({ notes }) => notes.acknowledgedCount);
}

function retriedBy(players: readonly StubbornPlayer[]): number {
  return total(players, ({ retried }) => retried);
}

function total(players: readonly StubbornPlayer[], count: (player: StubbornPlayer) => number): number {
  return players.reduce((sum, player) => sum + count(player), 0);
}

/** Who loses its connection alone comes back, until there is nobody to come back to. */
async function playOn(player: StubbornPlayer, port: MatchPort): Promise<void> {
  try {
    for (;;) {
      if (!player.isHere) await player.enter(port);
      await player.play();
    }
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error;
  }
}

/** Every match comes to its end, also one that nobody was told of: by its clock. */
async function playOut(server: ServerProcess, players: readonly StubbornPlayer[]): Promise<void> {
  const port = portOf(server);
  const isOver = async (): Promise<boolean> => {
    await Promise.all(players.map((player) => player.play(() => true)));
    for (const player of players) if (!player.isHere) await player.enter(port);
    return (await openMatches(server)) === 0;
  };
  await eventually("the end of all matches", isOver, ALL_OVER_MS);
}

async function report(server: ServerProcess, players: readonly StubbornPlayer[]): Promise<MatchReport> {
  // Nobody is left in a match, or in one that the lobby knows of alone.
  for (const [index, host] of players.entries()) await host.beginWith(players[(index + 1) % players.length] ?? host);
  await eventually("the end of the last", async () => (await openMatches(server)) === 0);
  const records = await recordsOf(players, await matchIds(server));
  const [reader] = players as [StubbornPlayer];
  const top = await reader.ask("top;100");
  const expected = ["topACK", ...leaders([...records.values()])].join(";");
  const matchesByReason: Record<string, number> = {};
  for (const { reason } of records.values()) matchesByReason[reason] = (matchesByReason[reason] ?? 0) + 1;
  return {
    matches: records.size,
    matchesByReason,
    acknowledged: movesOf(players),
    retried: retriedBy(players),
    resigned: total(players, ({ notes }) => notes.resignedCount),
    problems: [
      ...players.flatMap(({ problems, notes, name }) => [...problems, ...notes.problems(records, name)]),
      ...[...records.values()].flatMap(recordProblems),
      ...(top === expected ? [] : [`The leaderboard is "${top}", and the records say "${expected}"`]),
    ],
  };
}

/** Matches that are not over, or not for everybody yet. */
async function openMatches(server: ServerProcess): Promise<number> {
  const look = (id: string): Promise<unknown> => inspect(server, `actors/hosted-match/${id}`);
  const matches = (await Promise.all((await matchIds(server)).map(look))) as { state?: { phase?: string } }[];
  return matches.filter(({ state }) => state?.phase !== "ended").length;
}

/** As the store has them. */
async function matchIds(server: ServerProcess): Promise<readonly string[]> {
  const ids: string[] = [];
  let after = "";
  for (;;) {
    const found = await inspect(server, `actors?type=hosted-match&limit=${PAGE}${after}`);
    const page = found as { items: readonly { key: string }[]; next?: string };
    ids.push(...page.items.map(({ key }) => key));
    if (page.next === undefined) return ids;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
}

async function inspect(server: ServerProcess, what: string): Promise<unknown> {
  return (await fetch(`http://127.0.0.1:${server.httpPort}/${what}`)).json();
}

/** Everybody asks for some. */
async function recordsOf(
  players: readonly StubbornPlayer[],
  ids: readonly string[],
): Promise<ReadonlyMap<string, MatchRecord>> {
  const replies = await Promise.all(
    ids.map((id, index) => (players[index % players.length] as StubbornPlayer).ask(`record;${id}`)),
  );
  return new Map(replies.map(parseRecord).map((record) => [record.id, record]));
}

function parseRecord(reply: string): MatchRecord {
  const [, id = "", host = "", guest = "", places = "", phase = "", winner = "", reason = ""] = reply.split(";");
  const moves = (places.match(/../g) ?? []).map((place) => (Number(place[0]) - 1) * 3 + Number(place[1]) - 1);
  return { id, host, guest, moves, phase, winner, reason };
}

/** As `top` shows them: a match counts once for each of its players. */
function leaders(records: readonly MatchRecord[]): readonly string[] {
  const scores = new Map<string, number>();
  for (const { host, guest, winner, reason } of records) {
    if (!SCORED.includes(reason)) continue;
    for (const name of [host, guest]) scores.set(name, (scores.get(name) ?? 0) + Number(name === winner));
  }
  const sorted = [...scores].sort(([one, won], [other, otherWon]) => otherWon - won || (one < other ? -1 : 1));
  return sorted.map(([name, score]) => `${1 + sorted.filter(([, each]) => each > score).length}:${name}:${score}`);
}

if (import.meta.main) await killsCommand("tests/match-crash.ts", playThroughKills);
