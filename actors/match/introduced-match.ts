// A match between peers, whom the server has introduced: it sees nothing of their game, and believes what both report.
import { actor, type DurableContext, limits, t } from "#runtime/mod.ts";

import type { IntroducedEnd } from "./lines.ts";
import type { MatchLog } from "./match-log.ts";
import { BySchema, type PeerAddress, PeerAddressSchema, StartSchema } from "./match-schemas.ts";
import { Player } from "./player.ts";
import type { Side } from "./rules.ts";
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
import { sentenceOf } from "./sentences.ts";

const ReportedSchema = t.Union([t.Literal("WIN"), t.Literal("LOST"), t.Literal("DRAW")]);
type Reported = "WIN" | "LOST" | "DRAW";

const ReportSchema = t.Object({
  key: t.String({ description: "Of who reports" }),
  opponent: t.String({ description: "Key of the other" }),
  result: ReportedSchema,
});

/** For a host who comes back, and may not have been told. */
const WhereSchema = t.Object({ address: t.Optional(PeerAddressSchema) });

interface IntroducedState extends Seats {
  /** Of the guest, as he has named it. */
  address: PeerAddress | undefined;
  reports: Partial<Record<Side, Reported>>;
}

type IntroducedContext = DurableContext<IntroducedState>;

/** What the other must report for both to say the same. */
const CONFIRMED_BY: Readonly<Record<Reported, Reported>> = { WIN: "LOST", LOST: "WIN", DRAW: "DRAW" };
const SIDES = ["host", "guest"] as const;

const ABOUT_METHODS = {
  start: "Begins the match, for its two players",
  report: "A player says how it ended; it counts when the other says the same",
  leave: "Gives it up: it counts for nothing",
  settle: "Tells players and leaderboard how it ended; goes on until all have answered",
  forget: "Told by an alarm: it has been kept long enough",
  left: "A player has logged in anew: the match is over",
  absent: "A player's session is gone",
  present: "A player is back",
  gone: "Told by an alarm: a player has been gone for too long",
  unconfirmed: "Told by an alarm: the other has not reported in time",
  expired: "Told by an alarm: nobody has reported in time",
  record: "Who plays, and how it ended",
  where: "Where the guest's program is reached",
};

/** The key is the match's id. It knows for an hour after its end how it ended. */
export function createIntroducedMatch({ log }: { readonly log: MatchLog }) {
  return actor("introduced-match", {
    about: "A match that two programs play with each other, whose result both report; the key is its id",
    aboutMethods: ABOUT_METHODS,
    state: (): IntroducedState => ({ ...emptySeats("p2p"), address: undefined, reports: {} }),
    durable: true,
  })
    .on("start", { in: StartSchema }, async (match, start) => {
      await takeSeats(match, start);
      match.state.address = start.address;
      match.alarm("expired", { afterMs: limits.introducedMatchMs, send: "expired" });
      const { host, guest } = start;
      log.matchStarted({ id: match.key, host: host.name, guest: guest.name }, "p2p", match.turnStartedAt);
    })
    .on("report", { in: ReportSchema }, async (match, { key, opponent, result }) => {
      const { state } = match;
      const side = sideOf(state, key);
      if (side === undefined || state[otherSide(side)].key !== opponent) throw match.refuse("match.no_match");
      const before = state.reports[side];
      if (before !== undefined && before !== result) throw match.refuse("match.already_reported");
      if (state.phase !== "playing") return answerLate(match);
      state.reports[side] = result;
      const other = state.reports[otherSide(side)];
      if (other === undefined) {
        if (before === undefined) match.alarm("unconfirmed", { afterMs: limits.reportMs, send: "unconfirmed" });
        return undefined;
      }
      if (other !== CONFIRMED_BY[result]) {
        end(match, undefined, "conflict", side);
        await settle(match, log, 0);
        throw match.refuse("match.conflict");
      }
      const winner = { WIN: side, LOST: otherSide(side), DRAW: undefined }[result];
      end(match, winner, "agreed", side);
      // Here and now: whoever is told that it counts finds it on the leaderboard.
      return settle(match, log, 0);
    })
    .on("leave", { in: BySchema }, async (match, { key }) => {
      if (sideOf(match.state, key) === undefined) throw match.refuse("match.not_in_match");
      if (match.state.phase !== "playing") throw match.refuse("match.ended");
      end(match, undefined, "abandoned", sideOf(match.state, key));
      await settle(match, log, 0);
    })
    .on("settle", {}, (match) => settle(match, log, 0))
    .on("forget", {}, (match) => match.destroy())
    .on("left", { in: BySchema }, (match, { key }) => {
      const side = sideOf(match.state, key);
      // Whoever logs in anew knows of it; but not that what he has reported counts for nothing.
      const isNews = side !== undefined && match.state.reports[side] !== undefined;
      endIfPlaying(match, "abandoned", isNews ? undefined : side);
    })
    .on("absent", { in: BySchema }, (match, { key }) => {
      if (match.state.phase === "playing") match.alarm(`gone ${key}`, { afterMs: limits.playerGoneMs, send: "gone" });
    })
    .on("present", { in: BySchema }, (match, { key }) => {
      match.cancelAlarm(`gone ${key}`);
      return settleIfCutOff(match, log);
    })
    .on("gone", {}, (match) => endIfPlaying(match, "opponent_gone"))
    .on("unconfirmed", {}, (match) => endIfPlaying(match, "unconfirmed"))
    .on("expired", {}, (match) => endIfPlaying(match, "expired"))
    .read("record", { out: PlayedSchema }, playedOf)
    .read("where", { out: WhereSchema }, ({ state: { phase, address } }) =>
      phase === "playing" && address !== undefined ? { address } : {},
    );
}

function endIfPlaying(match: IntroducedContext, reason: IntroducedEnd, knowing?: Side): void {
  if (match.state.phase !== "playing") return;
  end(match, undefined, reason, knowing);
  settleSoon(match);
}

/** Where it counts for nothing both are told so, reported or not; but not who learns it otherwise: `knowing`. */
function end(match: IntroducedContext, winner: Side | undefined, reason: IntroducedEnd, knowing?: Side): void {
  const { state } = match;
  for (const name of ["unconfirmed", "expired", `gone ${state.host.key}`, `gone ${state.guest.key}`]) {
    match.cancelAlarm(name);
  }
  decide(match, winner, reason);
  if (reason === "agreed") return;
  for (const side of SIDES) {
    if (side === knowing) continue;
    match.ref(Player, state[side].key).tell.note({ text: `resultERR;${sentenceOf(`match.${reason}`)}` });
  }
}

/** The match is over; a report that counted is acknowledged again. */
function answerLate(match: IntroducedContext): void {
  const { reason } = match.state;
  if (reason !== "agreed") throw match.refuse(`match.${reason ?? "no_match"}`);
}
