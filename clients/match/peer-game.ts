// A game from peer to peer: both keep the board, both check the other's moves, and each reports how it ended.
import { isIP } from "node:net";

import { boardOf, moveProblem, placeOf, type Side, standingOf } from "#actors/match/rules.ts";

import type { Actions, LinkName } from "../machine/actions.ts";
import { PeerMeeting } from "./peer-meeting.ts";
import { GIVE_UP_MESSAGE, parsePlay, PEER_LINKS, playMessage } from "./peer-messages.ts";
import { PeerReport, type Result } from "./peer-report.ts";
import { PeerPing } from "./pings.ts";
import { isPeerReason, refusalText } from "./sentences.ts";
import type { Ended, PeerAddress } from "./server-message.ts";
import type { ServerParts } from "./session.ts";
import { boardRows, markOf, turnText } from "./shown.ts";

export interface PeerGameParts extends ServerParts {
  readonly actions: Actions;
  /** It is certain that there will be a game. */
  readonly started: () => void;
}

type Phase = "none" | "meeting" | "playing";

const NO_RESULT = "A partida acaba sem resultado.";
const RESULT_TEXT = { WIN: "Você venceu!", LOST: "Você perdeu.", DRAW: "Empate." };
const OTHER = { host: "guest", guest: "host" } as const;

export class PeerGame {
  readonly ping: PeerPing;
  readonly #parts: PeerGameParts;
  readonly #report: PeerReport;
  #phase: Phase = "none";
  /** Also while we play: the link for the delay may still be on its way. */
  #meeting: PeerMeeting | undefined;
  #side: Side = "host";
  #moves: readonly number[] = [];

  constructor(parts: PeerGameParts) {
    this.#parts = parts;
    this.#report = new PeerReport(parts);
    this.ping = new PeerPing(parts.actions, parts.clock);
  }

  get opponent(): string {
    return this.#meeting?.opponent ?? "";
  }

  /** There is an opponent, or about to be one. */
  get isPlaying(): boolean {
    return this.#phase !== "none";
  }

  /** The server has yet to say what came of the last one. */
  get isReporting(): boolean {
    return this.#report.isOpen;
  }

  /** What is left to do for that. */
  sayReport(): void {
    this.#report.sayState();
  }

