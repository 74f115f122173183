// A member of a chat room over any of the four ways; the hybrid one goes by datagrams while they arrive, else by TCP.

import { type ChatEars, type ChatLines, type ChatPlace, openDatagrams, openTcp, openUdpText } from "./chat-lines.ts";

export const CHAT_WAYS = ["tcp", "udp", "reliable", "hybrid"] as const;
export type ChatWay = (typeof CHAT_WAYS)[number];

export interface MemberOptions {
  readonly way: ChatWay;
  readonly place: ChatPlace;
  readonly id: string;
  readonly room: string;
  /** Timeouts of reliable datagrams as for paths within a house. */
  readonly local: boolean;
  /** Each message of the room, also its own, as it arrives. */
  said(number: number, text: string): void;
}

export interface ChatMember {
  say(text: string): void;
  /** Asks and is answered so many times, one after the other: both ends know then how long the way takes. */
  warmUp(pings: number): Promise<void>;
  /** Lines that began with ERROR, how often the way to the server was lost, and how often datagrams came back. */
  readonly troubles: { errors: number; lost: number; returned: number };
  close(): void;
}

const EVENT = /^\* (\S+) (\d+) \S+ [^ :]+: (.*)$/;
/** A lossy way is asked again after this time. */
const ASK_AGAIN_MS = 300;
const BIND_AGAIN_MS = 1_000;
const SAY_REPLY = /^#(\S+) SAY: /;

/** Resolves when it is in the room. */
export async function joinChat(options: MemberOptions): Promise<ChatMember> {
  const member = new Member(options);
  await member.open();
  return member;
}

class Member implements ChatMember {
  readonly troubles = { errors: 0, lost: 0, returned: 0 };
  readonly #options: MemberOptions;
  readonly #key = crypto.randomUUID().slice(0, 8);
  /** Said and not answered, by tag: a hybrid member says it again when its way changes. */
  readonly #unanswered = new Map<string, string>();
  /** The way of the session, and in hybrid mode the bound one. */
  #control: ChatLines | undefined;
  #data: ChatLines | undefined;
  #asked: { readonly name: string; readonly resolve: (line: string) => void } | undefined;
  #count = 0;
  /** In hybrid mode: the last number that was heard with all before it, and texts that came too early. */
  #last = 0;
  readonly #early = new Map<number, string>();
  #isClosed = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: MemberOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { way, place, id, room, local } = this.#options;
    const ears: ChatEars = { heard: (line) => this.#heard(line), lost: () => this.troubles.lost++ };
    if (way === "udp") this.#control = await openUdpText(place, ears);
    else if (way === "reliable") this.#control = await openDatagrams(place, { local, quick: false }, ears);
    else this.#control = await openTcp(place, ears);
    const cookie = /^COOKIE: .* COOKIE (\S+)$/.exec(way === "udp" ? await this.#ask(`HELLO ${id}`, "COOKIE") : "");
    if (cookie !== null) await this.#ask(`COOKIE ${cookie[1]}`, "COOKIE");
    await this.#ask(`HELLO ${id}`, "HELLO");
    this.#last = Number((await this.#ask(`JOIN ${room}`, "JOIN")).split(" ")[2]);
    if (way === "hybrid") await this.#bind();
  }

  async warmUp(pings: number): Promise<void> {
    for (let count = 0; count < pings; count++) await this.#ask("PING", "PING", this.#data);
  }

  say(text: string): void {
    const { way, room } = this.#options;
    if (way !== "hybrid") return this.#control?.send(`SAY ${room} ${text}`);
    const tag = `${this.#key}.${++this.#count}`;
    const line = `#${tag} SAY ${room} ${text}`;
    this.#unanswered.set(tag, line);
    (this.#data ?? this.#control)?.send(line);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#data?.close();
    this.#control?.close();
  }

  /** Datagrams for a session on TCP: it gives a token, and they show it. */
  async #bind(): Promise<void> {
    const { place, local } = this.#options;
    const [, token = ""] = /^UDP: \d+ (\S+)$/.exec(await this.#ask("UDP", "UDP")) ?? [];
    const bound = Promise.withResolvers<void>();
    const data = await openDatagrams(
      place,
      { local, quick: true },
      {
        heard: (line) => (line.startsWith("BIND: ") ? bound.resolve() : this.#heard(line)),
        lost: () => {
          bound.resolve();
          this.#fallBack();
        },
      },
    );
    this.#data = data;
    data.send(`BIND ${token}`);
    await bound.promise;
    this.#repeatAll();
  }

  /** What the other way may have lost is said and asked for again; numbers and tags keep everything single. */
  #fallBack(): void {
    if (this.#isClosed) return;
    this.troubles.lost++;
    this.#data = undefined;
    this.#repeatAll();
    this.#bindLater();
  }

  #bindLater(): void {
    const again = (): void => {
      this.#bind().then(
        () => void this.troubles.returned++,
        () => this.#bindLater(),
      );
    };
    if (!this.#isClosed) this.#retry = setTimeout(again, BIND_AGAIN_MS);
  }

  #repeatAll(): void {
    const way = this.#data ?? this.#control;
    for (const line of this.#unanswered.values()) way?.send(line);
    way?.send(`HISTORY ${this.#options.room} ${this.#last} 100`);
  }

  #heard(line: string): void {
    const event = EVENT.exec(line);
    if (event !== null) return this.#heardMessage(Number(event[2]), event[3] ?? "");
    const [, tag] = SAY_REPLY.exec(line) ?? [];
    if (tag !== undefined) this.#unanswered.delete(tag);
    if (line.startsWith("ERROR: ")) this.troubles.errors++;
    if (this.#asked !== undefined && line.startsWith(`${this.#asked.name}: `)) this.#asked.resolve(line);
  }

  /** In hybrid mode a line may come both ways, or before one that is on the other: the room's numbers tell. */
  #heardMessage(number: number, text: string): void {
    if (this.#options.way !== "hybrid") return this.#options.said(number, text);
    if (number > this.#last) this.#early.set(number, text);
    for (let next = this.#early.get(this.#last + 1); next !== undefined; next = this.#early.get(this.#last + 1)) {
      this.#early.delete(++this.#last);
      this.#options.said(this.#last, next);
    }
  }

  async #ask(line: string, name: string, way = this.#control): Promise<string> {
    const answer = Promise.withResolvers<string>();
    this.#asked = { name, resolve: answer.resolve };
    way?.send(line);
    const again = way?.lossy === true ? setInterval(() => way.send(line), ASK_AGAIN_MS) : undefined;
    const reply = await answer.promise;
    clearInterval(again);
    this.#asked = undefined;
    return reply;
  }
}
