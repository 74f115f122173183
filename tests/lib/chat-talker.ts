// One who talks with tags through the lives of a server: comes back as who it was, and says again what nobody answered.
import type { Random } from "#runtime/base/random.ts";

import { ChatClient, type HeardMessage } from "./chat-client.ts";
import { eventually } from "./eventually.ts";
import type { ServerProcess } from "./server-process.ts";

export const ROOM = "lobby";
const AT_ONCE = 3;
const PAGE = 100;

export class Talker {
  readonly id: string;
  retried = 0;
  /** Numbers by tag, which is the text as well. */
  readonly acknowledged = new Map<string, number>();
  readonly #random: Random;
  readonly #next: string;
  readonly #overDatagrams: boolean;
  /** Lines by tag, of which nobody knows whether they were heard. */
  readonly #open = new Map<string, string>();
  readonly #heard = new Map<number, HeardMessage>();
  #lastDone: { readonly tag: string; readonly line: string } | undefined;
  #key = "";
  #said = 0;
  #client: ChatClient | undefined;

  /** Sends direct messages to the next of `count`. */
  constructor(index: number, count: number, random: Random) {
    this.id = `c${index}`;
    this.#next = `c${(index + 1) % count}`;
    this.#overDatagrams = index % 2 === 1;
    this.#random = random;
  }

  get isHere(): boolean {
    return this.#client?.ended === undefined && this.#client !== undefined;
  }

  /** Comes back as who it was, hears what it missed, and says again what was not answered, and something that was. */
  async resume(server: ServerProcess): Promise<void> {
    const { udpPort, port } = server;
    const client = await (this.#overDatagrams ? ChatClient.overDatagrams(udpPort) : ChatClient.overTcp(port));
    this.#client = client;
    const hello = await this.#ask(`HELLO ${this.id} ${this.#key}`.trim());
    this.#key = hello.split(" ")[2] ?? "";
    const joined = await this.#ask(`JOIN ${ROOM} ${this.#lastHeard()}`);
    await this.#catchUp(Number(joined.split(" ")[2]));
    const again = [...this.#open];
    if (this.#lastDone !== undefined) again.push([this.#lastDone.tag, this.#lastDone.line]);
    this.retried += again.length;
    await Promise.all(again.map(([tag, line]) => this.#post(tag, line)));
  }

  /** Until its connection is gone. */
  async talk(): Promise<void> {
    const voice = async (): Promise<void> => {
      while (this.isHere) {
        const tag = `${this.id}.${++this.#said}`;
        const line = this.#random.next() < 0.25 ? `MSG ${this.#next} ${tag}` : `SAY ${ROOM} ${tag}`;
        this.#open.set(tag, line);
        await this.#post(tag, line).catch(whenGone);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, voice));
  }

  /** The server is gone. */
  lose(): void {
    this.#note();
    this.#client?.vanish();
  }

  async membersNow(): Promise<readonly string[]> {
    const [, , ...members] = (await this.#ask(`WHO ${ROOM}`)).split(" ");
    return members.map((member) => member.split("@")[0] ?? "").toSorted();
  }

  /** All that is kept of a place, asked for page by page. */
  async history(place: string): Promise<readonly HeardMessage[]> {
    const pages: HeardMessage[] = [];
    for (;;) {
      const client = this.#client as ChatClient;
      this.#note();
      client.lines.length = 0;
      const [, , count] = (await this.#ask(`HISTORY ${place} ${pages.at(-1)?.number ?? 0} ${PAGE}`)).split(" ");
      if (Number(count) === 0) return pages;
      pages.push(...(await client.hearsMessages(place, Number(count))));
    }
  }

  /** What it did not hear of the room, live or later. */
  async missing(history: readonly HeardMessage[]): Promise<readonly string[]> {
    const last = history.at(-1)?.number ?? 0;
    await eventually(`all that was said, for ${this.id}`, () => this.#lastHeard() >= last);
    return history.flatMap(({ number, text }) => {
      const heard = this.#heard.get(number)?.text;
      return heard === text ? [] : [`${this.id} heard "${heard}" as number ${number}, which is "${text}"`];
    });
  }

  /** What was acknowledged and is not kept just once, with its number; and what was said without being answered. */
  lost(numbers: ReadonlyMap<string, readonly number[]>): readonly string[] {
    const lost = [...this.acknowledged].flatMap(([text, number]) => {
      const kept = numbers.get(text) ?? [];
      return kept.length === 1 && kept[0] === number ? [] : [`"${text}" is number ${number}, and is kept as ${kept}`];
    });
    return [...lost, ...[...this.#open.keys()].map((tag) => `"${tag}" was never answered`)];
  }

  async #post(tag: string, line: string): Promise<void> {
    const reply = await (this.#client as ChatClient).ask(line, tag);
    const number = Number(/^(?:SAY|MSG): \S+ (\d+)$/.exec(reply)?.[1]);
    const first = this.acknowledged.get(tag) ?? number;
    if (Number.isNaN(number) || first !== number) throw new Error(`"${line}" was answered "${reply}", first ${first}`);
    this.acknowledged.set(tag, number);
    this.#open.delete(tag);
    this.#lastDone = { tag, line };
  }

  async #ask(line: string): Promise<string> {
    const reply = await (this.#client as ChatClient).ask(line);
    if (reply.startsWith("ERROR")) throw new Error(`"${line}" was answered "${reply}"`);
    return reply;
  }

  async #catchUp(last: number): Promise<void> {
    for (let heard = this.#lastHeard(); heard < last; heard = this.#lastHeard()) {
      const reply = await this.#ask(`HISTORY ${ROOM} ${heard} ${PAGE}`);
      await (this.#client as ChatClient).hearsMessages(ROOM, Number(reply.split(" ")[2]));
    }
  }

  /** The last number up to which nothing is missing. */
  #lastHeard(): number {
    this.#note();
    let number = 0;
    while (this.#heard.has(number + 1)) number++;
    return number;
  }

  #note(): void {
    for (const message of this.#client?.messages(ROOM) ?? []) this.#heard.set(message.number, message);
  }
}

function whenGone(error: unknown): void {
  if (!String(error).includes("It has ended")) throw error;
}
