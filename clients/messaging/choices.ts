// What a person chooses from the menu, done: what is missing is asked for, and every reply is shown.
import { type ChannelName, parseChannelName, parseUserName, type UserName } from "#actors/messaging/names.ts";
import { problems } from "#actors/messaging/problems.ts";
import { limits } from "#runtime/limits.ts";

import type { Actions } from "../machine/actions.ts";
import { Questions } from "../machine/questions.ts";
import { CHANNELS_MAX } from "./limits.ts";
import type { Answered } from "./requests.ts";
import { type Fields, namesIn, pageOf, type Source } from "./server-line.ts";
import type { Session } from "./session.ts";
import { clockText, excerpt, listText, noticeText, publicationText, sourceText } from "./shown.ts";
import { menuLines, OWN_INBOX, parseTyped, type Typed } from "./typed-command.ts";

export interface ChoicesParts {
  readonly actions: Actions;
  readonly session: Session;
  readonly leave: () => void;
}

const CHANNEL = "Canal: ";
const TEXT = "Mensagem: ";
const LOGIN_FIRST = "Entre antes com o seu nome: 1 login NOME";

export class Choices {
  readonly #parts: ChoicesParts;
  readonly #questions = new Questions();
  /** Who has logged in, or is about to. */
  #user: UserName | undefined;
  #openCount = 0;
  #refusedCount = 0;

  constructor(parts: ChoicesParts) {
    this.#parts = parts;
  }

  get user(): string | undefined {
    return this.#user;
  }

  /** What the next line answers; undefined where it is a choice. */
  get question(): string | undefined {
    return this.#questions.prompt;
  }

  /** Requests that are not answered. */
  get openCount(): number {
    return this.#openCount;
  }

  /** What the server said no to, and what could not even be asked. */
  get refusedCount(): number {
    return this.#refusedCount;
  }

