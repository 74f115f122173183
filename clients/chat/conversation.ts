// The chat client without sockets and terminal: what happens goes in, what is to be done comes out.
import type { Clock } from "#runtime/base/clock.ts";
import type { Random } from "#runtime/base/random.ts";

import { type Action, Actions, type Happening, type LinkName, type Machine } from "../machine/actions.ts";
import { lostText } from "../machine/backoff.ts";
import { type Leaver, Leaving } from "../machine/leaving.ts";
import { Lifeline } from "../machine/lifeline.ts";
import { DataPath } from "./data-path.ts";
import { Identity } from "./identity.ts";
import { FINISH_WITHIN_MS } from "./limits.ts";
import { Outbox } from "./outbox.ts";
import { Places } from "./places.ts";
import { Replies } from "./replies.ts";
import { Requests } from "./requests.ts";
import { parseServerLine } from "./server-line.ts";
import { cameText, noticeText, wentText } from "./shown.ts";
import { createTags } from "./tags.ts";
import { Talk } from "./talk.ts";

export interface ConversationOptions {
  readonly id: string;
  readonly password?: string | undefined;
  /** Entered at once; empty: none. */
  readonly room: string;
  readonly isHybrid: boolean;
}

export class Conversation implements Machine {
  readonly #options: ConversationOptions;
  readonly #clock: Pick<Clock, "monotonicMs" | "unixMs">;
  readonly #actions = new Actions();
  readonly #outbox = new Outbox();
  readonly #lifeline: Lifeline;
  readonly #identity: Identity;
  readonly #places: Places;
  readonly #dataPath: DataPath;
  readonly #talk: Talk;
  readonly #leaving: Leaving;
  readonly #replies: Replies;
  readonly #requests: Requests;
  /** A server has answered before. */
  #wasConnected = false;
  #isAway = false;

