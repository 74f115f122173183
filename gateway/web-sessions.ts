// GET /chat with an upgrade: a WebSocket that speaks the text commands, one line a message, like a TCP connection.
import type { Elysia } from "elysia";

import { limits } from "#runtime/mod.ts";
import type { OpenWebSession, WebSocketEvents } from "#runtime/net/web-socket-port.ts";

import { answers, problemAnswer } from "./document.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { problem } from "./problems.ts";

const CHAT_PATH = "/chat";

/** What hangs on each WebSocket. */
export interface WebSocketData {
  readonly remoteAddress: string;
  readonly remotePort: number;
  events?: WebSocketEvents | undefined;
}

/** RFC 6455, section 7.4.1; a peer that gives no code is said to have given 1005. */
const UNSUPPORTED_DATA = 1_003;
const ORDERLY_CODES: readonly number[] = [1_000, 1_001, 1_005];
const WRONG_ORIGIN = "Cannot open a WebSocket: the page that asks is of another origin";

const NO_UPGRADE = "Cannot answer: only a WebSocket speaks here";

/** For the document, and for requests that are no upgrade. */
export function serveChat(app: Elysia): void {
  app.get(CHAT_PATH, () => problem("upgrade_required", NO_UPGRADE, { Upgrade: "websocket" }), {
    detail: {
      summary: "A text session over WebSocket",
      description:
        "Speaks the text commands of docs/text.md: each message is one line, without its newline. `HELLO ana`, " +
        "`JOIN lobby`, `SAY lobby oi`. Browsers may open it from pages of the same origin.",
      tags: ["sessions"],
      responses: answers({
        101: { description: "The WebSocket is open" },
        403: problemAnswer("wrong_origin", WRONG_ORIGIN),
        426: problemAnswer("upgrade_required", NO_UPGRADE),
      }),
    },
  });
}

export function isChatUpgrade(request: Request): boolean {
  const asksFor = request.headers.get("upgrade")?.toLowerCase();
  return request.method === "GET" && asksFor === "websocket" && new URL(request.url).pathname === CHAT_PATH;
}

/** The answer to such a request; undefined when it has become a WebSocket. */
export function upgrade(request: Request, server: Bun.Server<WebSocketData>): Response | undefined {
  if (isFromElsewhere(request)) {
    return problem("wrong_origin", WRONG_ORIGIN);
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
}

/** Browsers name the page's origin; without one it is no browser. */
function isFromElsewhere({ headers }: Request): boolean {
  const origin = headers.get("origin");
  return origin !== null && URL.parse(origin)?.host !== headers.get("host");
}
