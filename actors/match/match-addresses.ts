// How lobby, players, matches and sessions find one another: by the names of their types, so that none imports all.
import { type ActorContext, type Addressable, type Static, t } from "#runtime/mod.ts";

import type { SessionAddress } from "../chat/session-address.ts";
import {
  type BySchema,
  type HereSchema,
  type Kind,
  KindSchema,
  SeatSchema,
  type StartSchema,
} from "./match-schemas.ts";

/** Of clients that know hosted matches: over TLS, and over WebSocket. */
export type ModernSessionName = "modern-match-session" | "web-match-session";

/** That of existing clients, over plain TCP with a TLS connection beside it. */
export const EXISTING_SESSION = "existing-match-session";
/** The other two connections of an existing client: its own for passwords, and ours that pings it. */
export const SECURE_SESSION = "secure-match-session";
export const HEARTBEAT_SESSION = "match-heartbeat-session";
/** There is one lobby. */
export const LOBBY_KEY = "main";

/** Whom it is for, by key: a session where somebody else has logged in meanwhile does not take it. */
const forPlayer = { to: t.String() };

export const InvitedSchema = t.Object({ ...forPlayer, host: t.String({ description: "His name" }), kind: KindSchema });
export const DeclinedSchema = t.Object({ ...forPlayer, guest: t.String({ description: "His name" }) });
export const SeatedSchema = t.Object({ ...forPlayer, ...SeatSchema.properties });
export const NotedSchema = t.Object({ ...forPlayer, text: t.String() });

/** Another connection of an existing client, as its plain one is told of it. */
export const JoiningSchema = t.Object({ key: t.String(), remoteAddress: t.String() });

export const SaidSchema = t.Object({ text: t.String() });

interface PlayerSessionMethods {
  readonly noted: Told<typeof NotedSchema>;
  readonly invited: Told<typeof InvitedSchema>;
  readonly declined: Told<typeof DeclinedSchema>;
  readonly seated: Told<typeof SeatedSchema>;
  readonly replaced: { readonly in: undefined; readonly out: void };
}

/** Of an existing client's plain session, for its other two. */
interface ExistingSessionMethods {
  /** False where there is such a connection already, or it comes from elsewhere. */
  readonly secure: Asked<typeof JoiningSchema, boolean>;
  /** A message that came over TLS; the answer is the reply that goes there, or nothing. */
  readonly secured: Asked<typeof SaidSchema, string>;
  readonly heartbeat: Asked<typeof JoiningSchema, boolean>;
  /** The client has answered a ping. */
  readonly heartbeatHeard: { readonly in: undefined; readonly out: void };
  readonly heartbeatMissed: { readonly in: undefined; readonly out: void };
}

interface SecureSessionMethods {
  readonly say: Told<typeof SaidSchema>;
}

interface LobbyMethods {
  readonly here: Told<typeof HereSchema>;
  readonly away: { readonly in: { readonly key: string; readonly session: SessionAddress }; readonly out: void };
}

/** What both kinds of match are told by players, and by themselves. */
export interface PlayedMatch {
  readonly settle: { readonly in: undefined; readonly out: void };
  readonly start: Told<typeof StartSchema>;
  readonly present: Told<typeof BySchema>;
  readonly absent: Told<typeof BySchema>;
  readonly left: Told<typeof BySchema>;
}

type Asked<Schema extends Parameters<typeof t.Optional>[0], Out> = { readonly in: Static<Schema>; readonly out: Out };
type Told<Schema extends Parameters<typeof t.Optional>[0]> = { readonly in: Static<Schema>; readonly out: void };

const addressed = <Methods>(name: string): Addressable<Methods> => ({ name }) as Addressable<Methods>;

export const LOBBY: Addressable<LobbyMethods> = addressed("lobby");

const playerSessions = (type: string): Addressable<PlayerSessionMethods> => addressed(type);

export const playerSessionOf = (me: Pick<ActorContext<unknown>, "ref">, { type, key }: SessionAddress) =>
  me.ref(playerSessions(type), key);

export const existingSessions: Addressable<ExistingSessionMethods> = addressed(EXISTING_SESSION);

export const secureSessions: Addressable<SecureSessionMethods> = addressed(SECURE_SESSION);

export const matchesOf = (kind: Kind): Addressable<PlayedMatch> =>
  addressed(kind === "hosted" ? "hosted-match" : "introduced-match");
