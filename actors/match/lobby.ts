// The lobby: who is logged in, who has invited whom, and who of them plays. All of it ends with the process.
import { actor, type ActorContext, limits, type Static, t, topic } from "#runtime/mod.ts";

import { isSameSession, SessionAddressSchema } from "../chat/session-address.ts";
import { goingOn, GoingOnSchema } from "./going-on.ts";
import {
  type Invitation,
  type Invitations,
  invite,
  takeExpired,
  takeInvitation,
  takeInvitationsOf,
} from "./invitations.ts";
import { EXISTING_SESSION, LOBBY_KEY, playerSessionOf } from "./match-addresses.ts";
import {
  HereSchema,
  KindSchema,
  type MatchRef,
  MatchRefSchema,
  type PlayerName,
  PlayerNameSchema,
} from "./match-schemas.ts";

const InviteSchema = t.Object({ host: t.String(), guest: t.String(), kind: KindSchema });
const AnswerSchema = t.Object({
  host: t.String(),
  guest: t.String(),
  accepts: t.Boolean(),
  hasPorts: t.Boolean({ description: "The answer says where the guest can be connected to" }),
});
const AcceptedSchema = t.Object({ match: MatchRefSchema, host: PlayerNameSchema, guest: PlayerNameSchema });
/** Nothing where somebody has yet to answer, or has said no. */
const ResultSchema = t.Object({ accepted: t.Optional(AcceptedSchema) });
const OverSchema = t.Object({ id: t.String(), by: t.String(), keys: t.Array(t.String()) });
const PlayingSchema = t.Object({ match: t.Optional(MatchRefSchema) });
const PageSchema = t.Object({ after: t.Optional(t.String()), count: t.Integer({ minimum: 1 }) });
const AddressSchema = t.Object({ of: t.String(), asking: t.String({ description: "Who is to play with him" }) });

/** Two who want to play a match that does not exist yet: whoever is given this starts it. */
export type Accepted = Static<typeof AcceptedSchema>;
type Here = Static<typeof HereSchema>;

interface LobbyState {
  /** It has heard of all who were there before it was. */
  isOpen: boolean;
  readonly players: Map<string, Here>;
  /** When the next invitation may be told to a guest of whom many have heard: monotonic, by key. */
  readonly invitedUntilMs: Map<string, number>;
  readonly invitations: Invitations;
  /** Keys in order, until somebody comes or goes. */
  order: readonly string[] | undefined;
}

type LobbyContext = ActorContext<LobbyState>;

const SWEEP_EVERY_MS = 1_000;
/** As long as a guest may be told of invitations before they come too often. */
const MANY_TOLD_MS = limits.invitationsPerGuestBurst * limits.invitationsPerGuestEveryMs;
const ID_RADIX = 36;
const ID_DIGITS = { time: 8, random: 4 };

/** Published when the lobby is new: whoever is logged in tells it so, again. */
export const rollCall = topic("lobby-roll-call", t.Object({}));

const emptyLobby = (): LobbyState => ({
  isOpen: false,
  players: new Map(),
  invitedUntilMs: new Map(),
  invitations: new Map(),
  order: undefined,
});