  /** Nothing but a move of ours can go on. */
  get isQuiet(): boolean {
    if (this.#phase === "none") return !this.isReporting;
    const standing = standingOf(this.#moves);
    return this.#phase === "playing" && standing.kind === "open" && standing.next === this.#side;
  }

  get wakeAtMs(): number {
    const parts = [this.#report, this.ping, ...(this.#meeting === undefined ? [] : [this.#meeting])];
    return Math.min(...parts.map(({ wakeAtMs }) => wakeAtMs));
  }

  /** We are the guest: the host comes to ports of ours, which the server tells him. */
  accept(host: string): void {
    this.#meet(host, "guest").accept();
  }

  listening(ports: readonly number[]): void {
    this.#meeting?.listening(ports);
  }

  /** We are the host, and the guest waits there. */
  connect(guest: string, where: PeerAddress): void {
    if (isIP(where.host) !== 0) return this.#meet(guest, "host").connect(where);
    this.#parts.say(`O endereço de ${guest} não serve: ${where.host}. ${NO_RESULT}`);
    return this.#report.begin(guest, undefined);
  }

  opened(link: LinkName): void {
    this.#meeting?.opened(link);
    if (link === "ping") return this.ping.opened(this.#side === "host");
    if (this.#phase !== "meeting") return;
    this.#phase = "playing";
    this.#parts.say(`Partida contra ${this.opponent}: você joga com ${markOf(this.#side)}.`);
    this.#show();
  }

  received(link: LinkName, message: string): void {
    if (link === "ping") return this.ping.received(message);
    if (this.#phase !== "playing") return;
    const { say } = this.#parts;
    if (message === GIVE_UP_MESSAGE) {
      say(`${this.opponent} desistiu. ${RESULT_TEXT.WIN}`);
      return this.#finish("WIN");
    }
    const cell = parsePlay(message);
    if (cell === undefined) return say(`Ignorado: ${this.opponent} mandou o que não é jogada: ${message}`);
    const problem = moveProblem(this.#moves, OTHER[this.#side], cell);
    const { row, column } = placeOf(cell);
    const text = `${this.opponent} jogou ${row} ${column}`;
    if (problem !== undefined) return say(`Ignorado: ${text}, ${problem === "occupied" ? "ocupada" : "fora da vez"}.`);
    say(`${text}.`);
    return this.#moved(cell);
  }

  lost(link: LinkName, reason: string): void {
    if (this.#phase === "none" || this.#meeting?.lost(link, reason) === true) return;
    // Without it only the delay is not known.
    if (link === "ping") return this.ping.lost();
    this.#end();
    this.#parts.say(`A conexão com ${this.opponent} caiu (${reason}). ${NO_RESULT}`);
    return this.#report.begin(this.opponent, undefined);
  }

  play(cell: number): void {
    const { actions, say } = this.#parts;
    if (this.#phase === "meeting") return say(`${this.opponent} ainda não se conectou.`);
    const problem = moveProblem(this.#moves, this.#side, cell);
    if (problem !== undefined) return say(refusalText(problem));
    actions.add({ kind: "send", link: "play", line: playMessage(cell) });
    return this.#moved(cell);
  }

  /** Who gives up has lost, and the other has won; before there was a game, nobody has. */
  giveUp(): void {
    const { actions, say } = this.#parts;
    if (this.#phase === "playing") {
      actions.add({ kind: "send", link: "play", line: GIVE_UP_MESSAGE });
      say("Você desistiu.");
      return this.#finish("LOST");
    }
    say("Partida cancelada.");
    if (this.#meeting?.isArranged === false) this.#meeting.decline();
    return this.#failed();
  }

  /** The server says that it is over, perhaps before we have. */
  ended(ended: Ended): void {
    if (!isPeerReason(ended.reason)) return;
    const wasPlaying = this.isPlaying;
    this.#end();
    this.#report.ended(ended, wasPlaying);
  }

  /** The server found that the other's report does not agree. */
  refused(reason: string): void {
    this.#report.refused(reason);
  }

  resumed(): void {
    this.#report.resumed();
  }

  /** The account is another's, or nobody's. */
  forgotten(): void {
    if (this.isPlaying || this.isReporting) this.#parts.say("A partida acabou para você; nada mais será relatado.");
    this.#end();
    this.#report.clear();
  }

  woken(nowMs: number): void {
    this.ping.woken(nowMs);
    this.#report.woken(nowMs);
    this.#meeting?.woken(nowMs);
  }

  #meet(opponent: string, side: Side): PeerMeeting {
    this.#end();
    this.#report.clear();
    this.#side = side;
    this.#moves = [];
    this.#phase = "meeting";
    return (this.#meeting = new PeerMeeting({ ...this.#parts, failed: () => this.#failed() }, opponent));
  }

  /** There will be no game; where the server has a match of it, that is over too. */
  #failed(): void {
    const isArranged = this.#meeting?.isArranged === true;
    this.#end();
    if (isArranged) this.#report.begin(this.opponent, undefined);
  }

  #moved(cell: number): void {
    this.#moves = [...this.#moves, cell];
    this.#show();
    const standing = standingOf(this.#moves);
    if (standing.kind === "open") return;
    const result = standing.kind === "drawn" ? "DRAW" : standing.by === this.#side ? "WIN" : "LOST";
    this.#parts.say(RESULT_TEXT[result]);
    this.#finish(result);
  }

  #show(): void {
    const { say } = this.#parts;
    for (const row of boardRows(boardOf(this.#moves))) say(row);
    const standing = standingOf(this.#moves);
    if (standing.kind === "open") say(turnText(standing.next === this.#side, this.opponent, markOf(standing.next)));
  }

  #finish(result: Result): void {
    this.#end();
    this.#report.begin(this.opponent, result);
  }

  #end(): void {
    if (this.#phase !== "none") for (const link of PEER_LINKS) this.#parts.actions.add({ kind: "close", link });
    this.#meeting?.end();
    this.ping.lost();
    this.#phase = "none";
  }
}
