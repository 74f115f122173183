// A connection that this node makes: over `node:net`, because of Bun's own sockets none can be given up on its way.
import { connect, type Socket } from "node:net";

import { asError } from "../base/as-error.ts";
import type { ConnectionSocket, SocketEvents } from "./connection-host.ts";
import { KEEP_ALIVE_IDLE_MS } from "./keep-alive.ts";

export interface DialEvents {
  opened(): void;
  /** It was not: why, where that is known. No more is heard of it. */
  notOpened(error: Error | undefined): void;
  /** It was, and is over. */
  closed?(): void;
}

/** Takes one piece at a time, as the kernel takes only so much: the writer keeps the rest. */
export class DialledSocket implements ConnectionSocket {
  data: SocketEvents | undefined;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly #socket: Socket;
  readonly #events: DialEvents;
  #isOpen = false;
  #isOver = false;

  /** Throws where these are no address and no port. */
  constructor(remoteAddress: string, remotePort: number, events: DialEvents) {
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
    this.#events = events;
    this.#socket = connect({
      host: remoteAddress,
      port: remotePort,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_IDLE_MS,
    });
    this.#listen();
  }

  write(bytes: Uint8Array, offset: number, length: number): number {
    if (this.#isOver) return -1;
    if (this.#socket.writableLength > 0) return 0;
    // What is given belongs to the writer, and waits here for the kernel.
    this.#socket.write(Buffer.from(bytes.subarray(offset, offset + length)), this.#written);
    return length;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  shutdown(): void {
    if (!this.#isOver) this.#socket.end();
  }

  close(): void {
    this.#socket.destroy();
    this.#over();
  }

  terminate(): void {
    this.#socket.resetAndDestroy();
    this.#over();
  }

  /** Nobody is told; the kernel tries no further. */
  giveUp(): void {
    this.#isOver = true;
    this.#socket.destroy();
  }

  #listen(): void {
    let error: Error | undefined;
    this.#socket.on("connect", () => {
      if (!this.#isOver) this.#opened();
    });
    // `close` follows.
    this.#socket.on("error", (cause) => (error = cause));
    this.#socket.on("close", () => {
      if (this.#isOver) return;
      if (this.#isOpen) return this.#over();
      this.#isOver = true;
      this.#events.notOpened(error);
    });
    this.#socket.on("data", (chunk: Buffer) => this.#tell((heard) => heard.received(chunk)));
    this.#socket.on("end", () => this.#tell((heard) => heard.peerFinished()));
  }

  #opened(): void {
    this.#isOpen = true;
    try {
      this.#events.opened();
    } catch (error) {
      this.#fail(error);
    }
  }

  readonly #written = (): void => this.#tell((heard) => heard.drained());

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.data?.socketClosed();
    this.#events.closed?.();
  }

  #tell(act: (heard: SocketEvents) => void): void {
    if (this.#isOver || this.data === undefined) return;
    try {
      act(this.data);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Thrown on, it would end the process: nothing stands above an event of `node:net`. */
  #fail(error: unknown): void {
    if (this.data === undefined) this.terminate();
    else this.data.failed(asError(error));
  }
}