/** There is one, `LOBBY_KEY`, in memory: a player's own actor tells it where he is, and in which match. */
export const Lobby = actor("lobby", {
  about: "Who is logged in to matches, who has invited whom, and who plays; there is one, its key is `lobby`",
  aboutMethods: {
    here: "A player says that he is there, and in which match",
    away: "A player's session has gone",
    invite: "Invites a player to a match",
    answer: "Says yes or no to an invitation",
    over: "A match is over, or did not begin: its players are free",
    list: "A page of the names of those who are there",
    goingOn: "Matches that are going on, of a player or of a kind",
    hosted: "Hosted matches that are going on",
    matchOf: "The match that a player is in",
    addressOf: "Where an opponent's program is reached, for who is to play with him",
    sweep: "Told by a timer: lets invitations go that are too old",
  },
  state: emptyLobby,
  private: true,
  mailbox: { capacity: limits.lobbyMailboxMax },
})
  .on("here", { in: HereSchema }, (lobby, player) => {
    const { players, invitations } = known(lobby);
    if (players.size === 0) lobby.timer("sweep", { everyMs: SWEEP_EVERY_MS, send: "sweep" });
    const isElsewhere = !isSameSession(players.get(player.key)?.session, player.session);
    players.set(player.key, player);
    lobby.state.order = undefined;
    if (isElsewhere) for (const open of invitations.values()) if (open.guest === player.key) tellInvited(lobby, open);
  })
  .on("away", { in: t.Object({ key: t.String(), session: SessionAddressSchema }) }, (lobby, { key, session }) => {
    const { players, invitations } = known(lobby);
    if (!isSameSession(players.get(key)?.session, session)) return;
    decline(lobby, takeInvitationsOf(invitations, key));
    players.delete(key);
    lobby.state.order = undefined;
    if (players.size === 0) lobby.cancelTimer("sweep");
  })
  .on("invite", { in: InviteSchema, out: ResultSchema }, (lobby, { host, guest, kind }) => {
    const { players, invitations, invitedUntilMs } = known(lobby);
    const inviting = players.get(host);
    const invited = players.get(guest);
    if (host === guest) throw lobby.refuse("match.invites_self");
    if (inviting === undefined) throw lobby.refuse("match.not_logged_in");
    if (invited === undefined) throw lobby.refuse("match.guest_not_connected");
    if (inviting.match !== undefined) throw lobby.refuse("match.host_in_match");
    if (invited.match !== undefined) throw lobby.refuse("match.guest_in_match");
    if (kind === "hosted" && invited.session.type === EXISTING_SESSION) throw lobby.refuse("match.guest_not_hosted");
    const nowMs = lobby.turnStartedMs;
    const toldUntilMs = Math.max(nowMs, invitedUntilMs.get(guest) ?? nowMs) + limits.invitationsPerGuestEveryMs;
    if (toldUntilMs - nowMs > MANY_TOLD_MS) throw lobby.refuse("match.too_many");
    const untilMs = nowMs + limits.invitationMs;
    const result = invite(invitations, { host, guest, kind, untilMs }, limits.invitationsPerGuestMax);
    if (result.kind === "refused") throw lobby.refuse(result.why);
    if (result.kind === "agreed") return { accepted: accept(lobby, result.invitation) };
    if (result.withdrawn !== undefined) decline(lobby, [result.withdrawn]);
    invitedUntilMs.set(guest, toldUntilMs);
    tellInvited(lobby, { host, guest, kind });
    return {};
  })
  .on("answer", { in: AnswerSchema, out: ResultSchema }, (lobby, answer) => {
    const { host, guest, accepts, hasPorts } = answer;
    const { invitations } = known(lobby);
    const isP2p = invitations.get(host)?.kind === "p2p";
    if (accepts && isP2p && !hasPorts) throw lobby.refuse("match.wrong_count");
    const invitation = takeInvitation(invitations, host, guest);
    if (invitation === undefined) throw lobby.refuse("match.no_invitation");
    if (accepts) return { accepted: accept(lobby, invitation) };
    decline(lobby, [invitation]);
    return {};
  })
  // Those who were to play, and cannot. Who asked for it knows; the other is told no.
  .on("over", { in: OverSchema }, (lobby, { id, by, keys }) => {
    const { players } = known(lobby);
    const asking = players.get(by)?.name ?? by;
    for (const key of keys) {
      const player = players.get(key);
      if (player === undefined) continue;
      if (key !== by) playerSessionOf(lobby, player.session).tell.declined({ to: key, guest: asking });
      if (player.match?.id !== id) continue;
      const { match: _, ...free } = player;
      players.set(key, free);
    }
  })
  .on("list", { in: PageSchema, out: t.Array(t.String()) }, (lobby, { after, count }) => {
    const { players } = known(lobby);
    const order = (lobby.state.order ??= Array.from(players.keys()).sort());
    const first = after === undefined ? 0 : order.findIndex((key) => key > after);
    return first < 0 ? [] : order.slice(first, first + count).map((key) => players.get(key)?.name ?? key);
  })
  .on("hosted", { in: PageSchema, out: t.Array(MatchRefSchema) }, (lobby, { count }) => {
    const found = new Map<string, MatchRef>();
    for (const { match } of known(lobby).players.values()) {
      if (match?.kind === "hosted" && found.size < count) found.set(match.id, match);
    }
    return Array.from(found.values());
  })
  .on("goingOn", { in: GoingOnSchema, out: t.Array(MatchRefSchema) }, (lobby, query) =>
    goingOn(known(lobby).players.values(), query),
  )
  .on("matchOf", { in: t.Object({ key: t.String() }), out: PlayingSchema }, (lobby, { key }) => {
    const match = known(lobby).players.get(key)?.match;
    return match === undefined ? {} : { match };
  })
  .on("addressOf", { in: AddressSchema, out: t.String() }, (lobby, { of, asking }) => {
    const { players, invitations } = known(lobby);
    const [one, other] = [players.get(asking), players.get(of)];
    const isInvited = invitations.get(of)?.guest === asking;
    const isPlaying = one?.match !== undefined && one.match.id === other?.match?.id;
    if (other === undefined || !(isInvited || isPlaying)) throw lobby.refuse("match.no_invitation");
    return other.address;
  })
  .on("sweep", {}, (lobby) => {
    const { invitations, invitedUntilMs } = known(lobby);
    decline(lobby, takeExpired(invitations, lobby.turnStartedMs));
    for (const [guest, untilMs] of invitedUntilMs) if (untilMs <= lobby.turnStartedMs) invitedUntilMs.delete(guest);
  });

