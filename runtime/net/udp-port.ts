// Hot. One UDP socket: what comes is handed on, what leaves goes in few system calls, and no closed port hurts others.
import type { Clock } from "../base/clock.ts";
import { codeOf } from "../base/code-of.ts";
import { RuntimeError } from "../core/errors.ts";
import { limits } from "../limits.ts";
import { SocketOptions } from "./socket-options.ts";

/** More a call bring nothing, and Bun takes no more. */
const DATAGRAMS_PER_CALL = 128;
/** The kernel remembers one closed port at a time. */
const REFUSALS_IN_A_ROW_MAX = 16;
/** While the kernel takes nothing it is asked again so often: `drain` may not come. */
const RETRY_MS = 1;

/** `SO_RCVBUF`: what comes while the loop is busy waits; the kernel gives as much of it as it allows. */
const ROOM = { level: 1, name: 8, value: limits.udpReceiveBufferBytes } as const;
/** `IP_RECVERR`, which Bun sets, off: a closed port at the other end does not fail the next call. */
const NO_REFUSALS = { level: 0, name: 11, value: 0 } as const;

/** What of a Bun socket is needed. */
interface Socket {
  readonly port: number;
  sendMany(packets: readonly (Uint8Array | string | number)[]): number;
  close(): void;
}

export interface UdpEvents {
  received(octets: Buffer, port: number, address: string): void;
  /** `received` threw: a bug of ours, which must not keep others from being heard. */
  failed(error: unknown, port: number, address: string): void;
  /** The first datagram is queued: `flush` is to be called soon. */
  queued(): void;
}

export interface UdpFigures {
  datagramsIn: number;
  datagramsOut: number;
  /** Nobody listened at the other end of an earlier one; sent again at once. */
  refused: number;
  /** The kernel took no more, and too many waited already. */
  dropped: number;
  /** Not answered, by those who are handed what comes. */
  ignored: number;
}

/** What those need of it who only send. */
export type DatagramOutlet = Pick<UdpPort, "queue"> & { readonly figures: Pick<UdpFigures, "ignored"> };

interface Datagram {
  readonly octets: Buffer;
  readonly port: number;
  readonly address: string;
}

/**
 * Address and port of a datagram stand beside it; octets must stay as they are until `flush`. What the loop finds in
 * one look is handed on in one go, so that it is one step for those who answer it, and one call for the kernel.
 */
export class UdpPort {
  readonly figures: UdpFigures = { datagramsIn: 0, datagramsOut: 0, refused: 0, dropped: 0, ignored: 0 };
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #events: UdpEvents;
  /** Octets, port and address of each, as `sendMany` takes them. */
  #queued: (Uint8Array | string | number)[] = [];
  /** So much of it, from the front, the kernel has not taken before: those octets are copies. */
  #copied = 0;
  #arrived: Datagram[] = [];
  /** Fewer while calls end early: what of a call is not sent was prepared in vain. */
  #perCall = DATAGRAMS_PER_CALL;
  #cancelRetry: (() => void) | undefined;
  #closed = false;

  private constructor(socket: Socket, clock: Clock, events: UdpEvents) {
    this.#socket = socket;
    this.#clock = clock;
    this.#events = events;
  }

  /** Rejects with `net.address_in_use` or `net.cannot_listen`. */
  static async open(hostname: string, port: number, clock: Clock, events: UdpEvents): Promise<UdpPort> {
    const opened: { port?: UdpPort } = {};
    try {
      const socket = await Bun.udpSocket({
        hostname,
        port,
        socket: {
          data(_, octets, from, address) {
            if (opened.port !== undefined) opened.port.#arrive({ octets, port: from, address });
          },
          drain: () => opened.port?.flush(),
          // Without it a closed port at the other end would end the process.
          error: () => void (opened.port !== undefined && opened.port.figures.refused++),
        },
      });
      const options = new SocketOptions();
      for (const option of [ROOM, NO_REFUSALS]) options.set(socket, option);
      opened.port = new UdpPort(socket, clock, events);
      return opened.port;
    } catch (error) {
      throw cannotOpen(hostname, port, error);
    }
  }

  get number(): number {
    return this.#socket.port;
  }

  /** Datagrams that have not been taken by the kernel. */
  get waiting(): number {
    return this.#queued.length / 3;
  }

  /** Nothing is sent any more once it is closed. */
  queue(octets: Uint8Array, port: number, address: string): void {
    if (this.#closed) return;
    if (this.waiting >= limits.udpWaitingMax && this.#cancelRetry === undefined) this.flush();
    if (this.waiting >= limits.udpWaitingMax) {
      this.figures.dropped++;
      return;
    }
    if (this.#queued.push(octets, port, address) === 3) this.#events.queued();
  }

  /** Hands what is queued to the kernel. What it does not take is copied, and tried again. */
  flush(): void {
    let from = 0;
    while (from < this.#queued.length) {
      const done = this.#send(this.#queued.slice(from, from + 3 * this.#perCall));
      if (done === 0) break;
      from += 3 * done;
    }
    this.#keep(from);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRetry?.();
    this.#queued.length = 0;
    this.#socket.close();
  }

  #arrive(datagram: Datagram): void {
    this.figures.datagramsIn++;
    const count = this.#arrived.push(datagram);
    if (count === 1) this.#clock.afterIo(this.#handOn);
    else if (count >= limits.udpArrivedMax) this.#handOn();
  }

  readonly #handOn = (): void => {
    const arrived = this.#arrived;
    this.#arrived = [];
    for (const { octets, port, address } of arrived) {
      if (this.#closed) return;
      try {
        this.#events.received(octets, port, address);
      } catch (error) {
        this.#events.failed(error, port, address);
      }
    }
  };

  /**
   * How many are done with. After a datagram to a closed port the next call sends nothing, whoever it is for, or the
   * call ends early: the rest goes at once, in another.
   */
  #send(packets: readonly (Uint8Array | string | number)[]): number {
    for (let tries = 0; tries < REFUSALS_IN_A_ROW_MAX; tries++) {
      try {
        const taken = this.#socket.sendMany(packets);
        this.figures.datagramsOut += taken;
        const isWhole = 3 * taken === packets.length;
        this.#perCall = isWhole ? Math.min(2 * this.#perCall, DATAGRAMS_PER_CALL) : Math.max(1, taken);
        return taken;
      } catch (error) {
        if (codeOf(error) !== "ECONNREFUSED") break;
        this.figures.refused++;
      }
    }
    // It is this one that cannot be sent: too long, or to an address that cannot be.
    this.figures.dropped++;
    return 1;
  }

  #keep(from: number): void {
    if (from === this.#queued.length) {
      this.#queued.length = this.#copied = 0;
      return;
    }
    const left = this.#queued.slice(from);
    const copied = Math.max(0, this.#copied - from);
    for (let index = copied; index < left.length; index += 3) left[index] = new Uint8Array(left[index] as Uint8Array);
    this.#queued = left;
    this.#copied = left.length;
    this.#cancelRetry ??= this.#clock.after(RETRY_MS, () => {
      this.#cancelRetry = undefined;
      this.flush();
    });
  }
}

function cannotOpen(hostname: string, port: number, cause: unknown): RuntimeError {
  const inUse = codeOf(cause) === "EADDRINUSE";
  const why = inUse ? "another program has this port" : cause instanceof Error ? cause.message : String(cause);
  const message = `Cannot listen on ${hostname}:${port} (UDP): ${why}`;
  return new RuntimeError(inUse ? "net.address_in_use" : "net.cannot_listen", message, { cause });
}
