// The messaging client without sockets and terminal: choices go in; requests, subscriptions and lines come out.
import type { Clock } from "#runtime/base/clock.ts";
import type { Random } from "#runtime/base/random.ts";

import { type Action, Actions, type Happening, type Machine } from "../machine/actions.ts";
import { lostText } from "../machine/backoff.ts";
import { type Leaver, Leaving } from "../machine/leaving.ts";
import { Choices } from "./choices.ts";
import { FINISH_WITHIN_MS } from "./limits.ts";
import type { Source } from "./server-line.ts";
import { Session, type SessionEvents } from "./session.ts";
import { clockText, gapText, noticeText, publicationText, shownText, sourceText } from "./shown.ts";
import { menuLines } from "./typed-command.ts";

export interface MenuOptions {
  /** To log in as at once. */
  readonly user: string | undefined;
  /** The server, as a person is told. */
  readonly where: string;
}

export class MenuClient implements Machine {
  readonly #where: string;
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #actions = new Actions();
  readonly #session: Session;
  readonly #choices: Choices;
  readonly #leaving: Leaving;

  constructor({ user, where }: MenuOptions, clock: Pick<Clock, "monotonicMs" | "unixMs">, random: Random) {
    this.#where = where;
    this.#clock = clock;
    const actions = this.#actions;
    const session = (this.#session = new Session({ actions, clock, random, events: this.#events() }));
    const [goodbye, undone] = [() => this.#goodbye(), (who: Leaver) => this.#undone(who)];
    this.#leaving = new Leaving({ actions, clock, finishWithinMs: FINISH_WITHIN_MS, goodbye, undone });
    this.#choices = new Choices({ actions, session, leave: () => this.#leaving.begin("person", 0) });
    actions.print("Cliente de mensagens do Correio");
    for (const line of menuLines()) actions.print(line);
    if (user !== undefined) this.#choices.logIn(user);
  }

  get prompt(): string {
    if (this.#choices.question !== undefined) return this.#choices.question;
    const user = this.#choices.user === undefined ? "" : `[${shownText(this.#choices.user)}] `;
    return `${this.#session.isConnected ? "" : "(sem conexão) "}${user}Escolha: `;
  }

  get wakeAtMs(): number {
    return Math.min(this.#session.wakeAtMs, this.#leaving.wakeAtMs);
  }

  /** One after the other. */
  isReadyFor(): boolean {
    return this.#choices.question !== undefined || this.#session.isSettled;
  }

  take(happening: Happening): readonly Action[] {
    this.#happened(happening);
    this.#leaving.goOn(this.#session.isConnected);
    return this.#actions.drain();
  }

  #happened(happening: Happening): void {
    if (happening.kind === "typed") return this.#choices.typed(happening.line);
    if (happening.kind === "ended") return this.#leaving.begin(happening.isPatient ? "pipe" : "person", 0);
    if (happening.kind === "interrupted") return this.#leaving.begin("person", 130);
    this.#session.take(happening);
    if (happening.kind === "woken") this.#leaving.woken(this.#clock.monotonicMs());
  }

  #events(): SessionEvents {
    return {
      connected: (isAgain) => this.#notice(isAgain ? "Reconectado ao servidor." : `Conectado a ${this.#where}.`),
      lost: (wasConnected, reason, waitMs) => this.#notice(lostText(wasConnected, reason, waitMs)),
      loggedIn: ({ text, clock: time }) => this.#notice(clockText(text, time)),
      notLoggedIn: (why) => this.#choices.notLoggedIn(why),
      followed: (source) => this.#followed(source),
      notFollowed: ({ name }, why) => this.#choices.refused(`Não inscrito em ${name}: ${why}`),
      shown: (source, each) =>
        this.#actions.print(
          each.kind === "gap" ? gapText(source, each.count) : publicationText(source, each.message.line),
        ),
      anew: (source) => this.#notice(`${sourceText(source)}: no servidor tudo começou de novo.`),
      behind: (source, why) => this.#notice(`${sourceText(source)}: o que falta ainda não pode ser lido (${why})`),
    };
  }

  #followed({ kind, name }: Source): void {
    if (kind === "channel") this.#notice(`Inscrito em ${name}.`);
  }

  /** Nobody has to be told: that is the end. */
  #goodbye(): void {
    if (this.#leaving.who === "pipe" && this.#choices.refusedCount > 0) {
      return this.#actions.add({ kind: "finish", exitCode: 1 });
    }
    return void this.#leaving.left();
  }

  #undone(who: Leaver): string | undefined {
    const { openCount } = this.#choices;
    if (openCount > 0) return noticeText(`Sem resposta: ${openCount} ${openCount === 1 ? "pedido" : "pedidos"}.`);
    return who === "person" || this.#session.isSettled
      ? undefined
      : noticeText("Nem tudo o que foi pedido ficou pronto.");
  }

  #notice(text: string): void {
    this.#actions.print(noticeText(text));
  }
}
