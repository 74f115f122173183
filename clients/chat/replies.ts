// What the server answers, given to whoever asked: what was said is acknowledged, the rest goes where it belongs.
import type { Clock } from "#runtime/base/clock.ts";

import type { Actions } from "../machine/actions.ts";
import type { DataPath } from "./data-path.ts";
import type { Identity } from "./identity.ts";
import { AGAIN_AFTER_MS } from "./limits.ts";
import type { Outbox, Outgoing } from "./outbox.ts";
import type { Places } from "./places.ts";
import type { Request, Requests } from "./requests.ts";
import type { ServerLine } from "./server-line.ts";
import { acknowledgedText, membersText, messageText, noticeText } from "./shown.ts";
import type { Talk } from "./talk.ts";

type Reply = Extract<ServerLine, { kind: "reply" }>;
type RefusalLine = Extract<ServerLine, { kind: "refusal" }>;

export interface RepliesParts {
  readonly actions: Actions;
  readonly requests: Requests;
  readonly places: Places;
  readonly outbox: Outbox;
  readonly identity: Identity;
  readonly dataPath: DataPath;
  readonly talk: Talk;
  readonly clock: Pick<Clock, "monotonicMs" | "unixMs">;
  /** The connection has its id; `last` is the number of the last direct message. */
  readonly named: (last: number) => void;
  readonly bound: () => void;
  readonly left: () => void;
}

/** Refusals of these families stay what they are, however often one asks; of others nobody knows. */
const FINAL_FAMILY = /^(?:chat|text|account)\.|^$/;

export class Replies {
  readonly #parts: RepliesParts;
  /** What was refused without being asked for, last. */
  #lastStray = "";

  constructor(parts: RepliesParts) {
    this.#parts = parts;
  }

  answered(reply: Reply): void {
    const said = this.#parts.outbox.get(reply.tag);
    if (said !== undefined) return this.#acknowledged(said, reply);
    const request = this.#parts.requests.answered(reply.tag);
    // What we asked on a connection that is gone, or said twice.
    if (request === undefined) return undefined;
    return this.#route(request, reply);
  }

  refused(refusal: RefusalLine): void {
    const { outbox, requests, clock } = this.#parts;
    const said = outbox.get(refusal.tag);
    if (said === undefined) {
      const request = requests.answered(refusal.tag);
      return request === undefined ? this.#stray(refusal.text) : this.#routeRefusal(request, refusal);
    }
    if (!FINAL_FAMILY.test(refusal.code)) return outbox.later(said.tag, clock.monotonicMs() + AGAIN_AFTER_MS);
    outbox.remove(said.tag);
    return this.#print(`Não enviada, a ${said.place}: ${said.text} – ${refusal.text}`);
  }

  /** Why the server lets nobody in is the same at each try. */
  #stray(text: string): void {
    if (text !== this.#lastStray) this.#print(text);
    this.#lastStray = text;
  }

  #acknowledged({ tag, place, text }: Outgoing, reply: Reply): void {
    const { outbox, identity, places, actions, clock } = this.#parts;
    outbox.remove(tag);
    const number = Number(/ (\d{1,15})$/.exec(reply.text)?.[1] ?? 0);
    const at = new Date(clock.unixMs()).toISOString();
    // A room, and our own inbox, send us our own messages as well; what goes to somebody else's is shown here.
    const isShown = places.acknowledged(place, number);
    if (!isShown) actions.print(messageText({ place, number, at, from: identity.id, text }, clock.unixMs()));
    actions.print(acknowledgedText(identity.id));
  }

  #route(request: Request, { name, text }: Reply): void {
    const { identity, places, dataPath, named, bound, left } = this.#parts;
    const words = text.split(" ");
    switch (request.kind) {
      case "hello":
      case "login":
        this.#lastStray = "";
        return named(identity.answered(text));
      case "join":
        return places.joined(request, wholeNumber(words[1]), wholeNumber(words[2]));
      case "history":
        return places.history(request, wholeNumber(words[1]), wholeNumber(words[2]));
      case "who":
        return this.#members(request, words.slice(1));
      case "udp":
        return dataPath.offered(text);
      case "bind":
        return bound();
      case "exit":
        return left();
      case "raw":
        return this.#print(`${name}: ${text}`);
      case "leave":
      case "unbind":
      case "ping":
        return undefined;
    }
  }

  #routeRefusal(request: Request, { code, text }: RefusalLine): void {
    const { identity, places, dataPath, left } = this.#parts;
    switch (request.kind) {
      case "hello":
      case "login":
        return identity.refused(code, text);
      case "join":
        return FINAL_FAMILY.test(code) ? this.#notAdmitted(request.room, text) : places.refused(request.room);
      case "history":
        return request.again || FINAL_FAMILY.test(code) ? this.#print(text) : places.refused(request.place);
      case "udp":
      case "bind":
        return dataPath.refused(code, text);
      case "exit":
        return left();
      case "ping":
      case "unbind":
      case "leave":
        return undefined;
      case "who":
      case "raw":
        return this.#print(text);
    }
  }

  /** What was to be said there never will be. */
  #notAdmitted(room: string, why: string): void {
    const { outbox, talk } = this.#parts;
    this.#print(`${room}: ${why}`);
    for (const { text } of outbox.removeAll(room)) this.#print(`Não enviada, a ${room}: ${text}`);
    talk.left(room);
  }

  /** A last `+` says that there are more. */
  #members({ room, members }: Extract<Request, { kind: "who" }>, words: readonly string[]): void {
    const all = [...members, ...words.filter((word) => word.includes("@"))];
    const after = all.at(-1)?.split("@")[0] ?? "";
    const hasMore = words.at(-1) === "+" && all.length > members.length;
    if (hasMore) this.#parts.requests.send("main", `WHO ${room} ${after}`, { kind: "who", room, members: all });
    else this.#parts.actions.print(membersText(room, all));
  }

  #print(text: string): void {
    this.#parts.actions.print(noticeText(text));
  }
}

function wholeNumber(word = ""): number {
  return /^\d{1,15}$/.test(word) ? Number(word) : 0;
}
