// One of thousands of players in one process: a TLS connection, lines in and lines out, both counted.

import type { Socket } from "bun";

import { CERTIFICATE_NAME, HOST } from "./match-stream.ts";

export interface LoadOctets {
  sent: number;
  received: number;
}

export interface LoadPlayerOptions {
  readonly port: number;
  readonly certificate: string;
  readonly name: string;
  readonly key: string;
  /** Counted here for all players together. */
  readonly octets: LoadOctets;
  /** The connection is gone, without having been told to go. */
  readonly lost: () => void;
}

/** `atMs` is when the piece came that ended the line, of `performance.now`. */
export type Heard = (player: LoadPlayer, line: string, atMs: number) => void;

export class LoadPlayer {
  readonly name: string;
  /** Lines are dropped until somebody listens. */
  heard: Heard = () => undefined;
  readonly #options: LoadPlayerOptions;
  #socket!: Socket<LoadPlayer>;
  #carry = "";
  #isEnding = false;
  readonly #opened = Promise.withResolvers<void>();

  private constructor(options: LoadPlayerOptions) {
    this.#options = options;
    this.name = options.name;
  }

  /** Resolves once the server has taken the key; rejects with what it said instead. */
  static async connect(options: LoadPlayerOptions): Promise<LoadPlayer> {
    const player = new LoadPlayer(options);
    const opened = player.#opened;
    player.heard = (_player, line) => {
      if (line.startsWith("resumeACK;")) opened.resolve();
      else opened.reject(new Error(`${options.name} was answered ${line}`));
    };
    player.#socket = await Bun.connect<LoadPlayer>({
      hostname: HOST,
      port: options.port,
      data: player,
      tls: { ca: options.certificate, serverName: CERTIFICATE_NAME },
      socket: {
        ...handlers,
        open(socket) {
          player.#socket = socket;
          socket.setNoDelay(true);
        },
        handshake(_socket, isSuccess, error) {
          if (isSuccess && error === null) player.send(`resume;${options.name};${options.key}`);
          else opened.reject(error ?? new Error("The server does not speak TLS"));
        },
        error: (_socket, error) => opened.reject(error),
      },
    });
    await opened.promise;
    player.heard = () => undefined;
    return player;
  }

  send(line: string): void {
    const text = `${line}\n`;
    const taken = this.#socket.write(text);
    this.#options.octets.sent += taken;
    if (taken !== text.length) throw new Error(`The kernel took ${taken} of ${text.length} octets`);
  }

  end(): void {
    this.#isEnding = true;
    this.#socket.end();
  }

  received(chunk: Buffer): void {
    const atMs = performance.now();
    this.#options.octets.received += chunk.length;
    const lines = (this.#carry + chunk.toString("latin1")).split("\n");
    this.#carry = lines.pop() ?? "";
    for (const line of lines) this.heard(this, line, atMs);
  }

  closed(): void {
    this.#opened.reject(new Error(`The server closed the connection of ${this.name}`));
    if (!this.#isEnding) this.#options.lost();
  }
}

const handlers = {
  data: (socket: Socket<LoadPlayer>, chunk: Buffer): void => socket.data.received(chunk),
  close: (socket: Socket<LoadPlayer>): void => socket.data.closed(),
};