  typed(line: string): void {
    if (this.#questions.prompt === undefined) return this.#obey(parseTyped(line));
    if (!this.#questions.take(line.trim())) this.#notice("Nada feito.");
  }

  logIn(name: string): void {
    const user = parseUserName(name);
    if (user === undefined) return this.refused(problems.badUser.text);
    this.#user = user;
    this.#parts.session.logIn(user);
  }

  /** Somebody else we were, or nobody. */
  notLoggedIn(why: string): void {
    const { session } = this.#parts;
    this.#user = session.user === undefined ? undefined : parseUserName(session.user);
    this.refused(why);
  }

  refused(why: string): void {
    this.#refusedCount++;
    this.#notice(why);
  }

  #obey(typed: Typed): void {
    switch (typed.kind) {
      case "nothing":
        return menuLines().forEach((line) => this.#parts.actions.print(line));
      case "wrong":
        return this.refused(typed.usage);
      case "login":
        return this.#withAll(["Nome: "], [typed.user], ([name = ""]) => {
          this.logIn(name);
          this.#waits(`entrar como ${name}`);
        });
      case "users":
        return this.#list("users", "Usuários");
      case "channels":
        return this.#list("channels", "Canais");
      case "create":
      case "follow":
      case "unfollow":
        return this.#withAll([CHANNEL], [typed.channel], ([name = ""]) =>
          this.#inChannel(name, (channel) => this.#toChannel(typed.kind, channel)),
        );
      case "publish":
        return this.#withAll([CHANNEL, TEXT], [typed.to, typed.text], ([to = "", text = ""]) =>
          this.#inChannel(to, (channel) => this.#publish(channel, text)),
        );
      case "message":
        return this.#withAll(["Para quem: ", TEXT], [typed.to, typed.text], ([to = "", text = ""]) =>
          this.#message(to, text),
        );
      case "history":
        return this.#withAll([`Canal, ou ${OWN_INBOX} para as mensagens diretas: `], [typed.of], ([of = ""]) =>
          this.#history(of, typed.count),
        );
      case "quit":
        return this.#parts.leave();
    }
  }

  /** Asks for what is not there, in order, and then acts on all of it. */
  #withAll(
    prompts: readonly string[],
    given: readonly (string | undefined)[],
    act: (all: readonly string[]) => void,
  ): void {
    const known = given.filter((each) => each !== undefined);
    if (known.length === prompts.length) act(known);
    else this.#questions.ask(prompts.slice(known.length), (answers) => act([...known, ...answers]));
  }

  #inChannel(name: string, act: (channel: ChannelName) => void): void {
    const channel = parseChannelName(name);
    if (channel === undefined) this.refused(problems.badChannel.text);
    else act(channel);
  }

  #asUser(act: (user: UserName) => void): void {
    if (this.#user === undefined) this.refused(LOGIN_FIRST);
    else act(this.#user);
  }

  #toChannel(kind: "create" | "follow" | "unfollow", channel: ChannelName): void {
    if (kind === "create") return this.#create(channel);
    const { session } = this.#parts;
    const source: Source = { kind: "channel", name: channel };
    const isFollowed = session.subscriptions.channels.includes(channel);
    if (kind === "unfollow") {
      if (!session.subscriptions.unfollow(source)) return this.refused(`Você não está inscrito em ${channel}.`);
      return this.#notice(`Inscrição em ${channel} cancelada.`);
    }
    if (isFollowed) return this.#notice(`Você já está inscrito em ${channel}.`);
    if (session.subscriptions.channels.length >= CHANNELS_MAX) return this.refused("Inscrições demais.");
    this.#waits(`inscrever-se em ${channel}`);
    return session.subscriptions.follow(source);
  }

  #create(channel: ChannelName): void {
    this.#ask("channel", { channel }, `criar ${channel}`, ({ reply: { text, clock } }) => {
      this.#notice(clockText(text || `Canal ${channel} criado.`, clock));
    });
  }

  #list(service: "users" | "channels", title: string): void {
    this.#ask(service, {}, title.toLowerCase(), ({ reply: { data, clock } }) => {
      const followed = service === "channels" ? this.#parts.session.subscriptions.channels : [];
      const names = namesIn(data[service]).map((name) => (followed.includes(name) ? `${name} (inscrito)` : name));
      this.#notice(clockText(listText(title, names), clock));
    });
  }

  #publish(channel: ChannelName, message: string): void {
    this.#say(channel, message, (user, what) =>
      this.#ask("publish", { user, channel, message }, what, ({ reply: { clock } }) =>
        this.#notice(clockText(`Publicada em ${channel}.`, clock)),
      ),
    );
  }

  #message(name: string, message: string): void {
    const dst = parseUserName(name);
    if (dst === undefined) return this.refused(problems.badUser.text);
    this.#say(dst, message, (src, what) =>
      this.#ask("message", { src, dst, message }, what, ({ reply: { clock } }) =>
        this.#notice(clockText(`Enviada a ${dst}.`, clock)),
      ),
    );
  }

  /** A message that no server takes would be sent for ever: one may close the connection over it. */
  #say(to: string, message: string, send: (user: UserName, what: string) => void): void {
    if (message.length > limits.messagingTextLengthMax) return this.refused(problems.textTooLong.text);
    this.#asUser((user) => send(user, `a ${to}: ${excerpt(message)}`));
  }

  #history(of: string, count: number): void {
    if (of === OWN_INBOX) return this.#asUser((name) => this.#show({ kind: "user", name }, count));
    this.#inChannel(of, (name) => this.#show({ kind: "channel", name }, count));
  }

  #show(source: Source, count: number): void {
    const what = `histórico, ${sourceText(source)}`;
    this.#ask("history", { [source.kind]: source.name, count }, what, ({ reply: { data, clock } }) => {
      const { messages, last } = pageOf(source, data);
      this.#notice(clockText(`Histórico, ${sourceText(source)}: ${messages.length} de ${last}.`, clock));
      for (const { line } of messages) this.#parts.actions.print(publicationText(source, line));
    });
  }

  /** `what`: as a person is told, when it has to wait. */
  #ask(service: string, fields: Fields, what: string, done: (answered: Answered) => void): void {
    const { requests } = this.#parts.session;
    if (requests.isFull) return this.refused("Pedidos demais à espera de resposta.");
    this.#waits(what);
    this.#openCount++;
    requests.ask(service, fields, {
      done: (answered) => {
        this.#openCount--;
        done(answered);
      },
      refused: (why) => {
        this.#openCount--;
        this.refused(`Não feito (${what}): ${why}`);
      },
    });
  }

  #waits(what: string): void {
    if (!this.#parts.session.isConnected) this.#notice(`Para quando houver conexão: ${what}`);
  }

  #notice(text: string): void {
    this.#parts.actions.print(noticeText(text));
  }
}
