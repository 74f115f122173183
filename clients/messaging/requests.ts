// Requests in their order, one at a time: each is sent again, under its id, until somebody has answered it.
import type { LamportClock } from "#actors/clocks/lamport.ts";
import type { Clock } from "#runtime/base/clock.ts";

import type { Actions } from "../machine/actions.ts";
import { REQUESTS_MAX } from "./limits.ts";
import { type Fields, parseReply, type Reply } from "./server-line.ts";

/** What is to be done about the reply. */
export interface ReplyHandlers {
  readonly done: (answered: Answered) => void;
  /** The server says no, in words for people. */
  readonly refused: (text: string) => void;
}

export interface Answered {
  readonly reply: Reply;
  /** Lamport time at which the request left. */
  readonly sentClock: number;
  /** From when it left, the last time, to its reply. */
  readonly tookMs: number;
}

export interface RequestsParts {
  readonly actions: Actions;
  readonly clock: Pick<Clock, "monotonicMs" | "unixMs">;
  readonly lamport: LamportClock;
  /** No id is ever used twice, by any start of the client. */
  readonly nextId: () => string;
}

interface Request {
  readonly service: string;
  readonly fields: Fields;
  readonly id: string;
  readonly handlers: ReplyHandlers;
}

/** `HH:MM:SS`, three hours behind UTC, as the servers give times. */
const ZONE_MS = -3 * 3_600_000;

export class Requests {
  readonly #parts: RequestsParts;
  /** The first is the one that was sent, where `#isSent`. */
  readonly #open: Request[] = [];
  #isConnected = false;
  #isSent = false;
  #sentClock = 0;
  #sentMs = 0;

  constructor(parts: RequestsParts) {
    this.#parts = parts;
  }

  /** Those that are not answered. */
  get count(): number {
    return this.#open.length;
  }

  get isFull(): boolean {
    return this.#open.length >= REQUESTS_MAX;
  }

  /** Who asks for a person looks at `isFull` first. */
  ask(service: string, fields: Fields, handlers: ReplyHandlers): void {
    this.#open.push({ service, fields, id: this.#parts.nextId(), handlers });
    this.#sendNext();
  }

  opened(): void {
    this.#isConnected = true;
    this.#sendNext();
  }

  /** Whether the one that was sent was done is unknown: it goes again. */
  lost(): void {
    this.#isConnected = false;
    this.#isSent = false;
  }

  /** A reply, which is that to what was sent. */
  received(line: string): void {
    const request = this.#isSent ? this.#open.shift() : undefined;
    if (request === undefined) return;
    const { clock, lamport } = this.#parts;
    const tookMs = clock.monotonicMs() - this.#sentMs;
    const reply = parseReply(line);
    if (reply?.clock !== undefined) lamport.receive(reply.clock);
    this.#isSent = false;
    this.#answer(request, reply, tookMs);
    this.#sendNext();
  }

  #answer({ service, handlers }: Request, reply: Reply | undefined, tookMs: number): void {
    if (reply === undefined || (!reply.isRefused && reply.service !== service)) {
      handlers.refused("A resposta do servidor não se entende.");
    } else if (reply.isRefused) handlers.refused(reply.text || "O servidor recusou, sem dizer por quê.");
    else handlers.done({ reply, sentClock: this.#sentClock, tookMs });
  }

  #sendNext(): void {
    const [request] = this.#open;
    if (request === undefined || this.#isSent || !this.#isConnected) return;
    const { actions, clock, lamport } = this.#parts;
    const { service, fields, id } = request;
    const timestamp = new Date(clock.unixMs() + ZONE_MS).toISOString().slice(11, 19);
    this.#isSent = true;
    this.#sentClock = lamport.tick();
    this.#sentMs = clock.monotonicMs();
    const data = { ...fields, timestamp, clock: this.#sentClock, id };
    actions.add({ kind: "send", link: "main", line: JSON.stringify({ service, data }) });
  }
}
