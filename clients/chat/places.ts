// Rooms we are in, our inbox, and how far each has been shown: entered again after every loss, read on until caught up.
import type { Clock } from "#runtime/base/clock.ts";

import type { Actions, LinkName } from "../machine/actions.ts";
import { Feed, type Shown } from "./feed.ts";
import { AGAIN_AFTER_MS, HISTORY_PAGE } from "./limits.ts";
import type { Request, Requests } from "./requests.ts";
import type { Message } from "./server-line.ts";
import { gapText, messageText, noticeText } from "./shown.ts";

interface Place {
  readonly name: string;
  readonly feed: Feed<Message>;
  /** Of a room: whether this connection is a member. */
  isIn: boolean;
  /** What the server could not do now is asked for again, at this monotonic time. */
  againAtMs: number;
}

export class Places {
  readonly #actions: Actions;
  readonly #requests: Requests;
  readonly #clock: Pick<Clock, "monotonicMs" | "unixMs">;
  /** By name in lower case; the inbox begins with `@`. */
  readonly #places = new Map<string, Place>();

  constructor(actions: Actions, requests: Requests, clock: Pick<Clock, "monotonicMs" | "unixMs">) {
    this.#actions = actions;
    this.#requests = requests;
    this.#clock = clock;
  }

  get rooms(): readonly string[] {
    return this.#all.filter(isRoom).map(({ name }) => name);
  }

  get isCaughtUp(): boolean {
    return this.#all.every((place) => place.isIn && place.feed.isCaughtUp);
  }

  get wakeAtMs(): number {
    return Math.min(...this.#all.map(({ againAtMs }) => againAtMs));
  }

  /** Whether something can be said there now: to people always. */
  isReady(name: string): boolean {
    return name.startsWith("@") || this.#find(name)?.isIn === true;
  }

  /** How far the room has been shown. */
  seen(name: string): number {
    return this.#find(name)?.feed.seen ?? 0;
  }

  /** The connection has the id: everything is entered. `last` is the number of the last direct message. */
  named(id: string, last: number): void {
    const inbox = this.#add(`@${id}`);
    inbox.isIn = true;
    this.#opened(inbox, last, inbox.feed.seen, false);
    for (const place of this.#all.filter(isRoom)) this.#join(place);
  }

  /** Lines may have gone where nobody heard them: rooms are entered again, and what was missed comes with that. */
  enterAll(): void {
    for (const place of this.#all) {
      if (isRoom(place)) this.#join(place);
      else this.#ask(place.name, place.feed);
    }
  }

  /** `isConnected`: now; else once we are. */
  enter(name: string, isConnected: boolean): void {
    const place = this.#add(name);
    if (isConnected) this.#join(place);
  }

  leave(name: string): void {
    this.#places.delete(name.toLowerCase());
  }

  /** As `enterAll`, of places where we are without doubt. */
  readOn(): void {
    for (const { name, feed, isIn } of this.#all) if (isIn) this.#ask(name, feed);
  }

  /** A message of ours has this number, and may have been sent where nobody heard it. True when it is shown by us. */
  acknowledged(name: string, number: number): boolean {
    const place = this.#find(name);
    place?.feed.known(number);
    if (place !== undefined) this.#readOn(place);
    return place !== undefined;
  }

  joined({ room, after }: Extract<Request, { kind: "join" }>, last: number, members: number): void {
    const place = this.#find(room);
    if (place === undefined) return;
    if (!place.isIn)
      this.#actions.print(noticeText(`Na sala ${room}: ${members} ${members === 1 ? "pessoa" : "pessoas"}.`));
    place.isIn = true;
    this.#opened(place, last, after, after !== undefined);
  }

  /** The server says so many lines follow, up to this number. */
  history({ place: name, again }: Extract<Request, { kind: "history" }>, count: number, last: number): void {
    const place = this.#find(name);
    if (place === undefined) return;
    this.#print(place, place.feed.page(count, last, "main", again));
  }

  /** The server could not do it now. */
  refused(name: string): void {
    const place = this.#find(name);
    if (place === undefined) return;
    place.feed.refused();
    place.againAtMs = this.#clock.monotonicMs() + AGAIN_AFTER_MS;
  }

  /** Messages of places that we know nothing of are shown as they come. */
  received(message: Message, link: LinkName): void {
    const place = this.#find(message.place);
    if (place === undefined) this.#actions.print(messageText(message, this.#clock.unixMs()));
    else this.#print(place, place.feed.take(message, link));
  }

  lost(link: LinkName): void {
    for (const place of this.#all) {
      place.feed.lost(link);
      if (link === "data") continue;
      place.isIn = false;
      place.againAtMs = Number.POSITIVE_INFINITY;
    }
  }

  /** Only while connected. */
  woken(nowMs: number): void {
    for (const place of this.#all) {
      if (nowMs < place.againAtMs) continue;
      place.againAtMs = Number.POSITIVE_INFINITY;
      if (place.isIn) this.#readOn(place);
      else this.#join(place);
    }
  }

  get #all(): readonly Place[] {
    return Array.from(this.#places.values());
  }

  #find(name: string): Place | undefined {
    return this.#places.get(name.toLowerCase());
  }

  #add(name: string): Place {
    const found = this.#find(name);
    if (found !== undefined) return found;
    const place = { name, feed: new Feed<Message>(), isIn: false, againAtMs: Number.POSITIVE_INFINITY };
    this.#places.set(name.toLowerCase(), place);
    return place;
  }

  #join({ name, feed }: Place): void {
    const after = feed.seen;
    const command = after === undefined ? `JOIN ${name}` : `JOIN ${name} ${after}`;
    this.#requests.send("main", command, { kind: "join", room: name, after });
  }

  #opened(place: Place, last: number, after: number | undefined, hasPage: boolean): void {
    const isAnew = place.feed.opened(last, "main", after, hasPage);
    if (isAnew) this.#actions.print(noticeText(`${place.name} começou de novo no servidor.`));
    this.#readOn(place);
  }

  #print(place: Place, shown: readonly Shown<Message>[]): void {
    for (const each of shown) {
      const isMessage = each.kind === "message";
      this.#actions.print(
        isMessage ? messageText(each.message, this.#clock.unixMs()) : gapText(place.name, each.count),
      );
    }
    this.#readOn(place);
  }

  #readOn({ name, feed, isIn }: Place): void {
    if (isIn && feed.wants !== undefined) this.#ask(name, feed);
  }

  #ask(name: string, feed: Feed<Message>): void {
    feed.asked();
    const command = `HISTORY ${name} ${feed.seen ?? 0} ${HISTORY_PAGE}`;
    this.#requests.send("main", command, { kind: "history", place: name, again: false });
  }
}

function isRoom({ name }: Place): boolean {
  return !name.startsWith("@");
}
