// What sessions say to one another: which types there are, and the methods that all of them have.
import { type Addressable, type Static, t } from "#runtime/mod.ts";

import type { Id, RoomName } from "../chat/names.ts";

/** Over TCP and TLS, over UDP as plain text, over UDP in datagrams of our own, over WebSocket. */
export type SessionName = "text-session" | "udp-text-session" | "datagram-session" | "web-session";

export const CONTROL_SESSION: SessionName = "text-session";
export const DATA_SESSION: SessionName = "datagram-session";

export const TokenSchema = t.Object({ secret: t.String(), dataKey: t.String() });
export const FollowSchema = t.Object({ room: t.Unsafe<RoomName>(t.String()) });
export const BoundSchema = t.Object({
  id: t.Unsafe<Id>(t.String()),
  rooms: t.Array(t.Unsafe<RoomName>(t.String())),
});

/** Of a session on TCP, for the datagram connection that is bound to it. */
interface ControlMethods {
  readonly bind: { readonly in: Static<typeof TokenSchema>; readonly out: Static<typeof BoundSchema> };
}

/** Of a bound datagram session, for its session on TCP. */
interface DataMethods {
  readonly unbind: { readonly in: undefined; readonly out: void };
  readonly follow: { readonly in: Static<typeof FollowSchema>; readonly out: void };
  readonly unfollow: { readonly in: Static<typeof FollowSchema>; readonly out: void };
}

/** Named instead of imported: every session type is made of the commands, which use these. */
const addressed = <Methods>(name: string): Addressable<Methods> => ({ name }) as Addressable<Methods>;

export const controlSessions: Addressable<ControlMethods> = addressed(CONTROL_SESSION);
export const dataSessions: Addressable<DataMethods> = addressed(DATA_SESSION);
