// What lobby, players and matches say to one another: who plays, in which match, and how it ended for them.
import { type Static, t } from "#runtime/mod.ts";

import { SessionAddressSchema } from "../chat/session-address.ts";

/** Peer to peer: the server introduces the players, who then play without it. */
export const KindSchema = t.Union([t.Literal("hosted"), t.Literal("p2p")]);
export type Kind = Static<typeof KindSchema>;

/** `key` is that of the name (`idKey`): the account's, and the player's. */
export const PlayerNameSchema = t.Object({
  key: t.String({ minLength: 1, examples: ["ana"] }),
  name: t.String({ minLength: 1, examples: ["Ana"] }),
});
export type PlayerName = Static<typeof PlayerNameSchema>;

/** With the names of both, as they are shown. */
export const MatchRefSchema = t.Object({ kind: KindSchema, id: t.String(), host: t.String(), guest: t.String() });
export type MatchRef = Static<typeof MatchRefSchema>;

export const OutcomeSchema = t.Union([t.Literal("won"), t.Literal("lost"), t.Literal("drawn"), t.Literal("none")]);
export type Outcome = Static<typeof OutcomeSchema>;

/** A player, as the lobby knows him. */
export const HereSchema = t.Object({
  ...PlayerNameSchema.properties,
  session: SessionAddressSchema,
  address: t.String({ description: "Where his connection comes from" }),
  match: t.Optional(MatchRefSchema),
});

/** Where the guest of a match between peers can be connected to. */
export const PeerAddressSchema = t.Object({ host: t.String(), matchPort: t.Integer(), pingPort: t.Integer() });
export type PeerAddress = Static<typeof PeerAddressSchema>;

/** The two invited each other, and nobody has answered: either is told that the other agrees. */
export const StartSchema = t.Object({
  host: PlayerNameSchema,
  guest: PlayerNameSchema,
  isCrossing: t.Boolean(),
  address: t.Optional(PeerAddressSchema),
});

export type Start = Static<typeof StartSchema>;

/** What a player is told when his match begins: `by` is who has said yes to his invitation, where there was one. */
export const SeatSchema = t.Object({
  match: MatchRefSchema,
  by: t.Optional(t.String()),
  address: t.Optional(PeerAddressSchema),
});
export type Seat = Static<typeof SeatSchema>;

export const BySchema = t.Object({ key: t.String({ description: "The player's" }) });
