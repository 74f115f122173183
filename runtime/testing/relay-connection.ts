// One TCP connection through the relay: two sockets, and a pipe each way between them.
import { FlowChance } from "./relay-chance.ts";
import type { Way } from "./relay-faults.ts";
import { type OutletSocket, SocketOutlet } from "./relay-outlet.ts";
import { type StreamLink, StreamPipe } from "./relay-stream.ts";

export interface EndSocket extends OutletSocket {
  pause(): void;
  resume(): void;
}

/** One of the two sockets: what it says goes into the pipe, what it is to hear comes out of the other one. */
export class ConnectionEnd {
  readonly outlet = new SocketOutlet();
  readonly #connection: RelayedConnection;
  readonly #way: Way;
  #socket: EndSocket | undefined;
  #ended = false;
  #closed = false;

  /** `way` is where what this end says goes. */
  constructor(connection: RelayedConnection, way: Way) {
    this.#connection = connection;
    this.#way = way;
  }

  get closed(): boolean {
    return this.#closed;
  }

  opened(socket: EndSocket): void {
    this.#socket = socket;
    this.outlet.attach(socket);
    this.#connection.pipeTo(this.#way).run();
  }

  received(chunk: Uint8Array): void {
    this.#connection.pipeFrom(this.#way).received(chunk);
  }

  drained(): void {
    this.outlet.drained();
    this.#connection.pipeTo(this.#way).run();
  }

  peerFinished(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#connection.pipeFrom(this.#way).finished();
  }

  /** When both sides have sent FIN, Bun tells of the peer's only by closing. */
  socketClosed(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    const inOrder = error === undefined && this.outlet.finished;
    this.outlet.closed();
    if (inOrder) this.peerFinished();
    else this.#connection.pipeFrom(this.#way).broken();
    this.#connection.pipeTo(this.#way).run();
    this.#connection.endClosed();
  }

  read(reading: boolean): void {
    if (this.#closed) return;
    if (reading) this.#socket?.resume();
    else this.#socket?.pause();
  }
}

export interface ConnectionParts {
  readonly up: StreamLink;
  readonly down: StreamLink;
  readonly seed: number;
  /** Counts from 0. */
  readonly number: number;
  /** Nothing is left of it. */
  readonly gone: (connection: RelayedConnection, reset: boolean) => void;
}

export class RelayedConnection {
  readonly client = new ConnectionEnd(this, "up");
  readonly server = new ConnectionEnd(this, "down");
  readonly #parts: ConnectionParts;
  readonly #up: StreamPipe;
  readonly #down: StreamPipe;
  #over = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#up = this.#createPipe("up", this.client, this.server);
    this.#down = this.#createPipe("down", this.server, this.client);
  }

  /** What the end says that sends in that way goes into the one, what it hears comes out of the other. */
  pipeFrom(way: Way): StreamPipe {
    return way === "up" ? this.#up : this.#down;
  }

  pipeTo(way: Way): StreamPipe {
    return way === "up" ? this.#down : this.#up;
  }

  /** Both ends get RST at once; what was on its way is lost. */
  reset(): void {
    this.#end(true);
  }

  endClosed(): void {
    if (this.client.closed && this.server.closed) this.#end(false);
  }

  #end(reset: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#up.stop();
    this.#down.stop();
    this.client.outlet.reset();
    this.server.outlet.reset();
    this.#parts.gone(this, reset);
  }

  #createPipe(way: Way, from: ConnectionEnd, to: ConnectionEnd): StreamPipe {
    const { seed, number } = this.#parts;
    return new StreamPipe(this.#parts[way], new FlowChance(seed, way, number), {
      outlet: to.outlet,
      read: (reading) => from.read(reading),
      passedEnough: () => this.reset(),
    });
  }
}
