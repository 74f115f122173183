// The match client without sockets and terminal: what happens goes in, what is to be done comes out.
import type { Clock } from "#runtime/base/clock.ts";
import type { Random } from "#runtime/base/random.ts";

import { type Action, Actions, type Happening, type Machine } from "../machine/actions.ts";
import { lostText } from "../machine/backoff.ts";
import { type Leaver, Leaving } from "../machine/leaving.ts";
import { Lifeline } from "../machine/lifeline.ts";
import { Questions } from "../machine/questions.ts";
import { safeText } from "../terminal/safe-text.ts";
import { HostedGames } from "./hosted-games.ts";
import { Invitations } from "./invitations.ts";
import { FINISH_WITHIN_MS, SERVER_PING_EVERY_MS } from "./limits.ts";
import { Orders } from "./orders.ts";
import { PeerGame } from "./peer-game.ts";
import { ServerPing } from "./pings.ts";
import { Requests } from "./requests.ts";
import { parseServerMessage } from "./server-message.ts";
import { ServerNews } from "./server-news.ts";
import { Session } from "./session.ts";
import type { Say } from "./shown.ts";
import { parseTyped } from "./typed-command.ts";

/** What waits in a pipe until nothing but a move of ours can go on. */
const UNHURRIED: ReadonlySet<string> = new Set(["begin", "send", "logout", "exit"]);
/** Of TLS, in the words of the library below. */
const WRONG_CERTIFICATE = /CERT|SIGNATURE/;

export class GameClient implements Machine {
  /** To log in as, once there is a connection and nothing stands in the line being typed. */
  #user: string | undefined;
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #actions = new Actions();
  readonly #say: Say = (text) => this.#actions.print(safeText(text));
  readonly #lifeline: Lifeline;
  readonly #serverPing: ServerPing;
  readonly #requests: Requests;
  readonly #session: Session;
  readonly #questions = new Questions();
  readonly #invitations: Invitations;
  readonly #hosted: HostedGames;
  readonly #peer: PeerGame;
  readonly #orders: Orders;
  readonly #leaving: Leaving;
  readonly #news: ServerNews;
  #wasConnected = false;
  #isAway = false;
  /** What is asked for would be answered by what stands in the line already. */
  #isDrafting = false;
  /** The server takes commands on this connection, and what was watched is watched on it. */
  #isSettledIn = false;

