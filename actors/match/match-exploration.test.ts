// Many orders of coming, inviting, playing, reporting and dying: each match counts once, and nobody is left in one.
// More of them: `TIMES_RUNS=50 bun test actors/match/match-exploration.test.ts`.
import { expect, test } from "bun:test";

import { type Exploration, explore } from "#runtime/testing/mod.ts";
import { timesRuns } from "#runtime/testing/times-runs.ts";
import type { World } from "#runtime/testing/world.ts";

import { type Id, idKey } from "../chat/names.ts";
import { Leaderboard, LEADERBOARD_KEY } from "./leaderboard.ts";
import { standingOf } from "./rules.ts";
import { otherSide } from "./seats.ts";
import { MatchCrowd, PLAYERS, type Visitor } from "./test-crowd.ts";
import { MatchNode } from "./test-players.ts";
import { lobbyState, storedMatches, storedPlayers } from "./test-stored.ts";

const SIDES = ["host", "guest"] as const;
const SCORED: readonly string[] = ["line", "board_full", "resigned", "turn_clock", "agreed"];
/** Longer than a turn, an invitation, and the time for a report or for coming back. */
const CALM_MS = 100_000;
const HOUR_MS = 3_600_000;
/** Of a test: it takes a second, unless others take the machine. */
const WITHIN_MS = timesRuns(60_000);

/** Whose connection is gone is not told, and one ends that cannot be shown its match: the store has failed. */
const TO_NOBODY =
  /^\w+-match-session\/[^.]+\.(?:(?:seated|declined|invited|replaced|noted): actor.stopped|seated: Cannot )/;
/** An alarm comes to it again, or, where it is of a player's connection, the end of the match's time. */
const NOT_STORED =
  /^(?:\w+-match\/\w+\.(?:settle|present|absent|left)|player\/\w+\.(?:note|seated|announce)): store\.\w+$/;
/** It ends, as every session does that the store fails. */
const NOT_SHOWN = /^modern-match-session\/\d+\.\w+: Cannot \w+ "\w+" in the store /;

/** What the reports of host and guest agree on: who won, or that nobody did. */
const AGREED: Readonly<Record<string, string>> = { "WIN LOST": "host", "LOST WIN": "guest", "DRAW DRAW": "" };

const secrets = { count: 0 };
const node = new MatchNode({}, { secret: () => `secret ${++secrets.count}`, log: { append: () => undefined } });

const evening: Exploration<MatchCrowd> = {
  types: Object.values(node.types),
  stepsMax: 40_000,
  async scenario(world) {
    secrets.count = 0;
    const crowd = new MatchCrowd(world);
    for (let count = 0; count < 60; count++) {
      crowd.act();
      const chance = world.random();
      await world.sleep(chance < 0.4 ? 0 : world.random() * (chance < 0.95 ? 20 : 20_000));
      checkSeats(world);
    }
    await world.sleep(10_000);
    return crowd;
  },
  async check(world, crowd) {
    await checkKept(world, crowd);
    checkLobby(world, crowd);
    await checkInvitable(world, crowd);
    if (world.random() < 0.05) {
      await world.sleep(HOUR_MS);
      expect(playersInMatch(world)).toEqual([]);
      checkLobby(world, crowd);
      await checkInvitable(world, crowd);
    }
    for (const visitor of crowd.living) visitor.lose();
    await world.sleep(CALM_MS);
    expect(Array.from(lobbyState(world)?.players.keys() ?? [])).toEqual([]);
    await checkFreshMatches(world, crowd);
    checkFailures(world);
  },
};

/** Whoever was told of a failure may be there, or not, all the same, until everybody comes anew. */
const lostEvening: Exploration<MatchCrowd> = {
  ...evening,
  async check(world, crowd) {
    await checkKept(world, crowd);
    for (const visitor of crowd.living) visitor.lose();
    await checkFreshMatches(world, crowd);
    checkFailures(world);
  },
};

/** Whatever happened: what is stored is right. */
async function checkKept(world: World, crowd: MatchCrowd): Promise<void> {
  await world.sleep(CALM_MS);
  checkSeats(world);
  checkHostedEnds(world);
  checkIntroducedEnds(world);
  await checkScores(world);
  for (const visitor of crowd.visitors) checkMoves(world, visitor);
}

