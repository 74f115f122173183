// What the services keep, in the actors of this node.
import type { ActorContext, CallOptions, Ref } from "#runtime/mod.ts";

import { channels, type FeedPage, userMailboxes } from "./feed.ts";
import type {
  CreateChannelInput,
  HistoryInput,
  LoginInput,
  MessageInput,
  MessagingStore,
  PublishInput,
} from "./messaging-store.ts";
import { type Added, channelDirectories, DIRECTORY_KEY, userDirectories } from "./name-directory.ts";

type RefTo<Type extends { readonly shape: { readonly methods: unknown } }> = Ref<Type["shape"]["methods"]>;

/** `refs` is whatever makes refs: a handler's context, for as long as its turn goes on, or a node. */
export class LocalStore implements MessagingStore {
  readonly #refs: Pick<ActorContext<unknown>, "ref">;

  constructor(refs: Pick<ActorContext<unknown>, "ref">) {
    this.#refs = refs;
  }

  login({ user, once }: LoginInput): Promise<Added> {
    return this.#users.add({ name: user }, by(once));
  }

  users(): Promise<readonly string[]> {
    return this.#users.list();
  }

  createChannel({ channel, once }: CreateChannelInput): Promise<Added> {
    return this.#channels.add({ name: channel }, by(once));
  }

  channels(): Promise<readonly string[]> {
    return this.#channels.list();
  }

  async publish({ channel, post, once }: PublishInput): Promise<number | "unknown"> {
    if (!(await this.#channels.has({ name: channel }))) return "unknown";
    return this.#refs.ref(channels, channel).post(post, by(once));
  }

  async message({ to, post, once }: MessageInput): Promise<number | "unknown"> {
    if (!(await this.#users.has({ name: to }))) return "unknown";
    return this.#refs.ref(userMailboxes, to).post(post, by(once));
  }

  async history({ of, ...page }: HistoryInput): Promise<FeedPage | "unknown"> {
    const isChannel = "channel" in of;
    const feed = isChannel ? this.#refs.ref(channels, of.channel) : this.#refs.ref(userMailboxes, of.user);
    const isThere = await (isChannel ? this.#channels : this.#users).has({ name: feed.key });
    return isThere ? feed.history(page) : "unknown";
  }

  get #users(): RefTo<typeof userDirectories> {
    return this.#refs.ref(userDirectories, DIRECTORY_KEY);
  }

  get #channels(): RefTo<typeof userDirectories> {
    return this.#refs.ref(channelDirectories, DIRECTORY_KEY);
  }
}

function by(once: string | undefined): CallOptions {
  return once === undefined ? {} : { once };
}
