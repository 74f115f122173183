// Owns every byte that a connection sends: Bun's write drops what the kernel does not accept, so that is kept here.

/** The part of a Bun socket that the writer uses; nothing else may call it. */
interface WritableSocket {
  write(bytes: Buffer, offset: number, lengthBytes: number): number;
  shutdown(): void;
}

const EMPTY = Buffer.alloc(0);

export class SocketWriter {
  #waiting: Buffer = EMPTY;
  #finishing = false;
  #acceptedBytes = 0;

  /** Bytes that the kernel has taken so far. */
  get acceptedBytes(): number {
    return this.#acceptedBytes;
  }

  /** False while bytes wait for `drain`: nothing new should be written then. */
  get isFree(): boolean {
    return this.#waiting.length === 0;
  }

  /** Sends the first `lengthBytes` of `bytes` and keeps a copy of what is not accepted: `bytes` may be reused. */
  write(socket: WritableSocket, bytes: Buffer, lengthBytes: number): void {
    if (this.#waiting.length > 0) {
      this.#waiting = Buffer.concat([this.#waiting, bytes.subarray(0, lengthBytes)]);
      return;
    }
    const accepted = this.#send(socket, bytes, lengthBytes);
    if (accepted < lengthBytes) this.#waiting = Buffer.from(bytes.subarray(accepted, lengthBytes));
  }

  /** To be called on the socket's drain event, with or without anything waiting. */
  drain(socket: WritableSocket): void {
    if (this.#waiting.length === 0) return;
    const accepted = this.#send(socket, this.#waiting, this.#waiting.length);
    this.#waiting = accepted < this.#waiting.length ? this.#waiting.subarray(accepted) : EMPTY;
    if (this.#finishing && this.isFree) socket.shutdown();
  }

  /** Ends our side of the stream once everything has been sent; the peer can still be heard. */
  finish(socket: WritableSocket): void {
    this.#finishing = true;
    if (this.isFree) socket.shutdown();
  }

  /** A closed socket accepts nothing (-1); its close event tells the rest. */
  #send(socket: WritableSocket, bytes: Buffer, lengthBytes: number): number {
    const accepted = Math.max(socket.write(bytes, 0, lengthBytes), 0);
    this.#acceptedBytes += accepted;
    return accepted;
  }
}
