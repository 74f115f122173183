// What the services keep, at the home of a server that has joined it.
import type { FeedPage } from "../messaging/feed.ts";
import type {
  CreateChannelInput,
  HistoryInput,
  LoginInput,
  MessageInput,
  MessagingStore,
  PublishInput,
} from "../messaging/messaging-store.ts";
import type { Added } from "../messaging/name-directory.ts";

/** Asks the store session at home; resolves to its answer, rejects with a `RuntimeError` where there is none. */
export type AskStore = (service: string, input: object) => Promise<unknown>;

export class RemoteStore implements MessagingStore {
  readonly #ask: AskStore;

  constructor(ask: AskStore) {
    this.#ask = ask;
  }

  login(input: LoginInput): Promise<Added> {
    return this.#ask("login", input) as Promise<Added>;
  }

  users(): Promise<readonly string[]> {
    return this.#ask("users", {}) as Promise<readonly string[]>;
  }

  createChannel(input: CreateChannelInput): Promise<Added> {
    return this.#ask("createChannel", input) as Promise<Added>;
  }

  channels(): Promise<readonly string[]> {
    return this.#ask("channels", {}) as Promise<readonly string[]>;
  }

  publish(input: PublishInput): Promise<number | "unknown"> {
    return this.#ask("publish", input) as Promise<number | "unknown">;
  }

  message(input: MessageInput): Promise<number | "unknown"> {
    return this.#ask("message", input) as Promise<number | "unknown">;
  }

  history(input: HistoryInput): Promise<FeedPage | "unknown"> {
    return this.#ask("history", input) as Promise<FeedPage | "unknown">;
  }
}
