// Which lines a session sends on: those of its rooms and of its inbox, unless a bound datagram connection does.
import { holdKey } from "../chat/hold.ts";
import type { RoomName } from "../chat/names.ts";
import type { SessionAddress } from "../chat/session-address.ts";
import { inboxLines, roomLines } from "../chat/topics.ts";
import type { TextSession } from "./command.ts";
import { CONTROL_SESSION, dataSessions } from "./session-methods.ts";

/** Settles when no line of the room can be missed any more. */
export async function followRoom(session: TextSession, room: RoomName): Promise<void> {
  const { state } = session;
  if (!state.rooms.includes(room)) state.rooms.push(room);
  const data = dataSessionOf(session);
  if (data === undefined) return session.forward(roomLines(room));
  // One that does not follow is lost, or about to be: until that is known, better twice than not at all.
  await data.follow({ room }).catch(() => session.forward(roomLines(room)));
}

export async function unfollowRoom(session: TextSession, room: RoomName): Promise<void> {
  const { state } = session;
  state.rooms = state.rooms.filter((each) => each !== room);
  session.unsubscribe(roomLines(room));
  await dataSessionOf(session)
    ?.unfollow({ room })
    .catch(() => undefined);
}

/** `own` is the session that has just got its id. */
export function followInbox(session: TextSession, own: SessionAddress): void {
  if (dataSessionOf(session) === undefined) session.forward(inboxLines(holdKey(own)));
}

/** Of a session that has just got its id, its rooms or its lines back. */
export function forwardAll(session: TextSession, own: SessionAddress): void {
  const { id, rooms } = session.state;
  if (id !== "") session.forward(inboxLines(holdKey(holderOf(session, own))));
  for (const room of rooms) session.forward(roomLines(room));
}

/** From now on somebody else sends them on. */
export function forwardNothing(session: TextSession, own: SessionAddress): void {
  const { id, rooms } = session.state;
  if (id !== "") session.unsubscribe(inboxLines(holdKey(holderOf(session, own))));
  for (const room of rooms) session.unsubscribe(roomLines(room));
}

/** The session that holds the id: of a bound datagram session, the one on TCP. */
export function holderOf({ state }: TextSession, own: SessionAddress): SessionAddress {
  return state.controlKey === "" ? own : { type: CONTROL_SESSION, key: state.controlKey };
}

/** Lets the bound datagram session go, if there is one: it says and hears nothing for this one any more. */
export function releaseData(session: TextSession): boolean {
  const data = dataSessionOf(session);
  if (data === undefined) return false;
  session.unwatch(data);
  data.tell.unbind();
  return true;
}

function dataSessionOf(session: TextSession) {
  const dataKey = session.state.binding?.dataKey ?? "";
  return dataKey === "" ? undefined : session.ref(dataSessions, dataKey);
}
