// What /rooms takes and answers: the schemas and examples of its documents.

import { t } from "elysia";

import { limits } from "#runtime/mod.ts";

import { wholeNumber } from "./answer-schemas.ts";
import { nameParameter } from "./name-parameter.ts";
import { limitTo, nextCursor, pageParameters } from "./paging.ts";
import { wholeFrom } from "./request-fields.ts";

/** Of room names. */
export const SMALL = "; capitals are small letters here";
export const MESSAGES_MAX = limits.historyPageMax;

export const roomSchema = t.Object({
  room: t.String(),
  members: wholeNumber("Who is in it now"),
  last: wholeNumber("Number of the last message; 0 where nothing was said"),
});

const memberSchema = t.Object({
  id: t.String(),
  address: t.String({ description: "Where the connection comes from: address:port/transport" }),
  since: wholeNumber("Unix milliseconds: when this session got the id"),
  session: t.String({ description: "The session actor, type and key" }),
});

const messageSchema = t.Object({
  number: wholeNumber("Counted from 1, without gaps"),
  at: wholeNumber("Unix milliseconds"),
  from: t.String(),
  text: t.String(),
});

export const roomsSchema = t.Object({ items: t.Array(roomSchema), next: nextCursor });
export const membersSchema = t.Object({ items: t.Array(memberSchema), next: nextCursor });
export const messagesSchema = t.Object({ items: t.Array(messageSchema), next: nextCursor });

export const roomsQuery = t.Object({
  prefix: t.Optional(nameParameter("prefix", ": how names begin")),
  members: t.Optional(wholeFrom(1, "members", "list only rooms with so many members at least")),
  ...pageParameters,
});

export const roomPath = t.Object({
  room: nameParameter("room", SMALL),
});

export const membersQuery = t.Object({
  limit: pageParameters.limit,
  after: t.Optional(nameParameter("after", ": the `next` of the page before")),
});

export const messagesQuery = t.Object({
  limit: limitTo(MESSAGES_MAX, limits.historyPage, "how many messages at most"),
  after: t.Optional(wholeFrom(0, "after", "messages with higher numbers; without `before`")),
  before: t.Optional(wholeFrom(1, "before", "messages with lower numbers; without `after`")),
});

export const roomExample = { room: "lobby", members: 2, last: 43 };
export const memberExample = {
  id: "ana",
  address: "127.0.0.1:52341/tcp",
  since: 1_735_689_600_000,
  session: "text-session/17",
};
export const messageExample = { number: 43, at: 1_735_689_600_000, from: "ana", text: "oi" };
