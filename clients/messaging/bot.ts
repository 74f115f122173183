// One bot: logs in, subscribes to all channels, then publishes and writes to others at random times.
import type { Clock } from "#runtime/base/clock.ts";
import type { Random } from "#runtime/base/random.ts";

import { createTags } from "../chat/tags.ts";
import { type Action, Actions, type Happening, type Machine } from "../machine/actions.ts";
import type { BotTally } from "./bot-tally.ts";
import type { Deliveries } from "./deliveries.ts";
import type { ReplyHandlers } from "./requests.ts";
import type { Fields } from "./server-line.ts";
import { Session, type SessionEvents } from "./session.ts";

export interface BotParts {
  readonly name: string;
  readonly channels: readonly string[];
  /** Messages in a second, on average. */
  readonly rate: number;
  readonly clock: Pick<Clock, "monotonicMs" | "unixMs">;
  readonly random: Random;
  readonly tally: BotTally;
  readonly deliveries: Deliveries;
  /** Names of those who are subscribed to everything. */
  readonly ready: Set<string>;
}

const MS_PER_S = 1_000;
const NEVER = Number.POSITIVE_INFINITY;
/** Of all that it does; what is left only asks. */
const PUBLISHING_SHARE = 0.7;
const WRITING_SHARE = 0.2;
const PHRASES = ["bom dia", "alguém aí?", "tudo certo por aqui", "até já", "olá, mundo: 日本 👍", "x".repeat(500)];

const UNHEARD: ReplyHandlers = { done: () => undefined, refused: () => undefined };

export class Bot implements Machine {
  readonly prompt = "";
  readonly #parts: BotParts;
  readonly #actions = new Actions();
  readonly #session: Session;
  readonly #nextTag: () => string;
  /** What it has still to subscribe to. */
  #missing: number;
  /** When it says something next. */
  #nextAtMs = NEVER;
  #isEnding = false;

  constructor(parts: BotParts) {
    this.#parts = parts;
    const { clock, random, channels } = parts;
    this.#nextTag = createTags(clock, random);
    this.#missing = channels.length + 1;
    this.#session = new Session({ actions: this.#actions, clock, random, events: this.#events() });
    this.#session.logIn(parts.name);
  }

  get wakeAtMs(): number {
    return Math.min(this.#session.wakeAtMs, this.#nextAtMs);
  }

  /** It says nothing more, and has all that it asked for. */
  get isIdle(): boolean {
    return this.#isEnding && this.#session.isSettled;
  }

  isReadyFor(): boolean {
    return true;
  }

  /** `ended`: it says nothing more. `interrupted`: that is the end. */
  take(happening: Happening): readonly Action[] {
    if (happening.kind === "ended") this.#end();
    if (happening.kind === "interrupted") this.#actions.add({ kind: "finish", exitCode: 0 });
    this.#session.take(happening);
    const nowMs = this.#parts.clock.monotonicMs();
    for (; this.#nextAtMs <= nowMs; this.#nextAtMs += this.#pauseMs()) this.#act();
    return this.#actions.drain();
  }

  #events(): SessionEvents {
    const { name, tally, deliveries } = this.#parts;
    return {
      connected: () => void tally.connected++,
      lost: (wasConnected) => {
        if (!wasConnected) return;
        tally.connected--;
        tally.losses++;
      },
      loggedIn: () => this.#subscribe(),
      notLoggedIn: (why) => deliveries.problem(`${name}: não entrou: ${why}`),
      followed: () => this.#followed(),
      notFollowed: (source, why) => deliveries.problem(`${name}: não inscrito em ${source.name}: ${why}`),
      heard: (source, published) => {
        tally.received++;
        deliveries.heard(name, source, published);
      },
      shown: ({ name: from }, each) => {
        if (each.kind === "message") deliveries.shown(name, each.message);
        else deliveries.problem(`${name}: ${each.count} mensagens de ${from} não existem mais`);
      },
      anew: (source) => deliveries.problem(`${name}: ${source.name} começou de novo`),
      behind: () => undefined,
    };
  }

  /** Whoever comes first creates the channels. */
  #subscribe(): void {
    const { channels } = this.#parts;
    const { requests, subscriptions } = this.#session;
    for (const channel of channels) requests.ask("channel", { channel }, UNHEARD);
    // Behind them, so that they are there.
    requests.ask(
      "channels",
      {},
      {
        done: () => channels.forEach((channel) => subscriptions.follow({ kind: "channel", name: channel })),
        refused: (why) => this.#parts.deliveries.problem(`${this.#parts.name}: ${why}`),
      },
    );
  }

  #followed(): void {
    const { name, ready, clock } = this.#parts;
    if (--this.#missing > 0 || this.#isEnding) return;
    ready.add(name);
    this.#nextAtMs = clock.monotonicMs() + this.#pauseMs();
  }

  #end(): void {
    this.#isEnding = true;
    this.#nextAtMs = NEVER;
  }

  /** Random times of one rate: a Poisson process. */
  #pauseMs(): number {
    return (-Math.log(1 - this.#parts.random.next()) / this.#parts.rate) * MS_PER_S;
  }

  #act(): void {
    const { name, channels, ready, random, tally } = this.#parts;
    if (this.#session.requests.isFull) return void tally.skipped++;
    const chance = random.next();
    const [channel, dst] = [this.#pick(channels), this.#pick([...ready])];
    if (chance < PUBLISHING_SHARE) return this.#say("publish", { user: name, channel }, [...ready]);
    if (chance < PUBLISHING_SHARE + WRITING_SHARE) return this.#say("message", { src: name, dst }, [dst]);
    return this.#session.requests.ask("history", { channel, count: 1 }, this.#counted(UNHEARD));
  }

  #say(service: "publish" | "message", fields: Fields, receivers: readonly string[]): void {
    const { deliveries } = this.#parts;
    const tag = this.#nextTag();
    const message = deliveries.said(this.#pick(PHRASES), tag, receivers);
    const [done, refused] = [() => deliveries.acknowledged(tag), () => deliveries.refused(tag)];
    this.#session.requests.ask(service, { ...fields, message }, this.#counted({ done, refused }));
  }

  #counted({ done, refused }: ReplyHandlers): ReplyHandlers {
    const { name, tally, deliveries } = this.#parts;
    return {
      done: (answered) => {
        const { reply, sentClock, tookMs } = answered;
        const { clock = 0, service } = reply;
        tally.took(tookMs);
        if (clock <= sentClock) deliveries.problem(`${name}: ${service} de ${sentClock} respondido em ${clock}`);
        done(answered);
      },
      refused: (why) => {
        tally.refused++;
        deliveries.problem(`${name}: ${why}`);
        refused(why);
      },
    };
  }

  #pick<Each>(all: readonly Each[]): Each {
    return all[Math.floor(this.#parts.random.next() * all.length)] as Each;
  }
}
