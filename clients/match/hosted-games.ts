// Matches that the server hosts: the one we play, and those we watch.
import { HURRY_MS, WATCHED_MAX } from "./limits.ts";
import { OwnMove } from "./own-move.ts";
import { type MatchRecord, parseRecord, SeenMatch } from "./seen-match.ts";
import { isPassing, refusalText } from "./sentences.ts";
import type { Ended, Moved, Snapshot } from "./server-message.ts";
import type { ServerParts } from "./session.ts";

export interface HostedGamesParts extends ServerParts {
  /** One that we play has begun. */
  readonly started: () => void;
}

const NEVER = Number.POSITIVE_INFINITY;

export class HostedGames {
  readonly #parts: HostedGamesParts;
  /** By id. */
  readonly #seen = new Map<string, SeenMatch>();
  readonly #watched = new Set<string>();
  readonly #move: OwnMove;
  #ownId: string | undefined;
  /** Our time to move is nearly over. */
  #hurryAtMs = NEVER;

  constructor(parts: HostedGamesParts) {
    this.#parts = parts;
    this.#move = new OwnMove(parts);
  }

  get isPlaying(): boolean {
    return this.#ownId !== undefined;
  }

  /** Nothing but a move of ours can go on. */
  get isQuiet(): boolean {
    const own = this.#own;
    return own === undefined || (own.next === this.#self && !this.#move.isPending);
  }

  get wakeAtMs(): number {
    return Math.min(this.#move.wakeAtMs, this.#hurryAtMs);
  }

  play(cell: number): void {
    const { say } = this.#parts;
    const own = this.#own;
    if (own === undefined) return say(refusalText("not_in_match"));
    if (this.#move.isPending) return say("Sua última jogada ainda está a caminho.");
    if (own.next !== this.#self) return say(refusalText("not_your_turn"));
    if (own.markAt(cell) !== ".") return say(refusalText("occupied"));
    return this.#move.make(own.count + 1, cell);
  }

  watch(target: string): void {
    const { requests, say } = this.#parts;
    if (this.#watched.size >= WATCHED_MAX) return say(refusalText("Too many"));
    const done = ([id = target]: readonly string[]): void => {
      this.#watched.add(id);
      say(`Assistindo à partida ${id}; para parar: unwatch ${id}`);
    };
    return requests.ask(["watch", target], { done });
  }

  /** Undefined: all of them. */
  unwatch(id: string | undefined): void {
    const { requests, say } = this.#parts;
    const ids = id === undefined ? [...this.#watched] : [id];
    if (ids.length === 0) return say("Você não está assistindo a nenhuma partida.");
    for (const each of ids) {
      const done = (): void => {
        this.#watched.delete(each);
        if (each !== this.#ownId) this.#seen.delete(each);
        say(`Você não assiste mais à partida ${each}.`);
      };
      requests.ask(["unwatch", each], { done });
    }
  }

  snapshot(snapshot: Snapshot): void {
    const { say, started } = this.#parts;
    const seen = new SeenMatch(snapshot);
    const isOwn = this.#self !== undefined && seen.sideOf(this.#self) !== undefined;
    const isNew = !this.#seen.has(seen.id);
    // Of a match that we neither play nor watch, there is one only while the server's word is on its way.
    if (!isOwn && isNew && this.#seen.size > WATCHED_MAX) return;
    this.#seen.set(seen.id, seen);
    if (isOwn && this.#ownId !== seen.id) {
      this.#ownId = seen.id;
      this.#move.clear();
      started();
    }
    if (isNew || !isOwn) say(seen.title());
    if (snapshot.next === "") return this.#askRecord(seen.id);
    this.#show(seen);
    if (isOwn) this.#move.settle(seen);
  }

  moved(moved: Moved): void {
    const { say } = this.#parts;
    const seen = this.#seen.get(moved.id);
    if (seen === undefined || moved.number <= seen.count) return;
    if (!seen.move(moved)) return this.#askRecord(seen.id);
    if (seen.id === this.#ownId) this.#move.made(moved.number);
    if (this.#seen.size > 1) say(seen.title());
    say(seen.moveText(moved.who, moved.cell, this.#self));
    this.#show(seen);
  }

  presence(id: string, who: string, isThere: boolean): void {
    if (!this.#seen.has(id) || who === this.#self) return;
    this.#parts.say(isThere ? `${who} voltou.` : `${who} perdeu a conexão; o relógio continua.`);
  }

  /** False where it is none that we have seen. */
  ended({ id, winner, reason, count }: Ended): boolean {
    const seen = this.#seen.get(id);
    if (seen === undefined) return false;
    if (count > seen.count) this.#askRecord(id);
    else this.#close(seen, winner, reason);
    return true;
  }

  /** The server tells a new connection of our match; where that is over, only the record does. */
  resumed(): void {
    if (this.#ownId !== undefined) this.#askRecord(this.#ownId);
  }

  /** On a new connection nothing is watched. */
  rewatch(): void {
    for (const id of this.#watched) {
      const refused = (): void => this.#askRecord(id);
      this.#parts.requests.ask(["watch", id], { done: () => undefined, refused, lost: () => undefined });
    }
  }

  /** We are nobody now; what is watched may be watched by anybody. */
  forgotten(): void {
    if (this.#ownId !== undefined && !this.#watched.has(this.#ownId)) this.#seen.delete(this.#ownId);
    this.#leave();
  }

  woken(nowMs: number): void {
    this.#move.woken(nowMs);
    if (nowMs < this.#hurryAtMs) return;
    this.#hurryAtMs = NEVER;
    if (!this.#move.isPending) this.#parts.say(`Faltam ${HURRY_MS / 1_000} s para a sua jogada.`);
  }

  get #own(): SeenMatch | undefined {
    return this.#ownId === undefined ? undefined : this.#seen.get(this.#ownId);
  }

  get #self(): string | undefined {
    return this.#parts.session.name;
  }

  #show(seen: SeenMatch): void {
    for (const row of seen.rows(this.#self)) this.#parts.say(row);
    if (seen.id !== this.#ownId) return;
    const isTimed = seen.next === this.#self && seen.leftMs > HURRY_MS;
    this.#hurryAtMs = isTimed ? this.#parts.clock.monotonicMs() + seen.leftMs - HURRY_MS : NEVER;
  }

  #askRecord(id: string): void {
    const { requests, say } = this.#parts;
    requests.ask(["record", id], {
      done: (fields) => {
        const record = parseRecord(fields);
        if (record === undefined) say(`O registro da partida ${id} não se entende.`);
        else this.#recorded(record);
      },
      refused: (reason) => {
        say(`Não se sabe como está a partida ${id}: ${refusalText(reason)}`);
        if (!isPassing(reason)) this.#drop(id);
      },
      lost: () => undefined,
    });
  }

  #recorded(record: MatchRecord): void {
    const seen = this.#seen.get(record.id);
    if (seen === undefined || record.moves.length < seen.count) return;
    if (record.isEnded || record.moves.length > seen.count) {
      seen.catchUp(record);
      this.#show(seen);
    }
    if (record.id === this.#ownId) this.#move.settle(seen);
    if (record.isEnded) this.#close(seen, record.winner, record.reason);
  }

  #close(seen: SeenMatch, winner: string, reason: string): void {
    const text = seen.endText(winner, reason, this.#self);
    this.#parts.say(seen.id === this.#ownId ? text : `Partida ${seen.id}: ${text}`);
    this.#drop(seen.id);
  }

  #drop(id: string): void {
    this.#seen.delete(id);
    this.#watched.delete(id);
    if (id === this.#ownId) this.#leave();
  }

  #leave(): void {
    this.#ownId = undefined;
    this.#hurryAtMs = NEVER;
    this.#move.clear();
  }
}
