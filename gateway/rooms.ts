// Chat rooms at /rooms: which there are, who is in them, what was said. Looking makes no room and keeps none.

import type { Elysia } from "elysia";

import { parseRoomName, type RoomName } from "#actors/chat/names.ts";
import { limits } from "#runtime/mod.ts";
import type { Page, PageQuery } from "#runtime/observe/view.ts";

import { actorAnswers } from "./actor-answers.ts";
import { type Answer, answers, jsonAnswer, type ObjectSchema, parameters, problemAnswer } from "./document.ts";
import { nameComplaint } from "./name-parameter.ts";
import { limitComplaint, limitComplaintTo, pageQuery } from "./paging.ts";
import { problem } from "./problems.ts";
import { given } from "./request-fields.ts";
import {
  memberExample,
  membersQuery,
  membersSchema,
  messageExample,
  MESSAGES_MAX,
  messagesQuery,
  messagesSchema,
  roomExample,
  roomPath,
  roomSchema,
  roomsQuery,
  roomsSchema,
  SMALL,
} from "./room-schemas.ts";

export interface RoomsQuery extends PageQuery {
  readonly prefix?: string;
  /** Members, 1 or more: as last stored. */
  readonly membersMin?: number;
}

export interface RoomView {
  readonly room: string;
  readonly members: number;
  /** Number of the last message; 0 for none. */
  readonly last: number;
}

interface MemberView {
  readonly id: string;
  readonly address: string;
  readonly since: number;
  readonly session: string;
}

interface MessageView {
  readonly number: number;
  readonly at: number;
  readonly from: string;
  readonly text: string;
}

export interface MessagesQuery {
  readonly limit: number;
  /** Messages with higher numbers, … */
  readonly after?: number;
  /** … or with lower ones; the newest unless either is given. */
  readonly before?: number;
}

/** Undefined for a room that there is not. */
export interface RoomsView {
  rooms(query: RoomsQuery): Promise<Page<RoomView>>;
  room(name: RoomName): Promise<RoomView | undefined>;
  members(name: RoomName, query: PageQuery): Promise<Page<MemberView> | undefined>;
  /** Oldest first; `next` goes on in the direction that was asked for. */
  messages(name: RoomName, query: MessagesQuery): Promise<Page<MessageView> | undefined>;
}

const NOT_FOUND = "Cannot find the room: nobody is in it and nothing was said there";
const BAD_ROOM = nameComplaint("room", SMALL);
const BAD_MESSAGES = limitComplaintTo(MESSAGES_MAX);
const BOTH = 'Cannot accept the request: "after" and "before" do not go together';

export function serveRooms(app: Elysia, rooms: RoomsView): void {
  serveList(app, rooms);
  app.get("/rooms/:room", async ({ params }) => found(await rooms.room(nameIn(params))), {
    params: roomPath,
    detail: detailOf({
      summary: "One room",
      description: "How many are in it, and the number of its last message.",
      parameters: parameters("path", roomPath),
      answer: jsonAnswer("The room as it is now", roomSchema, roomExample),
      invalid: BAD_ROOM,
    }),
  });
  app.get(
    "/rooms/:room/members",
    async ({ params, query }) => found(await rooms.members(nameIn(params), pageQuery(query))),
    {
      params: roomPath,
      query: membersQuery,
      detail: detailOf({
        summary: "Who is in a room",
        description: "One page of its members, by their names.",
        parameters: bothParameters(membersQuery),
        answer: jsonAnswer("One page of members", membersSchema, { items: [memberExample], next: "ana" }),
        invalid: limitComplaint,
      }),
    },
  );
  serveMessages(app, rooms);
}

function serveList(app: Elysia, rooms: RoomsView): void {
  app.get(
    "/rooms",
    async ({ query }) => {
      const filter = given({ prefix: query.prefix?.toLowerCase(), membersMin: query.members });
      return { ...(await rooms.rooms({ ...filter, ...pageQuery(query) })) };
    },
    {
      query: roomsQuery,
      detail: {
        summary: "Chat rooms",
        description:
          "One page of them by name: those in which somebody is or something was said. A page may be " +
          "short and yet have a next one.",
        tags: ["rooms"],
        parameters: parameters("query", roomsQuery),
        responses: answers({
          200: jsonAnswer("One page of rooms", roomsSchema, { items: [roomExample], next: "lobby" }),
          422: problemAnswer("invalid_request", limitComplaint),
          ...actorAnswers([400, 503]),
        }),
      },
    },
  );
}

function serveMessages(app: Elysia, rooms: RoomsView): void {
  app.get(
    "/rooms/:room/messages",
    async ({ params, query }) => {
      const { limit, after, before } = query;
      if (after !== undefined && before !== undefined) return problem("invalid_request", BOTH);
      return found(await rooms.messages(nameIn(params), { limit, ...given({ after, before }) }));
    },
    {
      params: roomPath,
      query: messagesQuery,
      detail: detailOf({
        summary: "What was said in a room",
        description:
          `Oldest first: the newest, those after a number, or those before one. The last ${limits.historyMax} are ` +
          "kept. `next` is to be given as `after` where that was given, else as `before`.",
        parameters: bothParameters(messagesQuery),
        answer: jsonAnswer("Messages", messagesSchema, { items: [messageExample], next: "43" }),
        invalid: BAD_MESSAGES,
      }),
    },
  );
}

interface Described {
  readonly summary: string;
  readonly description: string;
  readonly parameters: ReturnType<typeof parameters>;
  readonly answer: Answer;
  readonly invalid: string;
}

/** Of a route to one room. */
function detailOf({ answer, invalid, ...more }: Described) {
  return {
    ...more,
    tags: ["rooms"],
    responses: answers({
      200: answer,
      404: problemAnswer("room_not_found", NOT_FOUND),
      422: problemAnswer("invalid_request", invalid),
      ...actorAnswers([400, 423, 429, 503, 504]),
    }),
  };
}

function bothParameters(query: ObjectSchema): ReturnType<typeof parameters> {
  return [...parameters("path", roomPath), ...parameters("query", query)];
}

function found(answer: object | undefined): object {
  return answer === undefined ? problem("room_not_found", NOT_FOUND) : { ...answer };
}

/** The schema has taken it. */
function nameIn({ room }: { readonly room: string }): RoomName {
  return parseRoomName(room) as RoomName;
}
