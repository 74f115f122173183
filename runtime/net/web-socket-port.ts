// What lies between the gateway, which accepts WebSockets, and the sessions on them.

/** A WebSocket, as sessions need it. */
export interface WebSocketPort {
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Of whoever has asked for it; absent where nobody knows who that is. */
  readonly role?: string | undefined;
  /** The header of that name, of the request that opened it. */
  readonly traceparent?: string | undefined;
  /** 0 where the message was dropped: too much waits for the peer. */
  send(text: string): number;
  /** Bytes that the peer has not taken. */
  waitingBytes(): number;
  /** What was sent leaves before. */
  close(code: number, reason: string): void;
  /** At once. */
  terminate(): void;
}

/** Who hears what happens on a WebSocket. */
export interface WebSocketEvents {
  received(text: string): void;
  drained(): void;
  /** `inOrder`: the peer has said that it closes, and not simply gone. */
  closed(inOrder: boolean): void;
}

/** Begins a session; undefined where it is refused, and the socket closed. */
export type OpenWebSession = (socket: WebSocketPort) => WebSocketEvents | undefined;
