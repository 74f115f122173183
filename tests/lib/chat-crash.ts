// Clients that talk with tags, over TCP and datagrams, on a server that is killed under them and started again.
import { createRandom, type Random } from "#runtime/base/random.ts";

import { ChatClient, type HeardMessage } from "./chat-client.ts";
import { eventually } from "./eventually.ts";
import { ServerProcess } from "./server-process.ts";
import { createDataFolder } from "./test-node.ts";

const TALKERS = 6;
const ROOM = "lobby";
const AT_ONCE = 3;
const KILL_MS = { least: 30, span: 220 };
const PAGE = 100;

export interface ChatReport {
  /** Messages that were acknowledged, first or when they were sent again. */
  readonly acknowledged: number;
  readonly retried: number;
  /** What is not as it should be, one line each. */
  readonly problems: readonly string[];
}

/** All who talk are in the room again after each kill, and so they are in the end. */
export async function chatThroughKills(kills: number, seed: number): Promise<ChatReport> {
  const random = createRandom(seed);
  const folder = createDataFolder();
  const talkers = Array.from({ length: TALKERS }, (_, index) => new Talker(index, createRandom(seed * 100 + index)));
  let server = await start(folder);
  try {
    for (let kill = 0; kill < kills; kill++) {
      await Promise.all(talkers.map((talker) => talker.resume(server)));
      await talkUntilKilled(server, talkers, random);
      server = await start(folder);
    }
    return await check(server, talkers);
  } finally {
    for (const talker of talkers) talker.lose();
    await server.remove();
  }
}

async function start(folder: string): Promise<ServerProcess> {
  const server = new ServerProcess({ CORREIO_LOG_LEVEL: "silent", CORREIO_CONSOLE: false }, folder);
  await server.listens();
  return server;
}

async function talkUntilKilled(server: ServerProcess, talkers: readonly Talker[], random: Random): Promise<void> {
  const talking = talkers.map((talker) => talker.talk());
  setTimeout(() => server.signal("SIGKILL"), KILL_MS.least + random.next() * KILL_MS.span);
  await server.exit();
  for (const talker of talkers) talker.lose();
  await Promise.all(talking);
}

/** Those who come back first see nobody else in the room. */
async function check(server: ServerProcess, talkers: readonly Talker[]): Promise<ChatReport> {
  const early = talkers.slice(0, TALKERS / 2);
  const problems: string[] = [];
  for (const some of [early, talkers]) {
    await Promise.all(some.map((talker) => (talker.isHere ? undefined : talker.resume(server))));
    const who = await (talkers[0] as Talker).membersNow();
    const expected = some.map(({ id }) => id).toSorted();
    if (String(who) !== String(expected)) problems.push(`In the room are ${who}, and ${expected} are connected`);
  }
  const auditor = new Talker(TALKERS, createRandom(0));
  await auditor.resume(server);
  const history = await auditor.history(ROOM);
  auditor.lose();
  for (const talker of talkers) problems.push(...(await talker.missing(history)));
  const kept = [history, ...(await Promise.all(talkers.map((talker) => talker.history(`@${talker.id}`))))];
  for (const messages of kept) problems.push(...gaps(messages));
  const numbers = numbersByText(kept.flat());
  for (const talker of talkers) problems.push(...talker.lost(numbers));
  return {
    acknowledged: talkers.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0),
    retried: talkers.reduce((sum, { retried }) => sum + retried, 0),
    problems,
  };
}

function gaps(messages: readonly HeardMessage[]): readonly string[] {
  return messages.flatMap(({ place, number }, index) =>
    number === index + 1 ? [] : [`Message ${index + 1} of ${place} has the number ${number}`],
  );
}

/** Every text is said once: with more numbers it is there more than once. */
function numbersByText(messages: readonly HeardMessage[]): ReadonlyMap<string, readonly number[]> {
  const numbers = new Map<string, number[]>();
  for (const { text, number } of messages) numbers.set(text, [...(numbers.get(text) ?? []), number]);
  return numbers;
}

class Talker {
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

  constructor(index: number, random: Random) {
    this.id = `c${index}`;
    this.#next = `c${(index + 1) % TALKERS}`;
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
