// A player: which connection he is on, with what he comes back after losing it, the match he is in, and his score.
import { actor, type DurableContext, type Ref, type Static, t } from "#runtime/mod.ts";

import {
  GoneSchema,
  HolderSchema,
  isSameSession,
  type SessionAddress,
  SessionAddressSchema,
} from "../chat/session-address.ts";
import { Leaderboard, LEADERBOARD_KEY } from "./leaderboard.ts";
import { LOBBY, LOBBY_KEY, matchesOf, type PlayedMatch, playerSessionOf } from "./match-addresses.ts";
import { type MatchRef, MatchRefSchema, OutcomeSchema, SeatSchema } from "./match-schemas.ts";

const AttachSchema = t.Object({
  /** As he writes it. */
  name: t.String(),
  session: SessionAddressSchema,
  /** Where the connection comes from. */
  address: t.String(),
  /** Digest of the resume key; absent: he has given his password. */
  keyDigest: t.Optional(t.String()),
});

const AttachedSchema = t.Object({ name: t.String(), match: t.Optional(MatchRefSchema) });
const FinishSchema = t.Object({ id: t.String(), outcome: OutcomeSchema });

interface PlayerState {
  /** As he wrote it first; empty before he has ever logged in. */
  name: string;
  holder: SessionAddress | undefined;
  address: string;
  /** Empty: he can come by password alone. */
  keyDigest: string;
  /** The only match in which he is; whoever wants to end one must name it. */
  match: MatchRef | undefined;
  won: number;
  lost: number;
  drawn: number;
}

/** He is asked when he comes, goes, begins and ends; in between there is nothing that he needs memory for. */
const SLEEPS_AFTER_MS = 1_000;

type PlayerContext = DurableContext<PlayerState>;

/**
 * The key is that of the name (`idKey`). A match counts once: it is ended by its id, and only while it is the one. The
 * lobby hears of him from here alone, so that it hears in order.
 */
export const Player = actor("player", {
  about: "A player: his session, the match that he is in, and what he has won; the key is the name as it is compared",
  aboutMethods: {
    attach: "Logs a session in, or resumes with a key",
    setKey: "Lets whoever has the key of this digest resume",
    forgetKey: "Lets nobody resume with the key any more",
    revoke: "Forgets the key that he resumes with, and says which session is his",
    release: "Logs out",
    gone: "Told by the runtime: his session is gone",
    enter: "He is in this match from now on, where he is in no other",
    finish: "The match is over for him, and how",
    seated: "Tells his session that the match has begun",
    note: "Says something to whoever plays as him",
    announce: "Tells the lobby that he is there",
  },
  state: (): PlayerState => ({
    name: "",
    holder: undefined,
    address: "",
    keyDigest: "",
    match: undefined,
    won: 0,
    lost: 0,
    drawn: 0,
  }),
  durable: true,
  private: true,
  hibernateAfterMs: SLEEPS_AFTER_MS,
})
  .on("attach", { in: AttachSchema, out: AttachedSchema }, (player, claim) =>
    claim.keyDigest === undefined ? logIn(player, claim) : resume(player, claim),
  )
  .on(
    "setKey",
    { in: t.Object({ session: SessionAddressSchema, keyDigest: t.String() }) },
    (player, { session, keyDigest }) => {
      requireHolder(player, session);
      player.state.keyDigest = keyDigest;
    },
  )
  // Whoever is on the connection: the password is another one now.
  .on("forgetKey", {}, ({ state }) => void (state.keyDigest = ""))
  // His account is disabled, or his password another one: whoever plays as him is ended by him who asks.
  .on("revoke", { out: HolderSchema }, ({ state }) => {
    state.keyDigest = "";
    return state.holder === undefined ? {} : { holder: state.holder };
  })
  .on("release", { in: SessionAddressSchema }, (player, session) => {
    if (!isSameSession(player.state.holder, session)) return;
    player.unwatch(session);
    player.state.keyDigest = "";
    letGo(player, session);
  })
  .on("gone", { in: GoneSchema }, (player, session) => {
    if (!isSameSession(player.state.holder, session)) return;
    letGo(player, session);
  })
  .on("enter", { in: MatchRefSchema }, (player, match) => {
    const { state } = player;
    if (state.match !== undefined && state.match.id !== match.id) throw player.refuse("match.in_match");
    // Whoever left while the other said yes will not come.
    if (state.holder === undefined) throw player.refuse("match.not_logged_in");
    state.match = match;
    announce(player);
  })
  .on("finish", { in: FinishSchema }, async (player, { id, outcome }) => {
    const { state, key } = player;
    if (state.match?.id === id) {
      state.match = undefined;
      if (outcome !== "none") state[outcome]++;
    }
    announce(player);
    // Again as well: nobody knows whether it was told the first time, and it is told what is, not what was added.
    if (outcome === "none") return;
    await player.ref(Leaderboard, LEADERBOARD_KEY).set({ key, name: state.name, score: state.won });
  })
  // His match has begun: he may be on another connection than the one that he has said yes on.
  .on("seated", { in: SeatSchema }, (player, seat) => {
    const { key, state } = player;
    if (state.holder === undefined || state.match?.id !== seat.match.id) return;
    playerSessionOf(player, state.holder).tell.seated({ to: key, ...seat });
  })
  .on("note", { in: t.Object({ text: t.String() }) }, (player, { text }) => {
    const { key, state } = player;
    if (state.holder !== undefined) playerSessionOf(player, state.holder).tell.noted({ to: key, text });
  })
  .on("announce", {}, announce);

