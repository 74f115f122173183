// One connection of a match client, plain or TLS: text in and out, and every octet of it counted.

import type { Socket, TCPSocketListener } from "bun";

export const HOST = "127.0.0.1";
/** What the server's certificate is for, wherever it runs. */
export const CERTIFICATE_NAME = "jogo-da-velha-server";
const ANSWER_WITHIN_MS = 30_000;

export interface StreamCount {
  /** Of text, before encryption and after decryption. */
  readonly sent: number;
  readonly received: number;
  /** Octets of the first message each way: records of a handshake are those before it. */
  readonly firstSent: number;
  readonly firstReceived: number;
  /** By which a packet counter knows the connection. */
  readonly localPort: number;
  readonly remotePort: number;
}

interface Awaited {
  readonly pattern: RegExp;
  readonly found: PromiseWithResolvers<RegExpExecArray>;
}

/** What came and was not taken yet is kept; existing clients are told where a message ends by time alone. */
export class MatchStream {
  readonly #awaited: Awaited[] = [];
  #socket: Socket<MatchStream> | undefined;
  #unread = "";
  #count = { sent: 0, received: 0, firstSent: 0, firstReceived: 0, localPort: 0, remotePort: 0 };
  /** Called for each piece that came, and when the connection is gone. */
  heard: (text: string) => void = () => undefined;
  closed: () => void = () => undefined;

  /** With a certificate the connection is TLS, and open only once it has been checked. */
  static async connect(port: number, certificate?: string): Promise<MatchStream> {
    const stream = new MatchStream();
    const opened = Promise.withResolvers<void>();
    await Bun.connect<MatchStream>({
      hostname: HOST,
      port,
      data: stream,
      ...(certificate !== undefined && { tls: { ca: certificate, serverName: CERTIFICATE_NAME } }),
      socket: {
        ...handlers,
        open(socket) {
          handlers.open(socket);
          if (certificate === undefined) opened.resolve();
        },
        handshake(_socket, isSuccess, error) {
          if (isSuccess && error === null) opened.resolve();
          else opened.reject(error ?? new Error("The server does not speak TLS"));
        },
        error: (_socket, error) => opened.reject(error),
      },
    });
    await opened.promise;
    return stream;
  }

  /** Each connection that comes is a stream of its own. */
  static listen(accepted: (stream: MatchStream) => void): TCPSocketListener<MatchStream> {
    return Bun.listen<MatchStream>({
      hostname: HOST,
      port: 0,
      socket: {
        ...handlers,
        open(socket) {
          socket.data = new MatchStream();
          handlers.open(socket);
          accepted(socket.data);
        },
      },
    });
  }

  get count(): StreamCount {
    return { ...this.#count };
  }

  /** Messages are short: what the kernel does not take at once is an error. */
  send(text: string): void {
    const taken = this.#socket?.write(text) ?? 0;
    if (taken !== text.length) throw new Error(`The kernel took ${taken} of ${text.length} octets`);
    this.#count.sent += taken;
    if (this.#count.firstSent === 0) this.#count.firstSent = taken;
  }

  /** Resolves with the first match in what was not taken yet, and takes it out. */
  async take(pattern: RegExp, withinMs = ANSWER_WITHIN_MS): Promise<RegExpExecArray> {
    const found = Promise.withResolvers<RegExpExecArray>();
    const awaited = { pattern, found };
    this.#awaited.push(awaited);
    this.#look();
    const late = (): void => found.reject(new Error(`No ${pattern.source} in "${this.#unread}"`));
    const timeout = setTimeout(late, withinMs);
    return await found.promise.finally(() => {
      clearTimeout(timeout);
      if (this.#awaited.includes(awaited)) this.#awaited.splice(this.#awaited.indexOf(awaited), 1);
    });
  }

  async ask(text: string, pattern: RegExp, withinMs?: number): Promise<RegExpExecArray> {
    const answer = this.take(pattern, withinMs);
    this.send(text);
    return await answer;
  }

  end(): void {
    this.#socket?.end();
  }

  opened(socket: Socket<MatchStream>): void {
    socket.setNoDelay(true);
    this.#socket = socket;
    // A socket that is closed has forgotten them.
    Object.assign(this.#count, { localPort: socket.localPort, remotePort: socket.remotePort });
  }

  received(chunk: Buffer): void {
    this.#count.received += chunk.length;
    if (this.#count.firstReceived === 0) this.#count.firstReceived = chunk.length;
    const text = chunk.toString("latin1");
    this.#unread += text;
    this.heard(text);
    this.#look();
  }

  lost(): void {
    for (const { found, pattern } of this.#awaited.splice(0)) {
      found.reject(new Error(`The connection ended before ${pattern.source}`));
    }
    this.closed();
  }

  #look(): void {
    for (const awaited of Array.from(this.#awaited)) {
      const found = awaited.pattern.exec(this.#unread);
      if (found === null) continue;
      this.#unread = this.#unread.slice(0, found.index) + this.#unread.slice(found.index + found[0].length);
      this.#awaited.splice(this.#awaited.indexOf(awaited), 1);
      awaited.found.resolve(found);
    }
  }
}

const handlers = {
  open: (socket: Socket<MatchStream>): void => socket.data.opened(socket),
  data: (socket: Socket<MatchStream>, chunk: Buffer): void => socket.data.received(chunk),
  close: (socket: Socket<MatchStream>): void => socket.data.lost(),
};
