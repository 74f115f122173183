// GET /chat with an upgrade: a WebSocket that speaks the text commands, one line a message, like a TCP connection.
import { limits } from "#runtime/mod.ts";

import { HTTP_LIMITS } from "./limits.ts";
import { problem } from "./problems.ts";

export const CHAT_PATH = "/chat";

/** A WebSocket, as sessions need it. */
export interface WebSocketPort {
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** 0 where the message was dropped: too much waits for the peer. */
  send(text: string): number;
  waitingBytes(): number;
  close(code: number, reason: string): void;
}

export interface WebSocketEvents {
  received(text: string): void;
  drained(): void;
  closed(): void;
}

/** Begins a session; undefined where it is refused, and the socket closed. */
export type OpenWebSession = (socket: WebSocketPort) => WebSocketEvents | undefined;

/** What hangs on each WebSocket. */
export interface WebSocketData {
  readonly remoteAddress: string;
  readonly remotePort: number;
  events?: WebSocketEvents | undefined;
}

const UNSUPPORTED_DATA = 1_003;

/** The answer to a request for `CHAT_PATH`; undefined when it has become a WebSocket. */
export function upgrade(request: Request, server: Bun.Server<WebSocketData>): Response | undefined {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    return problem("upgrade_required", "Cannot answer: only a WebSocket speaks here", { Upgrade: "websocket" });
  }
  if (isFromElsewhere(request)) {
    return problem("wrong_origin", "Cannot open a WebSocket: the page that asks is of another origin");
  }
  const { address = "", port = 0 } = server.requestIP(request) ?? {};
  const data: WebSocketData = { remoteAddress: address, remotePort: port };
  return server.upgrade(request, { data }) ? undefined : problem("malformed_request", "Cannot upgrade the connection");
}

export function webSocketHandler(openSession: OpenWebSession): Bun.WebSocketHandler<WebSocketData> {
  return {
    maxPayloadLength: 4 * limits.textLineBytesMax,
    backpressureLimit: limits.outboundBytesMax,
    idleTimeout: HTTP_LIMITS.webSocketIdleSecondsMax,
    sendPings: true,
    perMessageDeflate: false,
    open(socket) {
      const { remoteAddress, remotePort } = socket.data;
      socket.data.events = openSession({
        remoteAddress,
        remotePort,
        send: (text) => socket.send(text),
        waitingBytes: () => socket.getBufferedAmount(),
        close: (code, reason) => socket.close(code, reason),
      });
    },
    message(socket, message) {
      if (typeof message === "string") socket.data.events?.received(message);
      else socket.close(UNSUPPORTED_DATA, "text only");
    },
    drain: (socket) => socket.data.events?.drained(),
    close: (socket) => socket.data.events?.closed(),
  };
}

/** Browsers name the page's origin; without one it is no browser. */
function isFromElsewhere({ headers }: Request): boolean {
  const origin = headers.get("origin");
  return origin !== null && URL.parse(origin)?.host !== headers.get("host");
}
