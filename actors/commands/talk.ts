// Talking: rooms, what is said in them, direct messages, and what was said before.
import { limits, Refusal, t } from "#runtime/mod.ts";

import { digest } from "../chat/digest.ts";
import { inboxPlace, messageLine } from "../chat/lines.ts";
import type { Message } from "../chat/message-log.ts";
import { type Id, idKey, parseId, parseRoomName, type RoomName } from "../chat/names.ts";
import { Person } from "../chat/person.ts";
import { Room } from "../chat/room.ts";
import { type Answer, type Caller, command } from "./command.ts";
import { followRoom, holderOf, unfollowRoom } from "./forwarding.ts";
import { restOfLine } from "./parse-command.ts";

const WholeNumber = t.Integer({ minimum: 0, maximum: 2 ** 53 - 1 });

export const talkCommands = [
  command({
    name: "JOIN",
    usage: "JOIN sala [número]",
    help: "entra numa sala; com o número da última mensagem vista, vêm as que faltam",
    input: t.Object({ room: t.String(), after: t.Optional(WholeNumber) }),
    needsId: true,
    control: true,
    budgeted: true,
    logged: ({ room }) => room,
    run: join,
  }),
  command({
    name: "LEAVE",
    usage: "LEAVE sala",
    help: "sai de uma sala",
    input: t.Object({ room: t.String() }),
    needsId: true,
    control: true,
    budgeted: true,
    logged: ({ room }) => room,
    async run(caller, { room: text }) {
      const room = joinedRoom(caller, text);
      const { session, own } = caller;
      // Only then it is left: who could not leave may say so again.
      await session.ref(Room, room).leave({ id: session.state.id as Id, session: own, reason: "left" });
      await unfollowRoom(session, room);
      return room;
    },
  }),
  command({
    name: "SAY",
    usage: "SAY sala texto",
    help: "diz algo na sala; a resposta traz o número da mensagem, já gravada",
    input: t.Object({ room: t.String(), text: restOfLine() }),
    needsId: true,
    budgeted: true,
    logged: ({ room, text }) => `${room} ${text}`,
    said: ({ text }) => text,
    async run(caller, { room: name, text }) {
      const room = joinedRoom(caller, name);
      const from = caller.session.state.id as Id;
      const number = await caller.session.ref(Room, room).post({ from, text }, onceBy(caller, text));
      return `${room} ${number}`;
    },
  }),
  command({
    name: "MSG",
    usage: "MSG nome texto",
    help: "mensagem direta; a resposta traz o número dela, já gravada",
    input: t.Object({ id: t.String(), text: restOfLine() }),
    needsId: true,
    budgeted: true,
    logged: ({ id }) => id,
    async run(caller, { id: name, text }) {
      const id = idOf(caller, name);
      const from = caller.session.state.id as Id;
      const number = await caller.session.ref(Person, idKey(id)).deliver({ from, text }, onceBy(caller, text));
      return `${id} ${number}`;
    },
  }),
  command({
    name: "WHO",
    usage: "WHO sala [nome]",
    help: "quem está na sala, com endereço e porta; com um nome, os que vêm depois dele",
    input: t.Object({ room: t.String(), after: t.Optional(t.String()) }),
    needsId: true,
    budgeted: true,
    logged: ({ room }) => room,
    async run(caller, { room: text, after }) {
      const room = joinedRoom(caller, text);
      const count = limits.membersPerLineMax;
      const asked = after === undefined ? {} : { after: idOf(caller, after) };
      const members = await caller.session.ref(Room, room).members({ ...asked, count: count + 1 });
      const shown = members.slice(0, count).map(({ id, address }) => `${id}@${address}`);
      return [room, ...shown, ...(members.length > count ? ["+"] : [])].join(" ");
    },
  }),
  command({
    name: "HISTORY",
    usage: "HISTORY sala|@você [número [quantas]]",
    help: "as mensagens depois desse número; sem número, as últimas",
    input: t.Object({ place: t.String(), after: t.Optional(WholeNumber), count: t.Optional(WholeNumber) }),
    needsId: true,
    budgeted: true,
    logged: ({ place }) => place,
    run: history,
  }),
];

async function join(caller: Caller, { room: text, after }: { room: string; after?: number }): Promise<Answer> {
  const { session, own } = caller;
  const room = roomOf(caller, text);
  const isNew = !session.state.rooms.includes(room);
  if (isNew && session.state.rooms.length >= limits.roomsPerSessionMax) throw session.refuse("chat.too_many_rooms");
  // Before the answer, so that nothing said meanwhile is missed: what comes twice has the same number.
  await followRoom(session, room);
  const { remoteAddress, remotePort, transport } = session.connection;
  const address = `${remoteAddress}:${remotePort}/${transport}`;
  const member = { id: session.state.id as Id, session: own, since: session.state.since, address };
  try {
    const joined = await session.ref(Room, room).join(after === undefined ? { member } : { member, after });
    const { last, members, missed } = joined;
    return { reply: `${room} ${last} ${members}`, lines: missed.map((message) => messageLine(room, message)) };
  } catch (error) {
    if (isNew) await giveUp(caller, room, error);
    throw error;
  }
}

/** An answer that did not come does not say that nothing was done: who is not in must not be seen there. */
async function giveUp({ session, own }: Caller, room: RoomName, error: unknown): Promise<void> {
  const member = { id: session.state.id as Id, session: own };
  if (!(error instanceof Refusal)) session.ref(Room, room).tell.leave({ ...member, reason: "left" });
  await unfollowRoom(session, room);
}

type HistoryInput = { place: string; after?: number; count?: number };

async function history(caller: Caller, { place: text, after, count = limits.historyPage }: HistoryInput) {
  const { session } = caller;
  const asked = { count: Math.min(Math.max(1, count), limits.historyPageMax) };
  const page = after === undefined ? asked : { ...asked, after };
  const own = inboxPlace(session.state.id);
  const isInbox = text.toLowerCase() === own.toLowerCase();
  if (!isInbox && text.startsWith("@")) throw session.refuse("chat.not_your_inbox");
  const place = isInbox ? own : joinedRoom(caller, text);
  const reader = holderOf(session, caller.own);
  const messages: readonly Message[] = isInbox
    ? await session.ref(Person, idKey(session.state.id as Id)).history({ page, reader })
    : await session.ref(Room, place).history(page);
  const last = messages.at(-1)?.number ?? after ?? 0;
  const lines = messages.map((message) => messageLine(place, message));
  return { reply: `${place} ${messages.length} ${last}`, lines };
}

/**
 * Said again by the same id with the same tag it is said once: the tag is part of the name under which it is kept.
 * So is the text: who uses a tag twice, or after another who had the id, is not answered for what was never said.
 */
function onceBy({ session, tag }: Caller, text: string): { once?: string } {
  return tag === "" ? {} : { once: `${idKey(session.state.id as Id)}#${tag}#${digest(text)}` };
}

function roomOf({ session }: Caller, text: string): RoomName {
  const room = parseRoomName(text);
  if (room === undefined) throw session.refuse("chat.bad_room");
  return room;
}

function joinedRoom(caller: Caller, text: string): RoomName {
  const room = roomOf(caller, text);
  if (!caller.session.state.rooms.includes(room)) throw caller.session.refuse("chat.not_a_member");
  return room;
}

function idOf({ session }: Caller, text: string): Id {
  const id = parseId(text);
  if (id === undefined) throw session.refuse("chat.bad_id");
  return id;
}
