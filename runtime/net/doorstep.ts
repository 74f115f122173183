// A socket that is admitted and has said nothing yet: no session, only a deadline, until its first octet chooses one.
// Where we speak first, a connection is made of it at once, or when it has shaken hands.
import type { Clock } from "../base/clock.ts";
import { Timer, type TimerOwner, type TimerWheel } from "../base/timer-wheel.ts";
import type { ConnectionSocket, Door, SocketEvents, Spoken } from "./connection-host.ts";
import type { NetPeer } from "./net-events.ts";

interface DoorstepHost {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly deadlines: { readonly handshakeMs: number; readonly firstByteMs: number; readonly idleMs: number };
  /** A socket has something: the loop has looked. */
  loopTurned(): void;
  /** Makes a connection of the socket; undefined where that fails, which is reported and changes nothing. */
  enter(socket: ConnectionSocket, spoken: Spoken): SocketEvents | undefined;
  /** Tells the socket this, if anything, and closes it in order. */
  sendOff(socket: ConnectionSocket, message: Uint8Array | undefined): void;
  failed(who: NetPeer, error: Error): void;
  /** It is at the doorstep no more: for this reason, or because it is a connection now. */
  leftDoorstep(doorstep: Doorstep, reason?: string): void;
}

export class Doorstep implements SocketEvents, TimerOwner {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly door: Door;
  readonly #socket: ConnectionSocket;
  readonly #host: DoorstepHost;
  readonly #timer = new Timer(this);
  readonly #openedMs: number;
  #handshaking: boolean;
  #left = false;

  constructor(socket: ConnectionSocket, door: Door, host: DoorstepHost) {
    this.remoteAddress = socket.remoteAddress;
    this.remotePort = socket.remotePort;
    this.#socket = socket;
    this.door = door;
    this.#host = host;
    this.#openedMs = host.clock.monotonicMs();
    this.#handshaking = door.transport === "tls";
    host.wheel.arm(this.#timer, this.#handshaking ? host.deadlines.handshakeMs : this.#silenceMs);
  }

  /** To be called when the socket's events come here. */
  begin(): void {
    if (!this.#handshaking && this.door.speaksFirst === true) this.#enter(undefined);
  }

  handshaken(success: boolean): void {
    if (!success) return this.abort("handshake_failed");
    this.#handshaking = false;
    if (this.door.speaksFirst === true) return void this.#enter(undefined);
    // The time for the first byte counts from the start.
    this.#host.wheel.armAt(this.#timer, this.#openedMs + this.#silenceMs);
  }

  received(chunk: Buffer): void {
    this.#enter(chunk[0])?.received(chunk);
  }

  drained(): void {
    // Nothing was written.
  }

  peerFinished(): void {
    this.#leave(this.#handshaking ? "handshake_failed" : "disconnect");
    this.#socket.close();
  }

  socketClosed(): void {
    this.#leave("disconnect");
  }

  failed(error: Error): void {
    this.#host.failed(this, error);
    this.abort("net.fault");
  }

  timerFired(): void {
    if (this.#handshaking) return this.abort("handshake_timeout");
    const { firstByteMs, idleMs } = this.#host.deadlines;
    this.#sendOff(idleMs < firstByteMs ? "idle_timeout" : "first_byte_timeout");
  }

  shutDown(): void {
    if (this.#handshaking) this.abort("shutdown");
    else this.#sendOff("shutdown");
  }

  abort(reason: string): void {
    this.#leave(reason);
    this.#socket.terminate();
  }

  /** From now on the connection hears what happens on the socket. */
  #enter(firstOctet: number | undefined): SocketEvents | undefined {
    const { remoteAddress, remotePort } = this;
    const { choose, transport } = this.door;
    this.#host.loopTurned();
    const pairing = choose(firstOctet);
    pairing.chosenBy?.(this.#socket);
    const entered = this.#host.enter(this.#socket, { ...pairing, transport, remoteAddress, remotePort });
    if (entered === undefined) return void this.abort("net.fault");
    this.#socket.data = entered;
    this.#leave();
    return entered;
  }

  /** Who says nothing for so long is idle, whatever else it may take for its first byte. */
  get #silenceMs(): number {
    return Math.min(this.#host.deadlines.firstByteMs, this.#host.deadlines.idleMs);
  }

  #sendOff(reason: string): void {
    this.#leave(reason);
    this.#host.sendOff(this.#socket, this.door.choose(undefined).protocol.farewell?.(reason));
  }

  #leave(reason?: string): void {
    if (this.#left) return;
    this.#left = true;
    this.#host.wheel.disarm(this.#timer);
    this.#host.leftDoorstep(this, reason);
  }
}
