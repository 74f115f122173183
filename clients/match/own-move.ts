// A move of ours in a hosted match until everybody has been told of it: with its number it is made once, however often
// it is sent.
import { placeOf } from "#actors/match/rules.ts";

import { AGAIN_AFTER_MS } from "./limits.ts";
import type { SeenMatch } from "./seen-match.ts";
import { isPassing, refusalText } from "./sentences.ts";
import type { ServerParts } from "./session.ts";
import { markOf } from "./shown.ts";

interface Move {
  /** From 1. */
  readonly number: number;
  readonly cell: number;
  /** The reply is awaited. */
  isUnderWay: boolean;
}

const NEVER = Number.POSITIVE_INFINITY;

export class OwnMove {
  readonly #parts: ServerParts;
  #move: Move | undefined;
  #againAtMs = NEVER;

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  get isPending(): boolean {
    return this.#move !== undefined;
  }

  get wakeAtMs(): number {
    return this.#againAtMs;
  }

  /** Sent at once, or when there is a connection. */
  make(number: number, cell: number): void {
    const { session, say } = this.#parts;
    this.#move = { number, cell, isUnderWay: false };
    if (session.isKnown) return this.#send();
    const { row, column } = placeOf(cell);
    return say(`Para quando houver conexão: ${row} ${column}`);
  }

  /** So many moves have been made. */
  made(count: number): void {
    if (this.#move !== undefined && this.#move.number <= count) this.clear();
  }

  /** What the server knows of the match: it was made, it is to be sent again, or it cannot be made any more. */
  settle(seen: SeenMatch): void {
    const { session, say } = this.#parts;
    const move = this.#move;
    if (move === undefined || session.name === undefined) return;
    if (move.number === seen.count + 1 && seen.next === session.name) return this.#send();
    this.clear();
    const side = seen.sideOf(session.name);
    if (side !== undefined && seen.markAt(move.cell) === markOf(side)) return;
    const { row, column } = placeOf(move.cell);
    say(`Sua jogada ${row} ${column} não foi feita.`);
  }

  clear(): void {
    this.#move = undefined;
    this.#againAtMs = NEVER;
  }

  woken(nowMs: number): void {
    if (nowMs < this.#againAtMs) return;
    this.#againAtMs = NEVER;
    if (this.#parts.session.isKnown) this.#send();
  }

  #send(): void {
    const { requests, say, clock } = this.#parts;
    const move = this.#move;
    if (move === undefined || move.isUnderWay) return;
    const { row, column } = placeOf(move.cell);
    move.isUnderWay = true;
    requests.ask(["play", row, column, move.number], {
      // What all are told of it comes behind this: until then it is not our turn again.
      done: () => void (move.isUnderWay = false),
      refused: (reason) => {
        move.isUnderWay = false;
        if (isPassing(reason)) return void (this.#againAtMs = clock.monotonicMs() + AGAIN_AFTER_MS);
        if (this.#move === move) this.clear();
        return say(refusalText(reason));
      },
      // What the server knows of the match will tell.
      lost: () => void (move.isUnderWay = false),
    });
  }
}
