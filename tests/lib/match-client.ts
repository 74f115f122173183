// A modern match client whose server may die at any moment: it asks in lines over TLS, and hands on all else.
import { connect, type TLSSocket } from "node:tls";

const SERVER_NAME = "jogo-da-velha-server";

interface Asked {
  /** What its reply begins with. */
  readonly word: string;
  readonly answered: PromiseWithResolvers<string>;
}

export class ConnectionLost extends Error {}

export class MatchClient {
  readonly #socket: TLSSocket;
  /** Given each line that answers nothing. */
  readonly #hear: (line: string) => void;
  /** In the order in which they were sent, which is that of their replies. */
  readonly #asked: Asked[] = [];
  #isOver = false;
  #news = Promise.withResolvers<void>();

  private constructor(socket: TLSSocket, hear: (line: string) => void) {
    this.#socket = socket;
    this.#hear = hear;
  }

  /** `authority` is the PEM text of the certificate to trust. Rejects with `ConnectionLost` where there is nobody. */
  static async connect(port: number, authority: string, hear: (line: string) => void): Promise<MatchClient> {
    const socket = connect({ host: "127.0.0.1", port, ca: authority, servername: SERVER_NAME });
    const client = new MatchClient(socket, hear);
    const opened = Promise.withResolvers<void>();
    let rest = "";
    socket.setEncoding("utf8").setNoDelay(true);
    socket.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) client.#take(line);
    });
    for (const event of ["end", "error", "close"]) {
      socket.on(event, () => {
        client.lose();
        opened.reject(new ConnectionLost(`Port ${port} has no server`));
      });
    }
    socket.on("secureConnect", opened.resolve);
    await opened.promise;
    return client;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The reply. Rejects with `ConnectionLost` where there will be none. */
  async ask(command: string): Promise<string> {
    if (this.#isOver) throw new ConnectionLost("There is no connection");
    const answered = Promise.withResolvers<string>();
    this.#asked.push({ word: command.split(";", 1)[0] ?? "", answered });
    this.#socket.write(`${command}\n`);
    return answered.promise;
  }

  /** Resolves with the next line of any kind, with the end of the connection, or after this time. */
  async news(withinMs: number): Promise<void> {
    if (!this.#isOver) await Promise.race([this.#news.promise, Bun.sleep(withinMs)]);
  }

  /** As if the cable were cut; what waits for a reply is told so. */
  lose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket.destroy();
    for (const { answered } of this.#asked.splice(0)) answered.reject(new ConnectionLost("It is lost"));
    this.#tell();
  }

  #take(line: string): void {
    if (this.#isOver) return;
    const word = this.#asked[0]?.word;
    const isReply = word !== undefined && (line.startsWith(`${word}ACK`) || line.startsWith(`${word}ERR`));
    if (isReply) this.#asked.shift()?.answered.resolve(line);
    else this.#hear(line);
    this.#tell();
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}
