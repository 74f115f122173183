// A client that writes the octets it is told, and keeps all that it hears as one text.
import { eventually } from "./eventually.ts";

export class TextClient {
  #socket: Bun.Socket<undefined> | undefined;
  #unsent: Buffer[] = [];
  #heard = Buffer.alloc(0);
  /** The server has sent FIN, or closed the connection in another way. */
  over = false;
  /** Octets that the kernel has taken. */
  sentBytes = 0;

  /** `authority` is the PEM of whom to trust; absent = plain TCP. */
  static async connect(port: number, authority?: string): Promise<TextClient> {
    const client = new TextClient();
    const over = (): void => void (client.over = true);
    client.#socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      allowHalfOpen: true,
      ...(authority === undefined ? {} : { tls: { ca: authority, serverName: "localhost" } }),
      socket: {
        open: (socket) => void socket.setNoDelay(true),
        data: (_, chunk) => void (client.#heard = Buffer.concat([client.#heard, chunk])),
        drain: () => client.#flush(),
        end: over,
        close: over,
        error: over,
      },
    });
    return client;
  }

  get heard(): string {
    return this.#heard.toString();
  }

  send(...pieces: readonly (string | Uint8Array)[]): this {
    for (const piece of pieces) this.#unsent.push(Buffer.from(piece));
    this.#flush();
    return this;
  }

  /** FIN; goes on reading. */
  finish(): this {
    this.#socket?.shutdown();
    return this;
  }

  close(): void {
    this.#socket?.end();
  }

  async hears(text: string): Promise<void> {
    await eventually(`"${text}"`, () => this.heard.includes(text));
  }

  async loses(): Promise<void> {
    await eventually("the end of the connection", () => this.over);
  }

  #flush(): void {
    for (let piece = this.#unsent[0]; piece !== undefined; piece = this.#unsent[0]) {
      const taken = Math.max(0, this.#socket?.write(piece) ?? 0);
      this.sentBytes += taken;
      if (taken < piece.length) {
        this.#unsent[0] = piece.subarray(taken);
        return;
      }
      this.#unsent.shift();
    }
  }
}
