// WebSockets that the gateway has accepted, as connections: each line of text is a message.
import type { SharedMessage } from "../core/ports.ts";
import type { ConnectionTable } from "./connection-table.ts";
import { MessageConnection, type MessageConnectionOptions, type MessageOutlet } from "./message-connection.ts";

/** What is needed of a WebSocket. `send` says 0 where the message was dropped, for too much waits already. */
export interface WebSocketPort {
  readonly remoteAddress: string;
  readonly remotePort: number;
  send(text: string): number;
  /** Bytes that the peer has not taken. */
  waitingBytes(): number;
  close(code: number, reason: string): void;
}

/** Who hears what happens on a WebSocket. */
export interface WebSocketEvents {
  received(text: string): void;
  drained(): void;
  closed(): void;
}

const LINE_ENDING = /\r?\n$/;
/** RFC 6455, section 7.4.1. */
const CLOSE_CODES = { normal: 1_000, goingAway: 1_001, policy: 1_008 } as const;

/** The connection of a WebSocket, or why there is none: then it is closed already. */
export function openWebPeer(
  socket: WebSocketPort,
  table: ConnectionTable,
  options: MessageConnectionOptions,
): WebSocketEvents | undefined {
  const outlet = new WebPeer(socket);
  const opened = table.open(socket.remoteAddress, (id) => new MessageConnection(id, outlet, options, table));
  if (typeof opened === "string") {
    socket.close(CLOSE_CODES.policy, opened);
    return undefined;
  }
  return {
    received(text) {
      if (!opened.received(text, text.length)) opened.abort("web.flood");
    },
    drained: () => opened.drained(),
    closed: () => opened.peerGone("disconnect"),
  };
}

class WebPeer implements MessageOutlet {
  readonly transport = "web";
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

  get queuedBytes(): number {
    return this.#socket.waitingBytes();
  }

  send(text: string): boolean {
    return this.#socket.send(text.replace(LINE_ENDING, "")) !== 0;
  }

  sendShared(message: SharedMessage): boolean {
    return this.send(message.value as string);
  }

  finish(reason: string): void {
    this.#socket.close(reason === "shutdown" ? CLOSE_CODES.goingAway : CLOSE_CODES.normal, reason);
  }

  drop(): void {
    this.#socket.close(CLOSE_CODES.policy, "");
  }
}
