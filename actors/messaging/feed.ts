// A feed: numbered messages of one channel, or to one user, that are kept, and published once they are.
import { actor, type Addressable, limits, type Static, t } from "#runtime/mod.ts";

import { appendMessage, MessageSchema, PageSchema, readMessages } from "../chat/message-log.ts";
import { publicationLine, PUBLICATIONS, PUBLICATIONS_KEY } from "./publications.ts";

const HLC = t.String({ description: "Hybrid logical time" });

export const PostSchema = t.Object({
  from: t.String({ minLength: 1, maxLength: limits.messagingNameLengthMax }),
  text: t.String({ maxLength: limits.messagingTextLengthMax }),
  time: t.String({ maxLength: 8, description: "As it is published: HH:MM:SS" }),
  hlc: HLC,
});

/** The text is the whole line that was published. */
const FeedMessageSchema = t.Object({
  ...MessageSchema.properties,
  clock: t.Integer({ description: "Lamport time" }),
  hlc: HLC,
});

const FeedPageSchema = t.Object({
  messages: t.Array(FeedMessageSchema),
  last: t.Integer({ description: "Number of the last message there is; 0 before any" }),
});

export type Post = Static<typeof PostSchema>;
export type FeedPage = Static<typeof FeedPageSchema>;
type FeedMessage = Static<typeof FeedMessageSchema>;

/** Of the node: what a message is numbered by where it is said, after whatever led to it. */
export interface FeedClock {
  tick(): number;
}

const CHANNEL = "channel";
const USER_MAILBOX = "user-mailbox";

/** The key is the channel's name. Published on `general` and, with numbers, on `@general`. */
export function createChannel(clock: FeedClock) {
  return createFeed(CHANNEL, "@", clock);
}

/** Direct messages to one user; the key is the user's name. Published on `ana` and, with numbers, on `@@ana`. */
export function createUserMailbox(clock: FeedClock) {
  return createFeed(USER_MAILBOX, "@@", clock);
}

type Feed = ReturnType<typeof createFeed>;

/** By name: whoever asks needs not know which node's they are. */
export const channels = { name: CHANNEL } as Addressable<Feed["shape"]["methods"]>;
export const userMailboxes = { name: USER_MAILBOX } as typeof channels;

/** `mark` begins the topics of its numbered form, as no name does. Clocks grow with numbers: both are of the turn. */
function createFeed(type: string, mark: string, lamport: FeedClock) {
  return actor(type, {
    about: "Numbered messages of one channel or to one user, kept and published; the key is its name",
    aboutMethods: {
      post: "Keeps a message under the next number, and publishes it",
      history: "A page of what was published",
    },
    state: () => ({ last: 0 }),
    durable: true,
    private: true,
    onceResultsMax: limits.messageTagsMax,
    mailbox: { capacity: limits.messagingMailboxMax },
  })
    .on("post", { in: PostSchema, out: t.Integer({ description: "Its number" }) }, (feed, { text, time, ...post }) => {
      const { key: topic, rows, state } = feed;
      const clock = lamport.tick();
      const line = publicationLine({ topic, from: post.from, text, time, clock });
      const message: FeedMessage = { number: ++state.last, at: feed.turnStartedAt, text: line, clock, ...post };
      appendMessage(rows, message);
      feed.ref(PUBLICATIONS, PUBLICATIONS_KEY).tell.publish({ feed: mark + topic, number: message.number, line });
      return message.number;
    })
    .read("history", { in: PageSchema, out: FeedPageSchema }, async ({ rows, state }, page): Promise<FeedPage> => {
      const { last } = state;
      return { messages: (await readMessages(rows, page)) as FeedMessage[], last };
    });
}
