// Sockets that get no connection: each is told why, may finish what it is sending, and is closed.
import { Timer, type TimerOwner, type TimerWheel } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import type { ConnectionSocket, Door, SocketEvents } from "./connection-host.ts";

/**
 * Closing at once, with bytes of the peer unread, would reset the connection: a client that writes before it reads
 * would see an error instead of the reason. So a bounded number of them is read and ignored for a while.
 */
export class RefusedSockets {
  readonly wheel: TimerWheel;
  readonly lingerMs: number;
  /** Sockets that are not closed yet. */
  lingering = 0;

  constructor(wheel: TimerWheel, lingerMs: number) {
    this.wheel = wheel;
    this.lingerMs = lingerMs;
  }

  /**
   * It hears the reason in the protocol of its first octet, or without one for too long in that of the silent; at once
   * where it expects us to speak first.
   */
  refuse(socket: ConnectionSocket, { transport, choose, speaksFirst = false }: Door, reason: string): void {
    const message = (firstOctet: number | undefined) => choose(firstOctet).protocol.refusal(reason);
    const refused = new RefusedSocket(socket, this, message);
    const awaitedMs = speaksFirst ? 0 : limits.refusedFirstOctetMs;
    if (this.#comesIn(refused)) refused.begin(transport === "tls", awaitedMs);
    else refused.closeTold(transport === "tcp");
  }

  /** One that was admitted, has said nothing, and hears this as the last thing, if anything. */
  sendOff(socket: ConnectionSocket, message: Uint8Array | undefined): void {
    const sent = new RefusedSocket(socket, this, () => message);
    if (this.#comesIn(sent)) sent.tell(undefined);
    else sent.closeTold(true);
  }

  #comesIn(socket: RefusedSocket): boolean {
    if (this.lingering >= limits.refusedLingeringMax) return false;
    this.lingering++;
    socket.counted = true;
    return true;
  }
}

class RefusedSocket implements SocketEvents, TimerOwner {
  /** Among those that linger. */
  counted = false;
  readonly #timer = new Timer(this);
  readonly #socket: ConnectionSocket;
  readonly #all: RefusedSockets;
  readonly #message: (firstOctet: number | undefined) => Uint8Array | undefined;
  /** How long its first octet is waited for. */
  #awaitedMs = 0;
  #handshaking = false;
  #told = false;

  constructor(
    socket: ConnectionSocket,
    all: RefusedSockets,
    message: (firstOctet: number | undefined) => Uint8Array | undefined,
  ) {
    this.#socket = socket;
    this.#all = all;
    this.#message = message;
    socket.data = this;
  }

  begin(handshaking: boolean, awaitedMs: number): void {
    this.#handshaking = handshaking;
    this.#awaitedMs = awaitedMs;
    if (handshaking) this.#all.wheel.arm(this.#timer, this.#all.lingerMs);
    else if (awaitedMs === 0) this.tell(undefined);
    else this.#all.wheel.arm(this.#timer, awaitedMs);
  }

  /** The only write outside a connection's writer: one message, so short that a new socket takes it whole. */
  tell(firstOctet: number | undefined): void {
    this.#told = true;
    const message = this.#message(firstOctet);
    if (message !== undefined) this.#socket.write(message, 0, message.length);
    this.#socket.shutdown();
    if (this.counted) this.#all.wheel.arm(this.#timer, this.#all.lingerMs);
  }

  /** Too many linger already. */
  closeTold(canBeTold: boolean): void {
    if (canBeTold) this.tell(undefined);
    this.#socket.close();
  }

  handshaken(success: boolean): void {
    if (success) this.begin(false, this.#awaitedMs);
  }

  received(chunk: Buffer): void {
    // Beyond the first octet, what it wants does not matter any more.
    if (!this.#told) this.tell(chunk[0]);
  }

  drained(): void {
    // The message is out already.
  }

  peerFinished(): void {
    this.closeTold(!this.#told && !this.#handshaking);
  }

  socketClosed(): void {
    this.#all.wheel.disarm(this.#timer);
    if (this.counted) this.#all.lingering--;
    this.counted = false;
  }

  failed(): void {
    this.#socket.close();
  }

  timerFired(): void {
    if (this.#told || this.#handshaking) this.#socket.close();
    else this.tell(undefined);
  }
}
