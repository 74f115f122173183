// A client of the text commands over any of the four ways, seen as lines: asks, hears events, leaves or vanishes.
import { connect as connectTcp } from "node:net";

import type { Ended } from "#runtime/datagrams/ending.ts";
import { DatagramClient } from "#runtime/net/datagram-client.ts";

import { eventually } from "./eventually.ts";

const HOST = "127.0.0.1";
const LINE_ENDING = /\r?\n$/;
const MESSAGE = /^\* (\S+) (\d+) \S+ ([^\s:]+): (.*)$/;

/** What carries the lines. */
interface Way {
  send(line: string): void;
  /** In order, as far as there is one. */
  close(): void;
  /** As if the cable had been cut: nobody is told more than the kernel does. */
  vanish(): void;
}

export interface HeardMessage {
  readonly place: string;
  readonly number: number;
  readonly from: string;
  readonly text: string;
}

type Answered = PromiseWithResolvers<string>;

export class ChatClient {
  /** Lines without their endings; replies to `ask` are not among them. */
  readonly lines: string[] = [];
  /** How it ended, once it has. */
  ended: string | undefined;
  readonly #answers = new Map<string, Answered>();
  readonly #name: string;
  #way: Way | undefined;
  #asked = 0;

  /** Tags begin with `name`, so that no two clients have the same. */
  private constructor(name: string) {
    this.#name = name;
  }

  static async overTcp(port: number, name = "t"): Promise<ChatClient> {
    const client = new ChatClient(name);
    let rest = "";
    const socket = connectTcp({ host: HOST, port, noDelay: true });
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) client.#hear(line);
    });
    socket.on("close", () => client.#end("closed"));
    socket.on("error", () => client.#end("lost"));
    socket.on("end", () => socket.end());
    await new Promise<void>((resolve, reject) => void socket.once("connect", resolve).once("error", reject));
    const send = (line: string): void => void socket.write(line);
    return client.#over({ send, close: () => void socket.end(), vanish: () => void socket.resetAndDestroy() });
  }

  static async overDatagrams(port: number, name = "d", quick = false): Promise<ChatClient> {
    const client = new ChatClient(name);
    const channel = await DatagramClient.connect({
      address: HOST,
      port,
      profile: { local: true, quick },
      received: (text) => client.#hear(text),
      ended: ({ by, code }: Ended) => client.#end(`${by} ${code}`),
    });
    const send = (line: string): void => void channel.send(line.replace(LINE_ENDING, ""));
    return client.#over({ send, close: () => channel.finish(), vanish: () => channel.drop() });
  }

  static async overUdpText(port: number, name = "u"): Promise<ChatClient> {
    const client = new ChatClient(name);
    const socket = await Bun.udpSocket({
      hostname: HOST,
      socket: { data: (_, octets) => client.#hear(octets.toString()), error: () => undefined },
    });
    const send = (line: string): void => void socket.send(line, port, HOST);
    client.#over({ send, close: () => socket.close(), vanish: () => socket.close() });
    client.say("HELLO anybody");
    await client.hears("COOKIE");
    client.say(/COOKIE \S{27}$/.exec(client.lines[0] ?? "")?.[0] ?? "");
    await client.hears("COOKIE: ok");
    client.lines.length = 0;
    return client;
  }

  static async overWeb(httpPort: number, name = "w"): Promise<ChatClient> {
    const client = new ChatClient(name);
    const socket = new WebSocket(`ws://${HOST}:${httpPort}/chat`);
    socket.addEventListener("message", ({ data }) => client.#hear(String(data)));
    socket.addEventListener("close", ({ code, reason }) => client.#end(`${code} ${reason}`));
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    const send = (line: string): void => socket.send(line.replace(LINE_ENDING, ""));
    return client.#over({ send, close: () => socket.close(), vanish: () => socket.terminate() });
  }

  say(line: string): void {
    this.#way?.send(`${line}\n`);
  }

  /** The reply without its tag. Rejects when the connection ends before that. */
  ask(line: string, tag = `${this.#name}.${++this.#asked}`): Promise<string> {
    if (this.ended !== undefined) return Promise.reject(new Error(`It has ended: ${this.ended}`));
    const answered = Promise.withResolvers<string>();
    this.#answers.set(tag, answered);
    this.say(`#${tag} ${line}`);
    return answered.promise;
  }

  /** Every reply, in order of the lines. */
  async askAll(...lines: readonly string[]): Promise<readonly string[]> {
    return Promise.all(lines.map((line) => this.ask(line)));
  }

  messages(place: string): readonly HeardMessage[] {
    return this.lines.flatMap((line) => {
      const [, where = "", number, from = "", text = ""] = MESSAGE.exec(line) ?? [];
      return where === place ? [{ place, number: Number(number), from, text }] : [];
    });
  }

  async hears(text: string): Promise<void> {
    await eventually(`"${text}"`, () => this.lines.some((line) => line.includes(text)));
  }

  /** So many messages of that place. */
  async hearsMessages(place: string, count: number): Promise<readonly HeardMessage[]> {
    await eventually(`${count} messages of ${place}`, () => this.messages(place).length >= count);
    return this.messages(place);
  }

  async ends(): Promise<string> {
    await eventually("the end of the connection", () => this.ended !== undefined);
    return this.ended ?? "";
  }

  close(): void {
    this.#way?.close();
  }

  vanish(): void {
    this.#way?.vanish();
    this.#end("vanished");
  }

  #over(way: Way): this {
    this.#way = way;
    return this;
  }

  #hear(text: string): void {
    const line = text.replace(LINE_ENDING, "");
    const [, tag = "", reply = ""] = /^#(\S+) (.*)$/.exec(line) ?? [];
    const answered = this.#answers.get(tag);
    if (answered === undefined) return void this.lines.push(line);
    this.#answers.delete(tag);
    answered.resolve(reply);
  }

  #end(how: string): void {
    if (this.ended !== undefined) return;
    this.ended = how;
    for (const { promise, reject } of this.#answers.values()) {
      // Whoever has stopped waiting is not told.
      promise.catch(() => undefined);
      reject(new Error(`It has ended: ${how}`));
    }
    this.#answers.clear();
  }
}
