// One connection of a match client, plain or TLS: it sends what it is told, keeps what it hears, and asks in lines.
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import { eventually } from "./eventually.ts";

export interface MatchConnectionOptions {
  /** PEM of whom to trust; absent = plain TCP. */
  readonly authority?: string;
  /** Whom it is to be; the match server unless told otherwise. */
  readonly name?: string;
  /** Address of this machine to come from. */
  readonly from?: string;
}

const UNKNOWN = "Comando Não Reconhecido";

export class MatchConnection {
  readonly socket: Socket;
  heard = "";
  /** The server has sent FIN, or the connection is gone. */
  over = false;
  readonly #lines: string[] = [];
  /** Where what is not a whole line yet begins. */
  #partialFrom = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    const end = (): void => void (this.over = true);
    socket.setNoDelay(true);
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => (this.heard += text));
    for (const event of ["end", "error", "close"]) socket.on(event, end);
  }

  /** Rejects where there is no connection, or no handshake. */
  static async connect(port: number, options: MatchConnectionOptions = {}): Promise<MatchConnection> {
    const { authority, name = "jogo-da-velha-server", from } = options;
    const where = { host: "127.0.0.1", port, ...(from === undefined ? {} : { localAddress: from }) };
    const trust = { ca: authority, servername: name };
    const socket = authority === undefined ? connect(where) : connectTls({ ...where, ...trust });
    const connection = new MatchConnection(socket);
    const opened = Promise.withResolvers<void>();
    socket.on(authority === undefined ? "connect" : "secureConnect", () => opened.resolve());
    socket.on("error", (error) => opened.reject(error));
    socket.on("close", () => opened.reject(new Error(`Port ${port} closed the connection`)));
    await opened.promise;
    return connection;
  }

  /** Whole lines that came and were not taken. */
  get lines(): readonly string[] {
    this.#cut();
    return this.#lines;
  }

  /** What came behind the last line, if anything: it is looked at no more. */
  takeRest(): string {
    this.#cut();
    const rest = this.heard.slice(this.#partialFrom);
    this.#partialFrom = this.heard.length;
    return rest;
  }

  /** All that was heard. */
  forget(): void {
    this.heard = "";
    this.#partialFrom = 0;
    this.#lines.length = 0;
  }

  send(...pieces: readonly (string | Uint8Array)[]): this {
    this.socket.write(Buffer.concat(pieces.map((piece) => Buffer.from(piece as string))));
    return this;
  }

  /** One message, and its reply; what else comes stays. */
  async ask(message: string): Promise<string> {
    return (await this.askAll([message]))[0] as string;
  }

  /** As `ask`, at once; the replies in the order of the messages. */
  async askAll(messages: readonly string[]): Promise<readonly string[]> {
    this.send(messages.map((message) => `${message}\n`).join(""));
    const replies: string[] = [];
    for (const message of messages) replies.push(await this.#takeReply(message));
    return replies;
  }

  /** The first line that begins so. */
  take(start: string): Promise<string> {
    return this.#take(`a line "${start}…"`, (line) => line.startsWith(start));
  }

  async hears(text: string): Promise<void> {
    await eventually(`"${text}"`, () => this.heard.includes(text));
  }

  async loses(): Promise<void> {
    await eventually("the end of the connection", () => this.over);
  }

  close(): void {
    this.socket.destroy();
  }

  /** Such as a client that crashes: nothing is sent any more, and what comes is answered with RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  #cut(): void {
    const pieces = this.heard.slice(this.#partialFrom).split("\n");
    this.#partialFrom = this.heard.length - (pieces.pop() as string).length;
    this.#lines.push(...pieces);
  }

  #takeReply(message: string): Promise<string> {
    const word = message.split(";", 1)[0] as string;
    const isReply = (line: string): boolean =>
      line === UNKNOWN || [`${word}ACK`, `${word}ERR`].some((reply) => line === reply || line.startsWith(`${reply};`));
    return this.#take(`the reply to "${message}"`, isReply);
  }

  async #take(what: string, wanted: (line: string) => boolean): Promise<string> {
    await eventually(what, () => this.lines.some(wanted));
    return this.#lines.splice(this.#lines.findIndex(wanted), 1)[0] as string;
  }
}