/** At any time: whoever plays in a hosted match is in that one, and so in no other. */
function checkSeats(world: World): void {
  const players = new Map(storedPlayers(world).map(({ key, match }) => [key, match?.id]));
  for (const { id, phase, ...sides } of storedMatches(world, "hosted-match")) {
    if (phase !== "playing") continue;
    for (const side of SIDES) expect([id, players.get(sides[side].key)]).toEqual([id, id]);
  }
}

/** For one reason, and as the moves have it. */
function checkHostedEnds(world: World): void {
  for (const { id, phase, winner, reason, moves = [] } of storedMatches(world, "hosted-match")) {
    const standing = standingOf(moves);
    expect([id, phase]).toEqual([id, "ended"]);
    expect(moves).toEqual([...new Set(moves)]);
    if (standing.kind === "won") expect([id, winner, reason]).toEqual([id, standing.by, "line"]);
    else if (standing.kind === "drawn") expect([id, winner, reason]).toEqual([id, undefined, "board_full"]);
    else if (reason === "turn_clock") expect([id, winner]).toEqual([id, otherSide(standing.next)]);
    else if (reason === "not_started") expect([id, winner, moves]).toEqual([id, undefined, []]);
    else expect([id, reason]).toEqual([id, "resigned"]);
  }
}

/** As both reports have it, or without a winner. */
function checkIntroducedEnds(world: World): void {
  for (const { id, phase, winner, reason, reports = {} } of storedMatches(world, "introduced-match")) {
    expect(["playing", "ended"]).toContain(phase);
    const agreed = AGREED[`${reports.host} ${reports.guest}`];
    expect([id, winner ?? "", reason === "agreed"]).toEqual([id, agreed ?? "", agreed !== undefined]);
  }
}

/** Each match counts once for each of its players, and the leaderboard says so. */
async function checkScores(world: World): Promise<void> {
  const scored = [...storedMatches(world, "hosted-match"), ...storedMatches(world, "introduced-match")].filter(
    ({ reason = "" }) => SCORED.includes(reason),
  );
  const places: { name: string; score: number }[] = [];
  for (const { key, name, won, lost, drawn } of storedPlayers(world)) {
    const own = scored.filter(({ host, guest }) => host.key === key || guest.key === key);
    const winners = own.map(({ winner, ...sides }) => winner && sides[winner].key);
    const wonCount = winners.filter((winner) => winner === key).length;
    const drawnCount = winners.filter((winner) => winner === undefined).length;
    expect([key, won, lost, drawn]).toEqual([key, wonCount, own.length - wonCount - drawnCount, drawnCount]);
    if (own.length > 0) places.push({ name, score: wonCount });
  }
  const top = await world.ref(Leaderboard, LEADERBOARD_KEY).top({ count: 100 });
  expect(top.map(({ name, score }) => ({ name, score }))).toEqual(
    places.sort((one, other) => other.score - one.score || (one.name < other.name ? -1 : 1)),
  );
}

/** What was acknowledged is in the record, once, as it was sent. */
function checkMoves(world: World, { name, lines, sentMoves }: Visitor): void {
  const hosted = new Map(storedMatches(world, "hosted-match").map((match) => [match.id, match]));
  const made = new Set<string>();
  let id = "";
  let replies = 0;
  for (const line of lines) {
    const [kind, first = "", host, guest] = line.split(";");
    if (kind === "match" && (host === name || guest === name)) id = first;
    // He is not told which one it is.
    if (kind === "matchERR") id = "";
    if (kind !== "playACK" && kind !== "playERR") continue;
    const sent = sentMoves[replies++];
    if (kind === "playERR" || sent === undefined || id === "") continue;
    const number = Number(first);
    const match = hosted.get(id);
    const mover = match?.[number % 2 === 1 ? "host" : "guest"].name;
    expect([id, number, match?.moves?.[number - 1], mover]).toEqual([id, sent.number ?? number, sent.cell, name]);
    // Without a number each is a move of its own.
    if (sent.number === undefined) expect(made.has(`${id} ${number}`)).toBe(false);
    made.add(`${id} ${number}`);
  }
}

