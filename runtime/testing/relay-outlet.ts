// The one owner of all bytes that a relay writes to a socket: Bun's `write` drops what the kernel does not take.

/** What a relay needs of a socket. */
export interface OutletSocket {
  write(bytes: Uint8Array): number;
  shutdown(): void;
  terminate(): void;
}

/** A socket that is not there yet, or does not take everything, blocks it; one that is gone takes all to nowhere. */
export class SocketOutlet {
  #socket: OutletSocket | undefined;
  #backlog: Uint8Array | undefined;
  #finished = false;
  #gone = false;

  /** Whoever writes waits. */
  get blocked(): boolean {
    return !this.#gone && (this.#socket === undefined || this.#backlog !== undefined);
  }

  get backlogBytes(): number {
    return this.#backlog?.length ?? 0;
  }

  /** It is reset, or closed by its peer. */
  get gone(): boolean {
    return this.#gone;
  }

  /** FIN was sent. */
  get finished(): boolean {
    return this.#finished;
  }

  attach(socket: OutletSocket): void {
    this.#socket = socket;
    if (this.#gone) socket.terminate();
  }

  /** Not while it is blocked. */
  write(bytes: Uint8Array): void {
    if (this.#gone || this.#socket === undefined) return;
    const taken = Math.max(0, this.#socket.write(bytes));
    if (taken < bytes.length) this.#backlog = bytes.subarray(taken);
  }

  /** The socket takes bytes again. */
  drained(): void {
    const backlog = this.#backlog;
    this.#backlog = undefined;
    if (backlog !== undefined) this.write(backlog);
  }

  /** FIN. Not while it is blocked. */
  finish(): void {
    if (this.#gone || this.#finished) return;
    this.#finished = true;
    this.#socket?.shutdown();
  }

  /** RST, also when the socket comes later. */
  reset(): void {
    if (this.#gone) return;
    this.closed();
    this.#socket?.terminate();
  }

  /** The socket is gone. */
  closed(): void {
    this.#gone = true;
    this.#backlog = undefined;
  }
}
