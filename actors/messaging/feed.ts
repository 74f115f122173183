// A feed: numbered messages of one channel, or to one user, that are kept, and published once they are.
import { actor, limits, type Static, t } from "#runtime/mod.ts";

import { appendMessage, MessageSchema, PageSchema, readMessages } from "../chat/message-log.ts";
import { publicationLine, PUBLICATIONS, PUBLICATIONS_KEY } from "./publications.ts";

const HLC = t.String({ description: "Hybrid logical time" });

export const PostSchema = t.Object({
  from: t.String({ minLength: 1, maxLength: limits.messagingNameLengthMax }),
  text: t.String({ maxLength: limits.messagingTextLengthMax }),
  time: t.String({ maxLength: 8, description: "As it is published: HH:MM:SS" }),
  clock: t.Integer({ minimum: 0, description: "Lamport time" }),
  hlc: HLC,
});

/** The text is the whole line that was published. */
const FeedMessageSchema = t.Object({ ...MessageSchema.properties, clock: t.Integer(), hlc: HLC });

const FeedPageSchema = t.Object({
  messages: t.Array(FeedMessageSchema),
  last: t.Integer({ description: "Number of the last message there is; 0 before any" }),
});

export type Post = Static<typeof PostSchema>;
export type FeedPage = Static<typeof FeedPageSchema>;
type FeedMessage = Static<typeof FeedMessageSchema>;

/** The key is the channel's name. Published on `general` and, with numbers, on `@general`. */
export const Channel = createFeed("channel", "@");
/** Direct messages to one user; the key is the user's name. Published on `ana` and, with numbers, on `@@ana`. */
export const UserMailbox = createFeed("user-mailbox", "@@");

/** `mark` begins the topics of its numbered form, as no name does. */
function createFeed(type: string, mark: string) {
  return actor(type, {
    state: () => ({ last: 0 }),
    durable: true,
    private: true,
    onceResultsMax: limits.messageTagsMax,
    mailbox: { capacity: limits.messagingMailboxMax },
  })
    .on("post", { in: PostSchema, out: t.Integer({ description: "Its number" }) }, (feed, { text, time, ...post }) => {
      const { key: topic, rows, state } = feed;
      const line = publicationLine({ topic, from: post.from, text, time, clock: post.clock });
      const message: FeedMessage = { number: ++state.last, at: feed.turnStartedAt, text: line, ...post };
      appendMessage(rows, message);
      feed.ref(PUBLICATIONS, PUBLICATIONS_KEY).tell.publish({ feed: mark + topic, number: message.number, line });
      return message.number;
    })
    .read("history", { in: PageSchema, out: FeedPageSchema }, async ({ rows, state }, page): Promise<FeedPage> => {
      const { last } = state;
      return { messages: (await readMessages(rows, page)) as FeedMessage[], last };
    });
}
