// What a person orders, done: asked of the server, or of the game that is on.
import type { Questions } from "../machine/questions.ts";
import type { HostedGames } from "./hosted-games.ts";
import type { Invitations } from "./invitations.ts";
import { LIST_PAGES_MAX } from "./limits.ts";
import type { PeerGame } from "./peer-game.ts";
import type { ServerPing } from "./pings.ts";
import type { Requests } from "./requests.ts";
import { refusalText } from "./sentences.ts";
import type { Session } from "./session.ts";
import { leaderRows, listRows, rankRows, type Say } from "./shown.ts";
import { helpLines, isPassword, type Typed } from "./typed-command.ts";

export interface OrdersParts {
  readonly requests: Requests;
  readonly session: Session;
  readonly questions: Questions;
  readonly invitations: Invitations;
  readonly hosted: HostedGames;
  readonly peer: PeerGame;
  readonly serverPing: ServerPing;
  readonly say: Say;
  readonly leave: () => void;
}

/** As many names as `list` gives at once. */
const LIST_PAGE = 500;
const OFFLINE = "Sem conexão com o servidor.";

export class Orders {
  readonly #parts: OrdersParts;

  constructor(parts: OrdersParts) {
    this.#parts = parts;
  }

  obey(typed: Typed): void {
    const { session, requests, hosted, peer, serverPing, say, leave } = this.#parts;
    switch (typed.kind) {
      case "nothing":
        return;
      case "wrong":
        return say(typed.usage);
      case "help":
        return helpLines().forEach(say);
      case "exit":
        return leave();
      case "send":
        return peer.isPlaying ? peer.play(typed.cell) : hosted.play(typed.cell);
      case "delay":
        return (peer.isPlaying ? peer.ping.meter.rows(peer.opponent) : serverPing.meter.rows("o servidor")).forEach(
          say,
        );
      case "end":
        if (peer.isPlaying) return peer.giveUp();
        if (peer.isReporting) return peer.sayReport();
        break;
      default:
        break;
    }
    if (!session.isReady) return say(OFFLINE);
    if (requests.isFull) return say("Respostas demais ainda faltam.");
    return this.#ask(typed);
  }

  /** The name is known; the password may have to be asked for. */
  logIn(name: string, password: string | undefined): void {
    const { session } = this.#parts;
    this.#withPasswords(["Senha: "], password === undefined ? undefined : [password], ([given = ""]) =>
      session.logIn(name, given),
    );
  }

  #ask(typed: Typed): void {
    const { session, requests, hosted } = this.#parts;
    switch (typed.kind) {
      case "adduser":
        return this.#addUser(typed.name, typed.password);
      case "login":
        return this.logIn(typed.name, typed.password);
      case "passwd":
        return this.#changePassword(typed.passwords);
      case "logout":
        return session.logOut();
      case "list":
        return this.#list([]);
      case "leaders":
        return requests.ask(["leaders"], { done: (scores) => this.#show(leaderRows(scores.map(scoreOf))) });
      case "top":
        return requests.ask(["top", typed.count], { done: (ranks) => this.#showRanks(ranks) });
      case "around":
        return this.#around(typed.name);
      case "matches":
        return requests.ask(["matches"], { done: (matches) => this.#showMatches(matches) });
      case "begin":
        return this.#begin(typed.name, typed.isHosted);
      case "watch":
        return hosted.watch(typed.target);
      case "unwatch":
        return hosted.unwatch(typed.id);
      case "end":
        return this.#giveUp();
      default:
        return undefined;
    }
  }

  #addUser(name: string, password: string | undefined): void {
    const { session, say } = this.#parts;
    const given = password === undefined ? undefined : [password, password];
    this.#withPasswords(["Senha: ", "A mesma senha, de novo: "], given, ([one = "", again]) => {
      if (one === again) session.addUser(name, one);
      else say("As duas não são iguais; a conta não foi criada.");
    });
  }

  #changePassword(passwords: readonly [string, string] | undefined): void {
    const { session, say } = this.#parts;
    if (!session.isKnown) return say(refusalText("Not logged in"));
    const given = passwords === undefined ? undefined : [...passwords, passwords[1]];
    const prompts = ["Senha atual: ", "Senha nova: ", "A nova, de novo: "];
    return this.#withPasswords(prompts, given, ([old = "", fresh = "", again]) => {
      if (fresh === again) session.changePassword(old, fresh);
      else say("As duas não são iguais; a senha não foi trocada.");
    });
  }

  #withPasswords(
    prompts: readonly string[],
    given: readonly string[] | undefined,
    act: (passwords: readonly string[]) => void,
  ): void {
    const { questions, session, say } = this.#parts;
    const checked = (passwords: readonly string[]): void => {
      if (!session.isReady) say(OFFLINE);
      else if (passwords.every(isPassword)) act(passwords);
      else say(refusalText("Invalid Password"));
    };
    if (given === undefined) questions.ask(prompts, checked);
    else checked(given);
  }

  #begin(name: string, isHosted: boolean): void {
    const { session, invitations, hosted, peer, say } = this.#parts;
    if (!session.isKnown) return say(refusalText("Not logged in"));
    if (hosted.isPlaying || peer.isPlaying) return say("Você já está em uma partida; end desiste dela.");
    return invitations.begin(name, isHosted);
  }

  /** Also of a match that we know nothing of any more: the server does. */
  #giveUp(): void {
    const { requests, hosted, say } = this.#parts;
    const wasPlaying = hosted.isPlaying;
    requests.ask(["end"], { done: () => (wasPlaying ? undefined : say("Você saiu da partida.")) });
  }

  /** Page after page, as the server gives them. */
  #list(before: readonly string[]): void {
    const last = before.at(-1);
    this.#parts.requests.ask(["list", ...(last === undefined ? [] : [last])], {
      done: (page) => {
        const names = [...before, ...page.filter((name) => name !== "")];
        const isMore = page.length >= LIST_PAGE && names.length < LIST_PAGE * LIST_PAGES_MAX;
        if (isMore && !this.#parts.requests.isFull) this.#list(names);
        else this.#show(listRows(names));
      },
    });
  }

  #around(name: string | undefined): void {
    const { requests, session, say } = this.#parts;
    const who = name ?? session.name;
    if (who === undefined) return say("Use: around NOME");
    return requests.ask(["around", who], { done: (ranks) => this.#showRanks(ranks) });
  }

  #showRanks(fields: readonly string[]): void {
    const ranks = fields.map((field) => field.split(":")).filter((parts) => parts.length === 3);
    this.#show(rankRows(ranks.map(([rank = "", name = "", score = ""]) => [rank, name, score])));
  }

  #showMatches(fields: readonly string[]): void {
    const { say } = this.#parts;
    const matches = fields.map((field) => field.split(":")).filter((parts) => parts.length === 3);
    if (matches.length === 0) say("Nenhuma partida no servidor.");
    for (const [id = "", host = "", guest = ""] of matches) say(`${id}  ${host} (O) contra ${guest} (X)`);
  }

  #show(rows: readonly string[]): void {
    rows.forEach(this.#parts.say);
  }
}

function scoreOf(field: string): readonly [name: string, score: number] {
  const colon = field.lastIndexOf(":");
  return [field.slice(0, colon), Number(field.slice(colon + 1))];
}
