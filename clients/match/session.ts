// Who we are to the server: a password once, then a key with which a lost connection is taken up again.
import type { Clock } from "#runtime/base/clock.ts";

import { AGAIN_AFTER_MS } from "./limits.ts";
import type { ReplyHandlers, Requests } from "./requests.ts";
import { isPassing, refusalText } from "./sentences.ts";
import type { Say } from "./shown.ts";

export interface SessionParts {
  readonly requests: Requests;
  readonly say: Say;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** A connection was lost, and the server knows us again. */
  readonly resumed: () => void;
  /** It knows us no more: what we played is none of ours now. */
  readonly forgotten: () => void;
}

/** What whoever deals with the server needs. */
export interface ServerParts extends Pick<SessionParts, "requests" | "say" | "clock"> {
  readonly session: Session;
}

type Phase = "away" | "stranger" | "resuming" | "known";

/** What the server leaves undone is asked for again. */
const QUIET: ReplyHandlers = { done: () => undefined, refused: () => undefined, lost: () => undefined };

export class Session {
  readonly #parts: SessionParts;
  #phase: Phase = "away";
  /** As the server writes it. */
  #name: string | undefined;
  /** Only here: it is never stored. */
  #key: string | undefined;
  #againAtMs = Number.POSITIVE_INFINITY;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** Of the account we are in, or take up again. */
  get name(): string | undefined {
    return this.#name;
  }

  /** The server takes commands of ours. */
  get isReady(): boolean {
    return this.#phase === "stranger" || this.#phase === "known";
  }

  get isKnown(): boolean {
    return this.#phase === "known";
  }

  get wakeAtMs(): number {
    return this.#againAtMs;
  }

  opened(): void {
    this.#phase = "stranger";
    this.#parts.requests.ask(["heartbeat"], QUIET);
    if (this.#key !== undefined) this.#resume();
    else if (this.#name !== undefined) this.#expired("a conexão caiu cedo demais");
  }

  lost(): void {
    this.#phase = "away";
    this.#againAtMs = Number.POSITIVE_INFINITY;
  }

  woken(nowMs: number): void {
    if (nowMs < this.#againAtMs) return;
    this.#againAtMs = Number.POSITIVE_INFINITY;
    if (this.#phase === "resuming") this.#resume();
    else if (this.#phase === "known") this.#askKey();
  }

  addUser(name: string, password: string): void {
    const done = (): void => this.#parts.say(`Conta criada. Entre com: login ${name}`);
    this.#parts.requests.ask(["adduser", name, password], { done });
  }

  logIn(name: string, password: string): void {
    const { requests, say } = this.#parts;
    const done = ([canonical = name]: readonly string[]): void => {
      this.#name = canonical;
      this.#phase = "known";
      say("Login bem sucedido!");
      this.#askKey();
    };
    requests.ask(["login", name, password], { done });
  }

  changePassword(old: string, fresh: string): void {
    const { requests, say } = this.#parts;
    const done = (): void => {
      say("Senha trocada.");
      this.#askKey();
    };
    requests.ask(["passwd", this.#name ?? "", old, fresh], { done });
  }

  logOut(): void {
    const done = (): void => {
      this.#parts.say("Você saiu da conta.");
      this.#forget();
    };
    this.#parts.requests.ask(["logout"], { done });
  }

  #resume(): void {
    this.#phase = "resuming";
    this.#parts.requests.ask(["resume", this.#name ?? "", this.#key ?? ""], {
      done: () => {
        this.#phase = "known";
        this.#parts.resumed();
      },
      refused: (reason) => {
        if (isPassing(reason)) this.#againAtMs = this.#parts.clock.monotonicMs() + AGAIN_AFTER_MS;
        else this.#expired(refusalText(reason));
      },
      lost: () => undefined,
    });
  }

  /** The one that we had ends with a login, and with a new password. */
  #askKey(): void {
    this.#key = undefined;
    this.#parts.requests.ask(["key"], {
      ...QUIET,
      done: ([key]) => (this.#key = key),
      refused: (reason) => {
        if (isPassing(reason)) this.#againAtMs = this.#parts.clock.monotonicMs() + AGAIN_AFTER_MS;
      },
    });
  }

  #expired(why: string): void {
    this.#parts.say(`A sessão acabou (${why}). Entre de novo: login ${this.#name ?? ""}`);
    this.#forget();
  }

  #forget(): void {
    this.#name = undefined;
    this.#key = undefined;
    this.#phase = "stranger";
    this.#parts.forgotten();
  }
}