/** Those who are there are those who live, each by its last connection; nobody waits for an answer any more. */
function checkLobby(world: World, { present }: MatchCrowd): void {
  const { players, invitations } = lobbyState(world) ?? { players: new Map(), invitations: new Map() };
  const there = Array.from(players.values(), ({ name, session }) => `${name} by ${session.key}`).sort();
  expect(there).toEqual(present.map(({ name, connection }) => `${name} by ${connection.id}`).sort());
  expect(Array.from(invitations.keys())).toEqual([]);
}

/** All but those who may still report what they played between them. */
async function checkInvitable(world: World, { present }: MatchCrowd): Promise<void> {
  const playing = playersInMatch(world);
  const free = present.filter(({ name }) => !playing.includes(idKey(name as Id)));
  for (const host of free) {
    for (const guest of free.filter(({ name }) => name !== host.name)) {
      expect(await asked(world, host, `begin;${guest.name};${host.name}`)).toContain("beginACK");
      await until(world, () => guest.lines.at(-1) === `invite;${host.name}`);
      expect(await asked(world, guest, `answer;${host.name};False`)).toContain("answerACK");
    }
  }
}

/** Over an hour later nobody is in a match; everybody comes anew, and can play with everybody. */
async function checkFreshMatches(world: World, crowd: MatchCrowd): Promise<void> {
  await world.sleep(HOUR_MS + CALM_MS);
  expect(playersInMatch(world)).toEqual([]);
  const players = PLAYERS.map((name) => crowd.come(name, true));
  await until(world, () => players.every(({ lines }) => lines.at(-1)?.startsWith("keyACK")));
  for (const [index, host] of players.entries()) {
    const guest = players[(index + 1) % players.length] as Visitor;
    expect(await asked(world, host, `begin;${guest.name};${host.name};hosted`)).toContain("beginACK");
    expect(await asked(world, guest, `answer;${host.name};True`)).toContain("answerACK");
    expect(await asked(world, guest, "end")).toContain("endACK");
    // The lobby hears of it before they do.
    await until(world, () => [host, guest].every(({ lines }) => lines.at(-1)?.startsWith("ended")));
  }
}

function checkFailures({ crashes, deadLetters }: World): void {
  expect(crashes.filter((crash) => !NOT_SHOWN.test(crash))).toEqual([]);
  expect(deadLetters.filter((letter) => !TO_NOBODY.test(letter) && !NOT_STORED.test(letter))).toEqual([]);
}

function playersInMatch(world: World): readonly string[] {
  return storedPlayers(world).flatMap(({ key, match }) => (match === undefined ? [] : [key]));
}

/** Everything that came until there was a reply. */
async function asked(world: World, visitor: Visitor, command: string): Promise<readonly string[]> {
  const before = visitor.lines.length;
  const [name = ""] = command.split(";");
  visitor.type(command);
  await until(world, () => visitor.lines.slice(before).some((line) => line.startsWith(name)));
  return visitor.lines.slice(before);
}

/** Time may pass though there is something to do. */
async function until(world: World, holds: () => boolean): Promise<void> {
  for (let times = 0; times < 30 && !holds(); times++) await world.sleep(1_000);
}

test.each([
  ["whatever the order", { ...evening, runs: timesRuns(11) }],
  [
    "also where the server is killed in the middle of it",
    { ...evening, runs: timesRuns(11), faults: { crash: 0.004 } },
  ],
  ["also where the store refuses", { ...evening, runs: timesRuns(7), faults: { commitFails: 0.05, readFails: 0.02 } }],
  [
    "where the store does what it says it could not, once everybody has come anew",
    { ...lostEvening, runs: timesRuns(7), faults: { commitFails: 0.02, answerLost: 0.05 } },
  ],
])(
  "each match counts once, acknowledged moves stay, and nobody is left in a match: %s",
  async (_, exploration) => void (await explore(exploration)),
  WITHIN_MS,
);
