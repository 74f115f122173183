// A match client over WebSocket, seen as lines: asks, waits for what is sent, and closes or vanishes.
import { eventually } from "./eventually.ts";

const UNKNOWN = "Comando Não Reconhecido";

export class WebMatchClient {
  /** What came and was not taken. */
  readonly lines: string[] = [];
  /** Code and reason, once it is over. */
  ended: string | undefined;
  readonly socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => void this.lines.push(String(data)));
    socket.addEventListener("close", ({ code, reason }) => void (this.ended = `${code} ${reason}`));
  }

  /** `authority`: PEM of whom to trust; absent = without TLS. */
  static async connect(httpPort: number, authority?: string): Promise<WebMatchClient> {
    const url = `${authority === undefined ? "ws" : "wss"}://127.0.0.1:${httpPort}/match`;
    const trust = authority === undefined ? {} : { tls: { ca: authority } };
    const client = new WebMatchClient(new WebSocket(url, trust as never));
    await new Promise((resolve, reject) => {
      client.socket.addEventListener("open", resolve);
      client.socket.addEventListener("error", reject);
    });
    return client;
  }

  /** With a new account, logged in. */
  static async player(httpPort: number, name: string): Promise<WebMatchClient> {
    const client = await WebMatchClient.connect(httpPort);
    await client.ask(`adduser;${name};segredo`);
    await client.ask(`login;${name};segredo`);
    return client;
  }

  send(...messages: readonly string[]): void {
    for (const message of messages) this.socket.send(message);
  }

  /** The reply; what else comes stays. */
  ask(message: string): Promise<string> {
    this.send(message);
    const word = message.split(";", 1)[0] ?? "";
    return this.#take(`the reply to "${message}"`, (line) => line === UNKNOWN || isReplyTo(word, line));
  }

  /** The first line that begins so. */
  take(start: string): Promise<string> {
    return this.#take(`a line "${start}…"`, (line) => line.startsWith(start));
  }

  async ends(): Promise<string> {
    await eventually("the end of the connection", () => this.ended !== undefined);
    return this.ended ?? "";
  }

  async #take(what: string, isWanted: (line: string) => boolean): Promise<string> {
    await eventually(what, () => this.lines.some(isWanted));
    return this.lines.splice(this.lines.findIndex(isWanted), 1)[0] ?? "";
  }
}

function isReplyTo(word: string, line: string): boolean {
  return [`${word}ACK`, `${word}ERR`].some((reply) => line === reply || line.startsWith(`${reply};`));
}
