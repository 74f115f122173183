// The chat client at work: a conversation, its links, a person; one timer for all that is to happen later.
import type { Clock } from "#runtime/base/clock.ts";
import type { Random } from "#runtime/base/random.ts";

import type { Link, LinkTarget } from "../links/link.ts";
import { startLink } from "../links/start-link.ts";
import type { User } from "../terminal/user.ts";
import type { Action, LinkName } from "./actions.ts";
import type { ChatOptions } from "./config.ts";
import { Conversation, type Happening } from "./conversation.ts";

export interface ChatParts {
  readonly user: User;
  readonly clock: Clock;
  readonly random: Random;
}

/** A timer that is due at once still lets the sockets be looked at. */
const WAKE_MS_MIN = 1;
/** The kernel takes what we said last, and the peer hears that we close. */
const GOODBYE_MS = 50;

export class ChatClient {
  /** The exit code. Settles once. */
  readonly finished: Promise<number>;

  readonly #options: ChatOptions;
  readonly #parts: ChatParts;
  readonly #conversation: Conversation;
  readonly #links = new Map<LinkName, Link>();
  readonly #finish: (exitCode: number) => void;
  #cancelTimer: () => void = () => undefined;
  #whenRoom: (() => void) | undefined;
  #isOver = false;

  constructor(options: ChatOptions, parts: ChatParts) {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.finished = promise;
    this.#finish = resolve;
    this.#options = options;
    this.#parts = parts;
    const isHybrid = options.data !== undefined;
    this.#conversation = new Conversation({ ...options, isHybrid }, parts.clock, parts.random);
  }

  start(): void {
    this.#happened({ kind: "woken" });
  }

  /** Settles when the next line may come. A line that begins with `/` comes after everything before it. */
  async typed(line: string): Promise<void> {
    const { isTerminal } = this.#parts.user;
    if (!isTerminal) await this.#until(() => !line.startsWith("/") || this.#conversation.isSettled);
    this.#happened({ kind: "typed", line });
    if (!isTerminal) await this.#until(() => this.#conversation.hasRoom);
  }

  ended(): void {
    this.#happened({ kind: this.#parts.user.isTerminal ? "typed" : "ended", line: "/quit" });
  }

  interrupted(): void {
    this.#happened({ kind: "interrupted" });
  }

  #until(holds: () => boolean): Promise<void> {
    if (holds() || this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenRoom = () => {
        if (!holds()) return;
        this.#whenRoom = undefined;
        resolve();
      };
    });
  }

  #happened(happening: Happening): void {
    if (this.#isOver) return;
    for (const action of this.#conversation.take(happening)) this.#act(action);
    if (this.#isOver) return;
    this.#parts.user.prompt(this.#conversation.prompt);
    this.#armTimer();
    this.#whenRoom?.();
  }

  #act(action: Action): void {
    switch (action.kind) {
      case "open":
        return this.#open(action.link, action.port ?? 0);
      case "send":
        return this.#links.get(action.link)?.send(action.line);
      case "close":
        return this.#close(action.link);
      case "print":
        return this.#parts.user.print(action.text);
      case "finish":
        return this.#end(action.exitCode);
    }
  }

  /** A port in the settings wins over the one that the server names: something may stand between. */
  #open(name: LinkName, port: number): void {
    this.#close(name);
    const target = name === "main" ? this.#options.main : this.#options.data;
    if (target === undefined) return;
    const link = startLink({ ...target, port: target.port || port } satisfies LinkTarget, {
      opened: () => this.#happened({ kind: "opened", link: name }),
      received: (line) => this.#happened({ kind: "received", link: name, line }),
      lost: (reason) => {
        this.#links.delete(name);
        this.#happened({ kind: "lost", link: name, reason });
      },
    });
    this.#links.set(name, link);
  }

  #close(name: LinkName): void {
    this.#links.get(name)?.close();
    this.#links.delete(name);
  }

  #armTimer(): void {
    const { clock } = this.#parts;
    this.#cancelTimer();
    const waitMs = Math.max(WAKE_MS_MIN, this.#conversation.wakeAtMs - clock.monotonicMs());
    this.#cancelTimer = Number.isFinite(waitMs)
      ? clock.after(waitMs, () => this.#happened({ kind: "woken" }))
      : () => undefined;
  }

  #end(exitCode: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelTimer();
    const hadLinks = this.#links.size > 0;
    for (const name of this.#links.keys()) this.#close(name);
    this.#parts.user.close();
    if (hadLinks) this.#parts.clock.after(GOODBYE_MS, () => this.#finish(exitCode));
    else this.#finish(exitCode);
  }
}
