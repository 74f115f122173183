// WebSockets that the gateway has accepted, as connections: each line of text is a message.
import { asError } from "../base/as-error.ts";
import type { SharedMessage } from "../core/ports.ts";
import type { ConnectionTable } from "./connection-table.ts";
import { MessageConnection, type MessageConnectionOptions } from "./message-connection.ts";
import { type MessageOutlet, NOT_TAKEN } from "./message-outlet.ts";
import type { WebSocketEvents, WebSocketPort } from "./web-socket-port.ts";

const FLOOD = "web.flood";
const FAULT = "net.fault";
const LINE_ENDING = /\r?\n$/;
/** RFC 6455, section 7.4.1. */
const CLOSE_CODES = { normal: 1_000, goingAway: 1_001, policy: 1_008, fault: 1_011 } as const;
const CODES: ReadonlyMap<string, number> = new Map([
  ["shutdown", CLOSE_CODES.goingAway],
  [FLOOD, CLOSE_CODES.policy],
]);

/** The connection of a WebSocket; undefined where there is none: then it is closed already. */
export function openWebPeer(
  socket: WebSocketPort,
  table: ConnectionTable,
  options: MessageConnectionOptions,
): WebSocketEvents | undefined {
  try {
    const outlet = new WebPeer(socket);
    const opened = table.open(socket.remoteAddress, (id) => new MessageConnection(id, outlet, options, table));
    if (typeof opened !== "string") return eventsOf(opened, outlet);
    socket.close(CLOSE_CODES.policy, opened);
  } catch (error) {
    table.failed(socket, asError(error));
    socket.close(CLOSE_CODES.fault, FAULT);
  }
  return undefined;
}

/** A fault is the end of this connection, and of no other. */
function eventsOf(connection: MessageConnection, outlet: WebPeer): WebSocketEvents {
  const guarded = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      connection.failed(asError(error));
    }
  };
  return {
    received: (text) =>
      guarded(() => {
        if (!connection.received(text, Buffer.byteLength(text))) connection.end(FLOOD);
      }),
    drained: () => guarded(() => connection.drained()),
    closed(inOrder) {
      outlet.isOpen = false;
      guarded(() => (inOrder ? connection.peerFinished("close") : connection.peerGone("disconnect")));
    },
  };
}

class WebPeer implements MessageOutlet {
  readonly transport = "web";
  readonly holding = false;
  isOpen = true;
  readonly #socket: WebSocketPort;

  constructor(socket: WebSocketPort) {
    this.#socket = socket;
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress;
  }

  get remotePort(): number {
    return this.#socket.remotePort;
  }

  get traceparent(): string | undefined {
    return this.#socket.traceparent;
  }

  get queuedBytes(): number {
    return this.isOpen ? this.#socket.waitingBytes() : 0;
  }

  send(text: string): number {
    if (!this.isOpen) return 0;
    const line = text.replace(LINE_ENDING, "");
    return this.#socket.send(line) === 0 ? NOT_TAKEN : Buffer.byteLength(line);
  }

  sendShared(message: SharedMessage): number {
    return this.send(message.value as string);
  }

  finish(reason: string): boolean {
    if (this.isOpen) this.#socket.close(CODES.get(reason) ?? CLOSE_CODES.normal, reason);
    return true;
  }

  drop(): void {
    if (this.isOpen) this.#socket.terminate();
  }
}
