// Two players of the load: one hosted match after the other between them, moves at times that were settled before.

import { createRandom, type Random } from "#runtime/base/random.ts";

import type { LoadPlayer } from "./match-load-player.ts";
import { type LoadTally, recordMs } from "./match-load-tally.ts";
import { SCRIPTED_GAMES, type ScriptedGame, squareText } from "./match-moves.ts";

const RETRY_MS = 5;
const BEGIN_WITHIN_MS = 30_000;
const ERRORS_MAX = 20;

export class LoadPair {
  readonly #host: LoadPlayer;
  readonly #guest: LoadPlayer;
  readonly #tallyNow: () => LoadTally;
  /** With its own seed. Were the games played in turn, all pairs would end one in the same second, again and again. */
  readonly #random: Random;
  #game: ScriptedGame = SCRIPTED_GAMES[0]!;
  /** Snapshots of the game seen, of two. */
  #snapshots = 0;
  /** Moves made; the one on its way is counted when its mover has the acknowledgement and both know of it. */
  #moves = 0;
  #lastDueMs = 0;
  #isSent = false;
  #isAcknowledged = false;
  /** Of the move: how many of the two know of it. */
  #seen = 0;
  #endsSeen = 0;
  readonly #due: number[] = [];
  #ready = Promise.withResolvers<void>();
  #isLast = false;

  constructor(host: LoadPlayer, guest: LoadPlayer, index: number, tallyNow: () => LoadTally) {
    this.#host = host;
    this.#guest = guest;
    this.#tallyNow = tallyNow;
    this.#random = createRandom(index);
    for (const player of [host, guest]) player.heard = (who, line, atMs) => this.#heard(who, line, atMs);
  }

  get #tally(): LoadTally {
    return this.#tallyNow();
  }

  /** Resolves when both know of the match; rejects when they do not in time. */
  async begin(): Promise<void> {
    const late = (): void => this.#ready.reject(new Error(`No match begins for ${this.#host.name}`));
    const timeout = setTimeout(late, BEGIN_WITHIN_MS);
    this.#begin();
    await this.#ready.promise.finally(() => clearTimeout(timeout));
  }

  /** A move is to be made now; it was due then. One that cannot be made yet waits, and its time counts. */
  move(dueMs: number): void {
    if (this.#due.length === 0 && this.#mayMove()) this.#send(dueMs, performance.now() - dueMs);
    else this.#due.push(dueMs);
  }

  /** No new game begins. */
  finish(): void {
    this.#isLast = true;
  }

  /** Moves that were due and are not acknowledged and seen. */
  get open(): number {
    return this.#due.length + (this.#isSent ? 1 : 0);
  }

  #mayMove(): boolean {
    return this.#snapshots === 2 && !this.#isSent && this.#moves < this.#game.squares.length;
  }

  #begin(): void {
    this.#game = SCRIPTED_GAMES[Math.floor(this.#random.next() * SCRIPTED_GAMES.length)]!;
    this.#snapshots = this.#moves = this.#endsSeen = 0;
    this.#host.send(`begin;${this.#guest.name};${this.#host.name};hosted`);
  }

  #send(dueMs: number, lagMs?: number): void {
    const mover = this.#moves % 2 === 0 ? this.#host : this.#guest;
    this.#lastDueMs = dueMs;
    this.#isSent = true;
    this.#isAcknowledged = false;
    this.#seen = 0;
    this.#tally.plays++;
    if (lagMs !== undefined) recordMs(this.#tally.lagUs, lagMs);
    mover.send(`play;${squareText(this.#game.squares[this.#moves] ?? 0)};${this.#moves + 1}`);
  }

  #heard(player: LoadPlayer, line: string, atMs: number): void {
    const kind = line.slice(0, line.indexOf(";") < 0 ? line.length : line.indexOf(";"));
    switch (kind) {
      case "playACK":
        return this.#acknowledged(atMs);
      case "moved":
        return this.#moved(player, line, atMs);
      case "ended":
        return this.#ended(line);
      case "match":
        return this.#shown();
      case "invite":
        return player.send(`answer;${this.#host.name};True`);
      case "beginERR":
        this.#tally.beganAgain++;
        return void setTimeout(() => this.#begin(), RETRY_MS);
      case "beginACK":
      case "answerACK":
      case "answer":
        return undefined;
      default:
        if (this.#tally.errors.length < ERRORS_MAX) this.#tally.errors.push(`${player.name}: ${line}`);
    }
  }

  #shown(): void {
    if (++this.#snapshots < 2) return;
    this.#tally.gamesBegun++;
    this.#ready.resolve();
    this.#sendDue();
  }

  #acknowledged(atMs: number): void {
    const latencyMs = atMs - this.#lastDueMs;
    const tally = this.#tally;
    tally.acknowledged++;
    recordMs(tally.acknowledgedUs, latencyMs);
    tally.ofSeconds[Math.floor((atMs - tally.startMs) / 1_000)]?.push(latencyMs);
    this.#isAcknowledged = true;
    this.#made();
  }

  #moved(player: LoadPlayer, line: string, atMs: number): void {
    const tally = this.#tally;
    tally.moved++;
    this.#seen++;
    const isOpponent = line.split(";")[5] !== player.name;
    if (isOpponent) recordMs(tally.movedUs, atMs - this.#lastDueMs);
    this.#made();
  }

  #made(): void {
    if (!this.#isAcknowledged || this.#seen < 2) return;
    this.#isSent = false;
    this.#moves++;
    this.#sendDue();
  }

  #ended(line: string): void {
    const winner = line.split(";")[2];
    const wanted = { host: this.#host.name, guest: this.#guest.name, nobody: "" }[this.#game.winner];
    if (winner !== wanted) this.#tally.wrongEnds++;
    if (++this.#endsSeen < 2) return;
    this.#tally.gamesEnded++;
    if (!this.#isLast || this.#due.length > 0) this.#begin();
  }

  #sendDue(): void {
    if (this.#mayMove() && this.#due.length > 0) this.#send(this.#due.shift() ?? 0);
  }
}
