// A chat room: numbered messages that are kept, and the members whose sessions are told of them.
import { actor, type DurableContext, limits, type Static, t } from "#runtime/mod.ts";

import { joinedLine, leftLine, messageLine } from "./lines.ts";
import { appendMessage, type Message, MessageSchema, PageSchema, readMessages } from "./message-log.ts";
import { type Id, idKey } from "./names.ts";
import { GoneSchema, isSameSession, type SessionAddress, SessionAddressSchema } from "./session-address.ts";
import { roomLines } from "./topics.ts";

const MemberSchema = t.Object({
  id: t.Unsafe<Id>(t.String()),
  session: SessionAddressSchema,
  since: t.Integer({ description: "When this session got the id: one that had it before comes too late" }),
  address: t.String({ description: "Where the member's connection comes from: address:port/transport" }),
});

const JoinSchema = t.Object({
  member: MemberSchema,
  after: t.Optional(t.Integer({ minimum: 0, description: "The last number the member has seen" })),
});

const JoinedSchema = t.Object({
  last: t.Integer({ description: "Number of the last message" }),
  members: t.Integer(),
  missed: t.Array(MessageSchema, { description: "The first that the member has not seen" }),
});

const LeaveSchema = t.Object({ id: t.Unsafe<Id>(t.String()), session: SessionAddressSchema, reason: t.String() });
const PostSchema = t.Object({ from: t.Unsafe<Id>(t.String()), text: t.String({ maxLength: limits.textLineBytesMax }) });
const MembersSchema = t.Object({ after: t.Optional(t.Unsafe<Id>(t.String())), count: t.Integer({ minimum: 1 }) });

type Member = Static<typeof MemberSchema>;
type RoomContext = DurableContext<{ last: number; members: number }>;

const FIRST_MEMBER = "member/";
const BEHIND_LAST_MEMBER = "member0";
const memberRow = (id: Id): string => FIRST_MEMBER + idKey(id);
/** Finds the member when only the session is known, because it is gone. */
const sessionRow = ({ type, key }: SessionAddress): string => `session/${type}/${key}`;

/** The key is the room's name. Members are stored too: a room may sleep while they are there. */
export const Room = actor("chat-room", {
  about: "A chat room: numbered messages that are kept, and its members; the key is the room's name",
  aboutMethods: {
    join: "Makes somebody a member, and gives him what he has missed",
    leave: "Ends a membership",
    gone: "Told by the runtime: a member's session is gone",
    post: "Says something in the room: it is kept under the next number, and every member is told",
    history: "A page of what was said",
    members: "A page of who is there",
  },
  state: () => ({ last: 0, members: 0 }),
  durable: true,
  private: true,
  onceResultsMax: limits.messageTagsMax,
  indexed: ["members"],
  mailbox: { capacity: limits.roomMailboxMax },
})
  .on("join", { in: JoinSchema, out: JoinedSchema }, async (room, { member, after }) => {
    const { state, rows } = room;
    const { id, session } = member;
    const before = (await rows.get(memberRow(id))) as Member | undefined;
    if (before !== undefined && before.since > member.since) throw room.refuse("chat.replaced");
    if (before === undefined && state.members >= limits.roomMembersMax) throw room.refuse("chat.room_full");
    if (before === undefined) {
      state.members++;
      room.publish(roomLines(room.key), joinedLine(room.key, id, member.address));
    } else if (!isSameSession(before.session, session)) {
      rows.delete(sessionRow(before.session));
      room.unwatch(before.session);
    }
    rows.put(memberRow(id), member);
    rows.put(sessionRow(session), id);
    room.watch(session, "gone");
    const missed = after === undefined ? [] : await readMessages(rows, { after, count: limits.historyPageMax });
    return { last: state.last, members: state.members, missed };
  })
  .on("leave", { in: LeaveSchema }, async (room, { id, session, reason }) => {
    room.unwatch(session);
    await letGo(room, id, { ...session, reason });
  })
  .on("gone", { in: GoneSchema }, async (room, gone) => {
    const id = (await room.rows.get(sessionRow(gone))) as Id | undefined;
    if (id !== undefined) await letGo(room, id, gone);
  })
  .on("post", { in: PostSchema, out: t.Integer({ description: "Its number" }) }, (room, { from, text }) => {
    const message: Message = { number: ++room.state.last, at: room.turnStartedAt, from, text };
    appendMessage(room.rows, message);
    room.publish(roomLines(room.key), messageLine(room.key, message));
    return message.number;
  })
  .read("history", { in: PageSchema, out: t.Array(MessageSchema) }, ({ rows }, page) => readMessages(rows, page))
  .read("members", { in: MembersSchema, out: t.Array(MemberSchema) }, async ({ rows }, { after, count }) => {
    // A row follows all that begin with the key of `after` alone when a character below every other is added.
    const from = after === undefined ? FIRST_MEMBER : `${memberRow(after)}\u0000`;
    const found = await rows.range({ from, before: BEHIND_LAST_MEMBER, limit: count });
    return found.map(({ value }) => value as Member);
  });

/** Unless it is there by another session meanwhile. A room in which nothing was said goes with its last member. */
async function letGo(room: RoomContext, id: Id, gone: Static<typeof GoneSchema>): Promise<void> {
  const { rows, state, key } = room;
  rows.delete(sessionRow(gone));
  const member = (await rows.get(memberRow(id))) as Member | undefined;
  if (member === undefined || !isSameSession(member.session, gone)) return;
  rows.delete(memberRow(id));
  state.members--;
  room.publish(roomLines(key), leftLine(key, id, gone.reason));
  if (state.members === 0 && state.last === 0) room.destroy();
}
