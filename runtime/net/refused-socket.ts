// Connections that are not admitted: each is told why, may finish what it is sending, and is closed.
import { Timer, type TimerOwner, type TimerWheel } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import type { ConnectionSocket, Pairing, SocketEvents } from "./connection-host.ts";

/**
 * Closing at once, with bytes of the peer unread, would reset the connection: a client that writes before it reads
 * would see an error instead of the reason. So a bounded number of them is read and ignored for a while.
 */
export class RefusedSockets {
  readonly #wheel: TimerWheel;
  readonly #lingerMs: number;
  /** Sockets that are told and not closed yet. */
  lingering = 0;

  constructor(wheel: TimerWheel, lingerMs: number) {
    this.#wheel = wheel;
    this.#lingerMs = lingerMs;
  }

  add(socket: ConnectionSocket, { protocol, transport }: Pairing, reason: string): SocketEvents {
    const refused = new RefusedSocket(socket, protocol.refusal(reason), this);
    if (transport === "tcp") refused.handshaken(true);
    if (this.lingering >= limits.refusedLingeringMax) {
      socket.close();
    } else {
      this.lingering++;
      this.#wheel.arm(refused.timer, this.#lingerMs);
    }
    return refused;
  }

  closed(timer: Timer): void {
    if (!timer.armed) return;
    this.#wheel.disarm(timer);
    this.lingering--;
  }
}

class RefusedSocket implements SocketEvents, TimerOwner {
  readonly timer = new Timer(this);
  readonly #socket: ConnectionSocket;
  readonly #message: Uint8Array;
  readonly #all: RefusedSockets;

  constructor(socket: ConnectionSocket, message: Uint8Array, all: RefusedSockets) {
    this.#socket = socket;
    this.#message = message;
    this.#all = all;
  }

  /** The only write outside a connection's writer: one message, so short that a new socket takes it whole. */
  handshaken(success: boolean): void {
    if (!success) return;
    this.#socket.write(this.#message, 0, this.#message.length);
    this.#socket.shutdown();
  }

  received(): void {
    // What it wants does not matter any more.
  }

  drained(): void {
    // The message is out already.
  }

  peerFinished(): void {
    this.#socket.close();
  }

  socketClosed(): void {
    this.#all.closed(this.timer);
  }

  failed(): void {
    this.#socket.close();
  }

  timerFired(): void {
    this.#all.lingering--;
    this.#socket.close();
  }
}
