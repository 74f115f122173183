// What /rooms takes and answers: the schemas and examples of its documents.

import { t } from "elysia";

import { limits } from "#runtime/mod.ts";

import { wholeNumber } from "./answer-schemas.ts";
import { nameParameter } from "./name-parameter.ts";
import { nextCursor, pageParameters } from "./paging.ts";

/** Of room names. */
export const SMALL = "; capitals are small letters here";
const NUMBER_MAX = Number.MAX_SAFE_INTEGER;
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

const whole = (title: string, description: string, minimum: number, maximum: number) =>
  t.Integer({ title, description: `A whole number from ${minimum}: ${description}`, minimum, maximum });

export const roomsQuery = t.Object({
  prefix: t.Optional(nameParameter("prefix", ": how names begin")),
  members: t.Optional(whole("members", "list only rooms with so many members at least", 1, NUMBER_MAX)),
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
  limit: t.Integer({
    title: "limit",
    description: `A whole number from 1 to ${MESSAGES_MAX}: how many messages at most`,
    minimum: 1,
    maximum: MESSAGES_MAX,
    default: limits.historyPage,
  }),
  after: t.Optional(whole("after", "messages with higher numbers; without `before`", 0, NUMBER_MAX)),
  before: t.Optional(whole("before", "messages with lower numbers; without `after`", 1, NUMBER_MAX)),
});

export const roomExample = { room: "lobby", members: 2, last: 43 };
export const memberExample = {
  id: "ana",
  address: "127.0.0.1:52341/tcp",
  since: 1_735_689_600_000,
  session: "text-session/17",
};
export const messageExample = { number: 43, at: 1_735_689_600_000, from: "ana", text: "oi" };
