// Which lines a session sends on: those of its rooms and of its inbox, unless a bound datagram connection does.
import { idKey, type RoomName } from "../chat/names.ts";
import { inboxLines, roomLines } from "../chat/topics.ts";
import type { TextSession } from "./command.ts";
import { dataSessions } from "./session-methods.ts";

export function followRoom(session: TextSession, room: RoomName): void {
  const { state } = session;
  if (!state.rooms.includes(room)) state.rooms.push(room);
  const data = dataSessionOf(session);
  if (data === undefined) session.forward(roomLines(room));
  else data.tell.follow({ room });
}

export function unfollowRoom(session: TextSession, room: RoomName): void {
  const { state } = session;
  state.rooms = state.rooms.filter((each) => each !== room);
  const data = dataSessionOf(session);
  if (data === undefined) session.unsubscribe(roomLines(room));
  else data.tell.unfollow({ room });
}

/** Of a session that has just got its id, its rooms or its lines back. */
export function forwardAll(session: TextSession): void {
  const { id, rooms } = session.state;
  if (id !== "") session.forward(inboxLines(idKey(id)));
  for (const room of rooms) session.forward(roomLines(room));
}

/** From now on somebody else sends them on. */
export function forwardNothing(session: TextSession): void {
  const { id, rooms } = session.state;
  if (id !== "") session.unsubscribe(inboxLines(idKey(id)));
  for (const room of rooms) session.unsubscribe(roomLines(room));
}

function dataSessionOf(session: TextSession) {
  const dataKey = session.state.binding?.dataKey ?? "";
  return dataKey === "" ? undefined : session.ref(dataSessions, dataKey);
}
