// The relay's own socket for one sender of datagrams: the server tells senders apart by its port.
import { relayLimits } from "./relay-limits.ts";

type Socket = Bun.udp.ConnectedSocket<"uint8array">;

export interface FlowEvents {
  /** The bytes are lent for the time of the call. */
  readonly heard: (bytes: Uint8Array) => void;
  /** It took that many bytes, or did not. */
  readonly sent: (length: number, taken: boolean) => void;
}

/** What is sent before the socket is open waits, up to a bound. One that cannot be opened is tried again when used. */
export class FlowSocket {
  readonly #target: { readonly hostname: string; readonly port: number };
  readonly #events: FlowEvents;
  #socket: Socket | undefined;
  #isOpening = false;
  #waiting: Uint8Array[] = [];
  /** Counts openings: one that comes too late is closed again. */
  #opening = 0;

  constructor(target: { readonly hostname: string; readonly port: number }, events: FlowEvents) {
    this.#target = target;
    this.#events = events;
    this.open();
  }

  /** A new socket, and so a new port; the old one is closed. */
  open(): void {
    this.#socket?.close();
    this.#socket = undefined;
    this.#isOpening = true;
    const opening = ++this.#opening;
    this.#createSocket().then(
      (socket) => this.#opened(opening, socket),
      () => this.#opened(opening, undefined),
    );
  }

  send(bytes: Uint8Array): void {
    const socket = this.#socket;
    if (socket !== undefined) {
      const taken = triedTwice(() => socket.send(bytes));
      this.#events.sent(bytes.length, taken);
    } else if (this.#waiting.length < relayLimits.packetsBeforeOpenMax) {
      this.#waiting.push(bytes);
      if (!this.#isOpening) this.open();
    } else this.#events.sent(bytes.length, false);
  }

  close(): void {
    this.#opening++;
    this.#waiting = [];
    this.#socket?.close();
    this.#socket = undefined;
  }

  async #createSocket(): Promise<Socket> {
    return await Bun.udpSocket({
      connect: this.#target,
      binaryType: "uint8array",
      socket: {
        data: (_, bytes) => this.#events.heard(bytes),
        // The kernel reports here that nobody listens at the target; without this function the process would end.
        error: () => undefined,
      },
    });
  }

  #opened(opening: number, socket: Socket | undefined): void {
    if (opening !== this.#opening) {
      socket?.close();
      return;
    }
    this.#socket = socket;
    this.#isOpening = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const bytes of waiting) {
      if (socket === undefined) this.#events.sent(bytes.length, false);
      else this.send(bytes);
    }
  }
}

/** A datagram that met a closed port makes the next send fail, whoever that one is for: so it is sent once more. */
export function triedTwice(send: () => boolean): boolean {
  try {
    return send();
  } catch {
    try {
      return send();
    } catch {
      return false;
    }
  }
}
