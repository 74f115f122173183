// A client whose every byte a test decides: it writes what it is told, keeps what it hears, or reads nothing at all.
import { eventually } from "./eventually.ts";
import { type Reply, ReplyStream } from "./frames.ts";

export interface WireClientOptions {
  /** PEM of the authority to trust; absent = plain TCP. */
  readonly authority?: string;
  readonly reading?: boolean;
}

type Fate = "open" | "ended" | "closed";

export class WireClient {
  #socket: Bun.Socket<undefined> | undefined;
  readonly #stream = new ReplyStream();
  #unsent: Buffer[] = [];
  #finishing = false;
  /** What became of the connection: `ended` = the server has sent FIN. */
  fate: Fate = "open";
  bytesIn = 0;
  /** The first thing the server sent that was no reply. */
  broken: Error | undefined;

  static async connect(port: number, options: WireClientOptions = {}): Promise<WireClient> {
    const client = new WireClient();
    const tls = options.authority === undefined ? undefined : { ca: options.authority, serverName: "localhost" };
    const connected = Promise.withResolvers<void>();
    const ready = (): void => connected.resolve();
    client.#socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      allowHalfOpen: true,
      ...(tls === undefined ? {} : { tls }),
      socket: {
        open: (socket) => {
          socket.setNoDelay(true);
          if (tls === undefined) ready();
        },
        handshake: ready,
        data: (_, chunk) => client.#received(chunk),
        drain: () => client.#flush(),
        end: () => void (client.fate = "ended"),
        close: () => {
          client.fate = "closed";
          ready();
        },
        error: () => undefined,
      },
    });
    await connected.promise;
    if (options.reading === false) client.#socket.pause();
    return client;
  }

  get localPort(): number {
    return this.#socket?.localPort ?? 0;
  }

  get replies(): readonly Reply[] {
    return this.#stream.replies;
  }

  /** Ids of the replies, in the order they came. */
  get ids(): (number | string | null)[] {
    return this.replies.map((reply) => reply.message_id);
  }

  /** Bytes of a reply that is not whole. */
  get partialBytes(): number {
    return this.#stream.partialBytes;
  }

  /** Nothing that was given to `send` waits here any more. */
  get sent(): boolean {
    return this.#unsent.length === 0;
  }

  send(...pieces: readonly Uint8Array[]): this {
    for (const piece of pieces) this.#unsent.push(Buffer.from(piece));
    this.#flush();
    return this;
  }

  /** FIN once everything is sent; goes on reading. */
  finish(): this {
    this.#finishing = true;
    this.#flush();
    return this;
  }

  read(): void {
    this.#socket?.resume();
  }

  close(): void {
    this.#socket?.end();
  }

  /** RST. */
  reset(): void {
    this.#socket?.terminate();
  }

  hears(count: number, withinMs?: number): Promise<void> {
    const what = (): boolean => this.replies.length >= count || this.broken !== undefined;
    return eventually(`reply number ${count}`, what, withinMs);
  }

  /** Resolves when the server has ended the connection, in order or not. */
  loses(withinMs?: number): Promise<void> {
    return eventually("the end of the connection", () => this.fate !== "open", withinMs);
  }

  #received(chunk: Buffer): void {
    this.bytesIn += chunk.length;
    try {
      this.#stream.push(chunk);
    } catch (error) {
      this.broken ??= error as Error;
    }
  }

  #flush(): void {
    const socket = this.#socket;
    if (socket === undefined || this.fate === "closed") return;
    while (this.#unsent.length > 0) {
      const piece = this.#unsent[0] as Buffer;
      const taken = Math.max(0, socket.write(piece));
      if (taken < piece.length) {
        this.#unsent[0] = piece.subarray(taken);
        return;
      }
      this.#unsent.shift();
    }
    if (!this.#finishing) return;
    this.#finishing = false;
    socket.shutdown();
  }
}
