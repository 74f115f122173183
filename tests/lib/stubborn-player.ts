// One who plays hosted matches through the lives of a server: comes back with the key, and sends its moves again.
import { placeOf } from "#actors/match/rules.ts";
import { createRandom, type Random } from "#runtime/base/random.ts";

import { eventually } from "./eventually.ts";
import { ConnectionLost, MatchClient } from "./match-client.ts";
import { MatchNotes } from "./match-notes.ts";

const PASSWORD = "segredo";
const WAIT_MS = 20;

export interface MatchPort {
  readonly port: number;
  readonly authority: string;
}

/** A match as its player knows it. */
interface Playing {
  readonly id: string;
  board: string;
  /** Moves made. */
  count: number;
  next: string;
}

export class StubbornPlayer {
  readonly name: string;
  readonly notes = new MatchNotes();
  /** Moves that were sent once more. */
  retried = 0;
  /** What it was answered and should not have been. */
  readonly problems: string[] = [];
  readonly #others: readonly string[];
  readonly #random: Random;
  readonly #invitedBy = new Set<string>();
  #key = "";
  #match: Playing | undefined;
  #client: MatchClient | undefined;

  constructor(name: string, all: readonly string[], seed: number) {
    this.name = name;
    this.#others = all.filter((each) => each !== name);
    this.#random = createRandom(seed);
  }

  get isHere(): boolean {
    return this.#client?.isOver === false;
  }

  /** Makes the account, or comes back: then it sends its moves of the match that goes on again, answered or not. */
  async enter({ port, authority }: MatchPort): Promise<void> {
    this.#match = undefined;
    this.#invitedBy.clear();
    this.#client = await MatchClient.connect(port, authority, (line) => this.#hear(line));
    if (this.#key === "") {
      await this.#expect(`adduser;${this.name};${PASSWORD}`, "adduserACK");
      await this.#expect(`login;${this.name};${PASSWORD}`, `loginACK;${this.name}`);
      this.#key = (await this.ask("key")).slice("keyACK;".length);
    } else {
      await this.#expect(`resume;${this.name};${this.#key}`, `resumeACK;${this.name}`);
      // What is sent of the match behind that has come when this is answered.
      await this.ask("list");
      await this.#sendAgain();
    }
  }

  /** Plays until its connection is gone, or `isLast` says that no match is to be begun any more. */
  async play(isLast = (): boolean => false): Promise<void> {
    try {
      while (this.isHere && !(isLast() && this.#match === undefined)) {
        if (this.#match === undefined) await this.#seek();
        else if (this.#match.next !== this.name) await this.#wait();
        else if (this.#random.next() < 0.04) await this.#resign(this.#match);
        else await this.#move(this.#match);
      }
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
    }
  }

  /** The server is gone, or is to think that this client is. */
  lose(): void {
    this.#client?.lose();
  }

  ask(command: string): Promise<string> {
    return (this.#client as MatchClient).ask(command);
  }

  /** Begins a match with another, who gives it up. */
  async beginWith(guest: StubbornPlayer): Promise<void> {
    await this.#expect(`begin;${guest.name};${this.name};hosted`, "beginACK");
    await eventually(`an invitation of ${guest.name}`, () => guest.#invitedBy.delete(this.name));
    await guest.#expect(`answer;${this.name};True`, "answerACK");
    await eventually(`a match of both`, () => this.#match !== undefined && this.#match.id === guest.#match?.id);
    await guest.#resign(guest.#match as Playing);
    await eventually("its end", () => this.#match === undefined && guest.#match === undefined);
  }

  async #seek(): Promise<void> {
    const [host] = this.#invitedBy;
    if (host !== undefined) {
      this.#invitedBy.delete(host);
      await this.ask(`answer;${host};${this.#random.next() < 0.85 ? "True" : "False"}`);
      return this.#wait();
    }
    if (this.#random.next() < 0.5) await this.ask(`begin;${this.#pick(this.#others)};${this.name};hosted`);
    return this.#wait();
  }

  async #move(match: Playing): Promise<void> {
    const number = match.count + 1;
    const free = Array.from(match.board, (_, cell) => cell).filter((cell) => match.board[cell] === ".");
    const cell = this.notes.sent(match.id, number) ?? this.#pick(free);
    this.notes.sends(match.id, number, cell);
    await this.#send(match.id, number, cell);
    // Now and then a client is lost that the server does not know to be gone.
    if (this.#random.next() < 0.03) this.lose();
    else while (this.isHere && this.#match === match && match.count < number) await this.#wait();
  }

  /** A match that is over meanwhile takes no move any more. */
  async #send(id: string, number: number, cell: number): Promise<void> {
    const { row, column } = placeOf(cell);
    const reply = await this.ask(`play;${row};${column};${number}`);
    if (reply === `playACK;${number}`) this.notes.acknowledged(id, number, cell);
    else if (reply !== "playERR;ended") this.problems.push(`Move ${number} of ${id} was answered "${reply}"`);
  }

  async #resign({ id }: Playing): Promise<void> {
    this.notes.resigns(id, this.name);
    const reply = await this.ask("end");
    if (reply === "endACK") this.notes.resigned(id, this.name);
    else if (reply !== "endERR;ended") this.problems.push(`The end of ${id} was answered "${reply}"`);
    while (this.isHere && this.#match?.id === id) await this.#wait();
  }

  async #sendAgain(): Promise<void> {
    const match = this.#match;
    if (match === undefined) return;
    for (const { number, cell } of this.notes.sentIn(match.id)) {
      this.retried++;
      await this.#send(match.id, number, cell);
    }
  }

  #hear(line: string): void {
    this.notes.heard(line);
    const [kind, id = "", ...rest] = line.split(";");
    if (kind === "invite") this.#invitedBy.add(id);
    else if (kind === "match") {
      const [, , board = "", count, next = ""] = rest;
      this.#match = next === "" ? undefined : { id, board, count: Number(count), next };
    } else if (kind === "moved" && this.#match?.id === id) this.#follow(this.#match, rest);
    else if (kind === "ended" && this.#match?.id === id) this.#match = undefined;
  }

  #follow(match: Playing, [number, row, column, , next = ""]: readonly string[]): void {
    if (Number(number) <= match.count) return;
    const cell = (Number(row) - 1) * 3 + Number(column) - 1;
    match.board = match.board.slice(0, cell) + (Number(number) % 2 === 1 ? "O" : "X") + match.board.slice(cell + 1);
    match.count = Number(number);
    match.next = next;
  }

  async #expect(command: string, expected: string): Promise<void> {
    const reply = await this.ask(command);
    if (reply !== expected) throw new Error(`"${command}" of ${this.name} was answered "${reply}"`);
  }

  #wait(): Promise<void> {
    return (this.#client as MatchClient).news(WAIT_MS);
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random.next() * items.length)] as Item;
  }
}