type Attached = Static<typeof AttachedSchema>;

/** Whoever logs in anew plays from a new program: what he played peer to peer with the old one is over. */
function logIn(player: PlayerContext, { name, session, address }: Static<typeof AttachSchema>): Attached {
  const { state } = player;
  if (state.holder !== undefined && !isSameSession(state.holder, session)) throw player.refuse("match.user_logged_in");
  // The match ends it for both: it may be decided already, and then it counts.
  const left = state.match?.kind === "p2p" ? state.match : undefined;
  if (left !== undefined) played(player, left).tell.left({ key: player.key });
  state.keyDigest = "";
  if (state.name === "") state.name = name;
  const attached = hold(player, session, address);
  return left === undefined ? attached : { name: attached.name };
}

function resume(player: PlayerContext, { session, address, keyDigest }: Static<typeof AttachSchema>): Attached {
  const { state } = player;
  if (state.keyDigest === "" || state.keyDigest !== keyDigest) throw player.refuse("match.wrong_key");
  if (state.holder !== undefined && !isSameSession(state.holder, session)) {
    player.unwatch(state.holder);
    playerSessionOf(player, state.holder).tell.replaced();
  }
  return hold(player, session, address);
}

function hold(player: PlayerContext, session: SessionAddress, address: string): Attached {
  const { state } = player;
  player.watch(session, "gone");
  Object.assign(state, { holder: session, address });
  announce(player);
  if (state.match !== undefined) played(player, state.match).tell.present({ key: player.key });
  return { name: state.name, ...(state.match === undefined ? {} : { match: state.match }) };
}

/** Tells the lobby that he is there, and in which match. */
function announce(player: PlayerContext): void {
  const { key, state } = player;
  const { holder, name, address, match } = state;
  if (holder === undefined) return;
  const here = { key, name, session: holder, address, ...(match === undefined ? {} : { match }) };
  player.ref(LOBBY, LOBBY_KEY).tell.here(here);
}

function letGo(player: PlayerContext, session: SessionAddress): void {
  const { state } = player;
  state.holder = undefined;
  player.ref(LOBBY, LOBBY_KEY).tell.away({ key: player.key, session });
  if (state.match !== undefined) played(player, state.match).tell.absent({ key: player.key });
}

function requireHolder(player: PlayerContext, session: SessionAddress): void {
  if (!isSameSession(player.state.holder, session)) throw player.refuse("match.replaced");
}

const played = (player: PlayerContext, { kind, id }: MatchRef): Ref<PlayedMatch> => player.ref(matchesOf(kind), id);
