// The session of a server that has joined: it asks here for what the services keep, as this node's own server does.
import { limits, type Static, t, type TSchema, Value } from "#runtime/mod.ts";

import type { RequestClocks } from "../messaging/desk.ts";
import { PostSchema } from "../messaging/feed.ts";
import { LocalStore } from "../messaging/local-store.ts";
import { type ChannelName, parseChannelName, parseUserName, type UserName } from "../messaging/names.ts";
import { createServiceSession, type ServiceAnswer, type ServiceContext } from "./service-session.ts";
import type { Fields } from "./services.ts";

const named = { once: t.Optional(t.String({ minLength: 1, maxLength: limits.nameLengthMax })) };
const UserSchema = t.Unsafe<UserName>(t.String());
const ChannelSchema = t.Unsafe<ChannelName>(t.String());
const LoginSchema = t.Object({ user: UserSchema, ...named });
const CreateSchema = t.Object({ channel: ChannelSchema, ...named });
const PublishSchema = t.Object({ channel: ChannelSchema, post: PostSchema, ...named });
const MessageSchema = t.Object({ to: UserSchema, post: PostSchema, ...named });
const PageSchema = {
  after: t.Optional(t.Integer({ minimum: 0 })),
  count: t.Integer({ minimum: 1, maximum: limits.historyPageMax }),
};
const HistorySchema = t.Object({
  of: t.Union([t.Object({ channel: ChannelSchema }), t.Object({ user: UserSchema })]),
  ...PageSchema,
});

const TEXTS: ReadonlyMap<string, string> = new Map();

/** What it says in `answer` is what `MessagingStore` answers. */
export function createStoreSession(clocks: RequestClocks) {
  return createServiceSession("messaging-store-session", {
    clocks,
    texts: TEXTS,
    answers: new Map<string, ServiceAnswer>([
      ["login", asked(LoginSchema, (store, input) => store.login(input))],
      ["users", asked(t.Object({}), (store) => store.users())],
      ["createChannel", asked(CreateSchema, (store, input) => store.createChannel(input))],
      ["channels", asked(t.Object({}), (store) => store.channels())],
      ["publish", asked(PublishSchema, (store, input) => store.publish(input))],
      ["message", asked(MessageSchema, (store, input) => store.message(input))],
      ["clock", async () => ({ answer: "OK" })],
      ["history", asked(HistorySchema, (store, input) => store.history(input))],
    ]),
  });
}

function asked<Schema extends TSchema>(
  schema: Schema,
  ask: (store: LocalStore, input: Static<Schema>) => Promise<unknown>,
): ServiceAnswer {
  return async (me: ServiceContext, { input }: Fields) => {
    if (!Value.Check(schema, input) || !areNames(input)) throw me.refuse("store.bad_input");
    return { answer: await ask(new LocalStore(me), input) };
  };
}

/** Names are written as the other server must have parsed them. */
function areNames(input: unknown): boolean {
  const { user, to, channel, of = {} } = input as Fields & { readonly of?: Fields };
  const areUsers = [user, to, of["user"]].every((name) => name === undefined || parseUserName(name) === name);
  return areUsers && [channel, of["channel"]].every((name) => name === undefined || parseChannelName(name) === name);
}