  constructor(options: ConversationOptions, clock: Pick<Clock, "monotonicMs" | "unixMs">, random: Random) {
    this.#options = options;
    this.#clock = clock;
    const actions = this.#actions;
    const outbox = this.#outbox;
    const nextTag = createTags(clock, random);
    const requests = (this.#requests = new Requests(actions, nextTag));
    const { id, password } = options;
    const places = (this.#places = new Places(actions, requests, clock));
    const identity = (this.#identity = new Identity({ id, password, actions, requests, clock, random }));
    const dataPath = (this.#dataPath = new DataPath(actions, requests, clock, random));
    const ping = (): void => requests.send("main", "PING", { kind: "ping" });
    this.#lifeline = new Lifeline({ actions, clock, random, ping });
    const goodbye = (): void => requests.send("main", "EXIT", { kind: "exit" });
    const undone = (who: Leaver): string | undefined => this.#undone(who);
    this.#leaving = new Leaving({ actions, clock, finishWithinMs: FINISH_WITHIN_MS, goodbye, undone });
    const isNamed = (): boolean => identity.isNamed;
    const quit = (): void => this.#leaving.begin("person", 0);
    const talk = new Talk({ actions, requests, places, outbox, nextTag, isNamed, quit }, options.room);
    this.#talk = talk;
    const [named, bound, left] = [
      (last: number) => this.#named(last),
      () => this.#bound(),
      () => void this.#leaving.left(),
    ];
    const shared = { actions, requests, places, outbox, identity, dataPath, talk, clock };
    this.#replies = new Replies({ ...shared, named, bound, left });
    if (options.room !== "") places.enter(options.room, false);
    actions.print(`Cliente: ${id}`);
  }

  get prompt(): string {
    const state = this.#identity.isNamed ? "" : "(sem conexão) ";
    return `${state}${this.#talk.room}> `;
  }

  get wakeAtMs(): number {
    const connected = [this.#identity, this.#places, this.#outbox, this.#dataPath].map(({ wakeAtMs }) => wakeAtMs);
    const parts = [this.#lifeline.wakeAtMs, this.#leaving.wakeAtMs, ...(this.#lifeline.isOpen ? connected : [])];
    return Math.min(...parts);
  }

  /** All that was said is acknowledged, all that was asked is answered, and everything is shown. */
  get isSettled(): boolean {
    const isDone = this.#outbox.count === 0 && this.#requests.count === 0;
    return isDone && this.#identity.isNamed && this.#places.isCaughtUp;
  }

  /** A command of ours comes after all that was said before it. */
  isReadyFor(line: string): boolean {
    if (line.startsWith("/")) return this.isSettled;
    return this.#identity.isNamed && !this.#outbox.isFull && !this.#requests.isFull;
  }

  take(happening: Happening): readonly Action[] {
    this.#happened(happening);
    this.#flush();
    this.#leaving.goOn(this.#identity.isNamed);
    return this.#actions.drain();
  }

  #happened(happening: Happening): void {
    switch (happening.kind) {
      case "opened":
        return happening.link === "main" ? this.#opened() : this.#dataPath.opened();
      case "received":
        return this.#received(happening.line, happening.link);
      case "lost":
        return happening.link === "main" ? this.#lost(happening.reason) : this.#dataLost();
      case "typed":
        return this.#talk.typed(happening.line);
      case "ended":
        return this.#leaving.begin(happening.isPatient ? "pipe" : "person", 0);
      case "interrupted":
        return this.#leaving.begin("person", 130);
      case "woken":
        return this.#woken();
    }
  }

  #opened(): void {
    this.#lifeline.opened();
    this.#identity.ask();
  }

  #received(line: string, link: LinkName): void {
    if (link === "main") this.#lifeline.heard();
    const parsed = parseServerLine(line);
    switch (parsed.kind) {
      case "reply":
        return this.#replies.answered(parsed);
      case "refusal":
        return this.#replies.refused(parsed);
      case "message":
        return this.#places.received(parsed.message, link);
      case "joined":
        return this.#actions.print(cameText(parsed));
      case "left":
        return this.#actions.print(wentText(parsed));
      case "notice":
        return this.#noticed(parsed.code, parsed.text, link);
      case "other":
        return this.#actions.print(noticeText(parsed.text));
    }
  }

  #noticed(code: string, text: string, link: LinkName): void {
    if (code === "udp_lost") return this.#udpLost();
    // The server says it to each of its connections; a person is told once.
    if (code === "shutdown" && link === "data") return;
    this.#actions.print(noticeText(text));
    if (code === "idle_timeout") this.#lifeline.closedAsIdle();
    // Somebody with our key or password: two who take the id from one another would never end.
    if (code === "replaced") this.#actions.add({ kind: "finish", exitCode: 1 });
  }

  #named(last: number): void {
    this.#actions.print(this.#wasConnected ? noticeText("Reconectado ao servidor.") : "Conectado ao servidor!");
    this.#wasConnected = true;
    this.#isAway = false;
    this.#places.named(this.#identity.id, last);
    if (this.#options.isHybrid) this.#dataPath.ask();
  }

  #lost(reason: string): void {
    this.#identity.lost();
    this.#dataPath.off();
    for (const link of ["main", "data"] as const) this.#forget(link);
    const waitMs = this.#lifeline.lost();
    if (this.#leaving.left() || this.#isAway) return;
    this.#isAway = true;
    this.#actions.print(noticeText(lostText(this.#wasConnected, reason, waitMs)));
  }

  /** The server says so on TCP, perhaps before we have noticed: what it sent there meanwhile nobody has heard. */
  #udpLost(): void {
    if (this.#dataPath.talkLink === "main") return this.#places.enterAll();
    this.#dataPath.close();
    return this.#dataLost();
  }

  #dataLost(): void {
    const wasBound = this.#dataPath.talkLink === "data";
    this.#dataPath.lost();
    this.#forget("data");
    if (wasBound) this.#places.enterAll();
  }

  /** Between the last line on TCP and the first on UDP some may have gone nowhere. */
  #bound(): void {
    this.#dataPath.bound();
    this.#places.readOn();
  }

  #forget(link: LinkName): void {
    this.#requests.forget(link);
    this.#outbox.lost(link);
    this.#places.lost(link);
  }

  #woken(): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#lifeline.woken(nowMs)) this.#lost("sem resposta");
    this.#leaving.woken(nowMs);
    this.#outbox.woken(nowMs);
    if (!this.#lifeline.isOpen) return;
    this.#identity.woken(nowMs);
    if (this.#identity.isNamed) this.#places.woken(nowMs);
    if (this.#dataPath.woken(nowMs)) this.#dataLost();
  }

  /** A person has said what is not acknowledged yet; a pipe wants its replies too. */
  #undone(who: Leaver): string | undefined {
    const { count } = this.#outbox;
    if (count > 0) return noticeText(`Sem confirmação: ${count} ${count === 1 ? "mensagem" : "mensagens"}.`);
    const isDone = who === "person" || this.isSettled;
    return isDone ? undefined : noticeText("Nem tudo o que foi pedido ficou pronto.");
  }

  /** Sends what may be sent now. */
  #flush(): void {
    if (!this.#identity.isNamed) return;
    const link = this.#dataPath.talkLink;
    const ready = this.#outbox.take(link, (place) => this.#places.isReady(place));
    for (const { tag, command } of ready) this.#actions.add({ kind: "send", link, line: `#${tag} ${command}` });
  }
}
