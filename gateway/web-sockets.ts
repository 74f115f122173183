// WebSockets: which addresses take them, who may open one, and who hears what happens on it.

import { limits } from "#runtime/mod.ts";
import type { OpenWebSession, WebSocketEvents } from "#runtime/net/web-socket-port.ts";

import { HTTP_LIMITS } from "./limits.ts";
import { problem } from "./problems.ts";
import { isFromElsewhere } from "./roles.ts";

/** What begins on a WebSocket, by the path at which it is asked for. */
export type WebSocketPaths = ReadonlyMap<string, OpenWebSession>;

/** What hangs on each WebSocket. */
export interface WebSocketData {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly role: string | undefined;
  readonly traceparent: string | undefined;
  readonly begin: OpenWebSession;
  events?: WebSocketEvents | undefined;
}

/** RFC 6455, section 7.4.1; a peer that gives no code is said to have given 1005. */
const UNSUPPORTED_DATA = 1_003;
const ORDERLY_CODES: readonly number[] = [1_000, 1_001, 1_005];

export const WRONG_ORIGIN = "Cannot open a WebSocket: the page that asks is of another origin";
export const NO_UPGRADE = "Cannot answer: only a WebSocket speaks here";

/** What is to begin on the WebSocket that the request asks for; undefined where it asks for none, or for none here. */
export function askedFor(request: Request, paths: WebSocketPaths): OpenWebSession | undefined {
  const asksFor = request.headers.get("upgrade")?.toLowerCase();
  if (request.method !== "GET" || asksFor !== "websocket") return undefined;
  return paths.get(new URL(request.url).pathname);
}

/** The answer to such a request; undefined when it has become a WebSocket. */
export function upgrade(
  request: Request,
  server: Bun.Server<WebSocketData>,
  begin: OpenWebSession,
  role?: string,
): Response | undefined {
  if (isFromElsewhere(request)) return problem("wrong_origin", WRONG_ORIGIN);
  const { address = "", port = 0 } = server.requestIP(request) ?? {};
  const traceparent = request.headers.get("traceparent") ?? undefined;
  const data: WebSocketData = { remoteAddress: address, remotePort: port, role, traceparent, begin };
  return server.upgrade(request, { data }) ? undefined : problem("malformed_request", "Cannot upgrade the connection");
}

export const webSocketHandler: Bun.WebSocketHandler<WebSocketData> = {
  maxPayloadLength: 4 * limits.textLineBytesMax,
  backpressureLimit: limits.outboundBytesMax,
  idleTimeout: HTTP_LIMITS.webSocketIdleSecondsMax,
  sendPings: true,
  perMessageDeflate: false,
  open(socket) {
    const { remoteAddress, remotePort, role, traceparent, begin } = socket.data;
    socket.data.events = begin({
      remoteAddress,
      remotePort,
      role,
      traceparent,
      send: (text) => socket.send(text),
      waitingBytes: () => socket.getBufferedAmount(),
      close: (code, reason) => socket.close(code, reason),
      terminate: () => socket.terminate(),
    });
  },
  message(socket, message) {
    if (typeof message === "string") socket.data.events?.received(message);
    else socket.close(UNSUPPORTED_DATA, "text only");
  },
  drain: (socket) => socket.data.events?.drained(),
  close: (socket, code) => socket.data.events?.closed(ORDERLY_CODES.includes(code)),
};
