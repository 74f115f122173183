// One TCP connection of a load: behind an opening it gives out whatever comes, and keeps what the kernel does not take.

import type { Socket } from "bun";

/** What both sides say before anything else. */
export interface Opening {
  readonly hello: Uint8Array;
  /** How many of the octets received belong to it; undefined while it is not over. */
  end(received: Buffer): number | undefined;
}

export interface StreamOptions {
  readonly port: number;
  readonly opening: Opening;
  readonly heard: (chunk: Buffer) => void;
  /** Told once, when the other side closes. */
  readonly lost: () => void;
}

export class LoadStream {
  readonly #options: StreamOptions;
  readonly #opened = Promise.withResolvers<void>();
  #socket: Socket<undefined> | undefined;
  #beginning: Buffer | undefined = Buffer.alloc(0);
  readonly #unsent: Uint8Array[] = [];
  #isPaused = false;

  private constructor(options: StreamOptions) {
    this.#options = options;
  }

  /** Resolves when the opening is over. */
  static async open(options: StreamOptions): Promise<LoadStream> {
    const stream = new LoadStream(options);
    const lost = (): void => stream.#lost();
    stream.#socket = await Bun.connect<undefined>({
      hostname: "127.0.0.1",
      port: options.port,
      socket: {
        data: (_socket, chunk) => stream.#received(chunk),
        drain: () => stream.#drain(),
        close: lost,
        error: lost,
      },
    });
    stream.#socket.setNoDelay(true);
    stream.send(options.opening.hello);
    stream.#open(Buffer.alloc(0));
    await stream.#opened.promise;
    return stream;
  }

  /** The octets must stay as they are. */
  send(octets: Uint8Array): void {
    this.#unsent.push(octets);
    if (this.#unsent.length === 1) this.#drain();
  }

  /** Nothing is read while it is. */
  set isPaused(isPaused: boolean) {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#socket?.pause();
    else this.#socket?.resume();
  }

  /** Nothing more is heard of it. */
  end(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
  }

  #received(chunk: Buffer): void {
    if (this.#beginning === undefined) this.#options.heard(chunk);
    else this.#open(chunk);
  }

  #open(chunk: Buffer): void {
    const received = Buffer.concat([this.#beginning ?? chunk, chunk]);
    const end = this.#options.opening.end(received);
    this.#beginning = end === undefined ? received : undefined;
    if (end === undefined) return;
    this.#opened.resolve();
    if (end < received.length) this.#options.heard(received.subarray(end));
  }

  #drain(): void {
    for (let [first] = this.#unsent; first !== undefined; [first] = this.#unsent) {
      const taken = Math.max(0, this.#socket?.write(first) ?? 0);
      if (taken < first.length) {
        this.#unsent[0] = first.subarray(taken);
        return;
      }
      this.#unsent.shift();
    }
  }

  #lost(): void {
    if (this.#socket === undefined) return;
    this.#socket = undefined;
    this.#opened.reject(new Error("The server closed a connection in its opening"));
    this.#options.lost();
  }
}