/** What it knows; a lobby that has just begun, or has crashed, calls those who are there first. */
function known(lobby: LobbyContext): LobbyState {
  if (!lobby.state.isOpen) {
    lobby.state.isOpen = true;
    lobby.publish(rollCall(LOBBY_KEY), {});
  }
  return lobby.state;
}

function accept(lobby: LobbyContext, { host, guest, kind }: Invitation): Accepted {
  const { players, invitations } = lobby.state;
  const [inviting, invited] = [players.get(host), players.get(guest)];
  if (inviting === undefined || invited === undefined) throw lobby.refuse("match.guest_not_connected");
  if (inviting.match !== undefined) throw lobby.refuse("match.host_in_match");
  if (invited.match !== undefined) throw lobby.refuse("match.guest_in_match");
  const match: MatchRef = { kind, id: createId(lobby), host: inviting.name, guest: invited.name };
  for (const player of [inviting, invited]) {
    decline(lobby, takeInvitationsOf(invitations, player.key));
    players.set(player.key, { ...player, match });
  }
  return { match, host: nameOf(inviting), guest: nameOf(invited) };
}

/** Their hosts are told no; where it is the host who is gone, nobody is. */
function decline(lobby: LobbyContext, invitations: readonly Invitation[]): void {
  const { players } = lobby.state;
  for (const { host, guest } of invitations) {
    const inviting = players.get(host);
    const said = { to: host, guest: players.get(guest)?.name ?? guest };
    if (inviting !== undefined) playerSessionOf(lobby, inviting.session).tell.declined(said);
  }
}

function tellInvited(lobby: LobbyContext, { host, guest, kind }: Pick<Invitation, "host" | "guest" | "kind">): void {
  const { players } = lobby.state;
  const [inviting, invited] = [players.get(host), players.get(guest)];
  if (inviting === undefined || invited === undefined) return;
  playerSessionOf(lobby, invited.session).tell.invited({ to: guest, host: inviting.name, kind });
}

/** Later ones come behind earlier ones (as with UUIDv7, RFC 9562, 6.2): the store writes what is new side by side. */
function createId(lobby: LobbyContext): string {
  const digits = (number: number, count: number): string => Math.floor(number).toString(ID_RADIX).padStart(count, "0");
  const random = lobby.random() * ID_RADIX ** ID_DIGITS.random;
  return digits(lobby.turnStartedAt, ID_DIGITS.time) + digits(random, ID_DIGITS.random);
}

const nameOf = ({ key, name }: Here): PlayerName => ({ key, name });