  constructor(user: string | undefined, clock: Pick<Clock, "monotonicMs">, random: Random) {
    this.#user = user;
    this.#clock = clock;
    const actions = this.#actions;
    const say = this.#say;
    const serverPing = (this.#serverPing = new ServerPing(actions, clock));
    const pings = { ping: () => serverPing.send(), pingEveryMs: SERVER_PING_EVERY_MS };
    this.#lifeline = new Lifeline({ actions, clock, random, ...pings });
    const requests = (this.#requests = new Requests(actions, say, clock));
    const [resumed, forgotten] = [() => this.#resumed(), () => this.#forgotten()];
    const session = (this.#session = new Session({ requests, say, clock, resumed, forgotten }));
    const shared = { actions, requests, session, say, clock };
    const started = (): void => this.#invitations.started();
    const peer = (this.#peer = new PeerGame({ ...shared, started }));
    const hosted = (this.#hosted = new HostedGames({ ...shared, started }));
    const meetings = { accept: peer.accept.bind(peer), connect: peer.connect.bind(peer) };
    const invitations = (this.#invitations = new Invitations({ ...shared, ...meetings }));
    const goodbye = (): void => actions.add({ kind: "send", link: "main", line: "exit" });
    const undone = (who: Leaver): string | undefined => this.#undone(who);
    this.#leaving = new Leaving({ actions, clock, finishWithinMs: FINISH_WITHIN_MS, goodbye, undone });
    const leave = (): void => this.#leave("person", 0);
    const games = { invitations, hosted, peer, serverPing };
    const disconnected = (reason: string): void => this.#disconnected(reason);
    this.#news = new ServerNews({ ...shared, ...games, disconnected });
    this.#orders = new Orders({ ...shared, ...games, questions: this.#questions, leave });
  }

  get prompt(): string {
    const question = this.#questions.prompt ?? (this.#invitations.isAsking ? "[S/n]: " : undefined);
    return question ?? (this.#session.isReady ? ">" : "(sem conexão) >");
  }

  get isPromptSecret(): boolean {
    return this.#questions.prompt !== undefined;
  }

  get wakeAtMs(): number {
    const parts = [this.#lifeline, this.#requests, this.#session, this.#invitations];
    return Math.min(...[...parts, this.#hosted, this.#peer, this.#leaving].map(({ wakeAtMs }) => wakeAtMs));
  }

  /** One after the other; yes and no when they are asked for, and what concerns a game when it is our turn. */
  isReadyFor(line: string): boolean {
    if (this.#questions.prompt !== undefined) return true;
    const { kind } = parseTyped(line);
    if (kind === "help" || (kind === "nothing" && !this.#invitations.isAsking)) return true;
    if (!this.#session.isReady || this.#requests.count > 0) return false;
    if (this.#invitations.isAsking) return Invitations.isAnswer(line);
    if (Invitations.isAnswer(line) && this.#session.isKnown) return false;
    return !UNHURRIED.has(kind) || this.#isAtRest;
  }

  take(happening: Happening): readonly Action[] {
    this.#happened(happening);
    if (this.#session.isReady) this.#settleIn();
    const isBusy = this.#isDrafting || this.#questions.prompt !== undefined || this.#requests.count > 0;
    this.#invitations.goOn(!isBusy && !this.#hosted.isPlaying && !this.#peer.isPlaying);
    this.#leaving.goOn(this.#lifeline.isOpen);
    return this.#actions.drain();
  }

  get #isAtRest(): boolean {
    const isAsked = this.#questions.prompt !== undefined || this.#invitations.isAsking;
    const isSettled = this.#session.isReady && this.#requests.count === 0 && !isAsked;
    return isSettled && this.#invitations.isQuiet && this.#hosted.isQuiet && this.#peer.isQuiet;
  }

  #happened(happening: Happening): void {
    switch (happening.kind) {
      case "opened":
        return happening.link === "main" ? this.#opened() : this.#peer.opened(happening.link);
      case "listening":
        return this.#peer.listening(happening.ports);
      case "received":
        if (happening.link !== "main") return this.#peer.received(happening.link, happening.line);
        this.#lifeline.heard();
        return this.#news.take(parseServerMessage(happening.line));
      case "lost":
        return happening.link === "main"
          ? this.#lost(happening.reason)
          : this.#peer.lost(happening.link, happening.reason);
      case "typed":
        return this.#typed(happening.line);
      case "drafting":
        return void (this.#isDrafting = happening.isDrafting);
      case "ended":
        return this.#leave(happening.isPatient ? "pipe" : "person", 0);
      case "interrupted":
        return this.#leave("person", 130);
      case "woken":
        return this.#woken();
    }
  }

  #opened(): void {
    this.#lifeline.opened();
    this.#say(this.#wasConnected ? "Reconectado ao servidor." : "Conectado ao servidor!");
    this.#wasConnected = true;
    this.#isAway = false;
    this.#serverPing.opened();
    this.#session.opened();
  }

  #settleIn(): void {
    if (!this.#isSettledIn) this.#hosted.rewatch();
    this.#isSettledIn = true;
    if (this.#user === undefined || this.#isDrafting) return;
    this.#orders.logIn(this.#user, undefined);
    this.#user = undefined;
  }

  #disconnected(reason: string): void {
    if (this.#leaving.hasSaidGoodbye) return;
    this.#say(reason === "" ? "O servidor está encerrando." : `O servidor desconecta: ${reason}`);
    // Somebody with our key: two who take the account from one another would never end.
    if (reason === "replaced") this.#actions.add({ kind: "finish", exitCode: 1 });
  }

  #leave(who: Leaver, exitCode: number): void {
    if (who === "person" && this.#leaving.who !== who) this.#say("Finalizando cliente");
    this.#leaving.begin(who, exitCode);
  }

  #undone(who: Leaver): string | undefined {
    return who === "person" || this.#isAtRest ? undefined : "Nem tudo o que foi pedido ficou pronto.";
  }

  #resumed(): void {
    this.#hosted.resumed();
    this.#peer.resumed();
  }

  #forgotten(): void {
    this.#invitations.lost();
    this.#hosted.forgotten();
    this.#peer.forgotten();
  }

  #lost(reason: string): void {
    this.#isSettledIn = false;
    this.#session.lost();
    this.#requests.lost();
    this.#invitations.lost();
    const waitMs = this.#lifeline.lost();
    if (this.#leaving.left() || this.#isAway) return;
    this.#isAway = true;
    this.#say(lostText(this.#wasConnected, reason, waitMs));
    if (WRONG_CERTIFICATE.test(reason)) this.#say("O certificado do servidor não é o que --cert diz.");
  }

  #typed(line: string): void {
    if (this.#questions.prompt !== undefined) {
      if (!this.#questions.take(line)) this.#say("Sem senha, nada feito.");
    } else if (this.#invitations.isAsking) this.#invitations.answered(line);
    else this.#orders.obey(parseTyped(line));
  }

  #woken(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#leaving.woken(nowMs);
    this.#invitations.woken(nowMs);
    this.#peer.woken(nowMs);
    this.#session.woken(nowMs);
    this.#hosted.woken(nowMs);
    if (nowMs >= this.#requests.wakeAtMs) {
      this.#actions.add({ kind: "close", link: "main" });
      return this.#lost("o servidor não responde");
    }
    if (this.#lifeline.woken(nowMs)) this.#lost("sem resposta");
  }
}
