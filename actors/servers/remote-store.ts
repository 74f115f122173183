// What the services keep, at the home of a server that has joined it.
import { RuntimeError } from "#runtime/mod.ts";

import type { KeptLamportClock } from "../clocks/kept-lamport.ts";
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
import type { ServerServices } from "./services.ts";

export class RemoteStore implements MessagingStore {
  readonly #lamport: Pick<KeptLamportClock, "tick" | "receive">;
  readonly #askStore: ServerServices["askStore"];

  constructor(lamport: Pick<KeptLamportClock, "tick" | "receive">, askStore: ServerServices["askStore"]) {
    this.#lamport = lamport;
    this.#askStore = askStore;
  }

  /** Nothing but the clocks of both. */
  async exchange(): Promise<void> {
    await this.#ask("clock", {});
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

  /** Of the store session; rejects with a `RuntimeError` where it gives no answer. */
  async #ask(service: string, input: object): Promise<unknown> {
    const reply = await this.#askStore(service, { input, clock: this.#lamport.tick() });
    await this.#lamport.receive(reply["clock"]);
    if ("answer" in reply) return reply["answer"];
    throw new RuntimeError("net.no_answer", `Cannot have "${service}" from the home of this server: it refuses`);
  }
}
