// What the services keep, as they ask for it: here, or on another machine, so that all of it can be encoded.
import type { FeedPage, Post } from "./feed.ts";
import type { Added } from "./name-directory.ts";
import type { ChannelName, UserName } from "./names.ts";

/** `once`: what is asked for by this name is done once, and a repeat has the first answer. */
export interface Once {
  readonly once?: string;
}

export interface LoginInput extends Once {
  readonly user: UserName;
}

export interface CreateChannelInput extends Once {
  readonly channel: ChannelName;
}

export interface PublishInput extends Once {
  readonly channel: ChannelName;
  readonly post: Post;
}

export interface MessageInput extends Once {
  readonly to: UserName;
  readonly post: Post;
}

export interface HistoryInput {
  readonly of: { readonly channel: ChannelName } | { readonly user: UserName };
  /** Messages with higher numbers, oldest first; the newest unless given. */
  readonly after?: number;
  /** 1 to `limits.historyPageMax`. */
  readonly count: number;
}

/**
 * What is answered is stored. A number is that of the message; within one channel, and within what is sent to one user,
 * numbers have no gaps. `unknown`: there is no such channel, or user. Rejects with a `RuntimeError` where it cannot be
 * done now, or nobody knows whether it was.
 */
export interface MessagingStore {
  login(input: LoginInput): Promise<Added>;
  /** In the order of their first login. */
  users(): Promise<readonly string[]>;
  createChannel(input: CreateChannelInput): Promise<Added>;
  /** In the order of their creation. */
  channels(): Promise<readonly string[]>;
  publish(input: PublishInput): Promise<number | "unknown">;
  message(input: MessageInput): Promise<number | "unknown">;
  history(input: HistoryInput): Promise<FeedPage | "unknown">;
}
