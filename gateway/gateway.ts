// The gateway: calls to actors, management, metrics and Swagger UI over HTTP, in front of a view of the running node.

import { createAccessCheck } from "./access.ts";
import { createLookCheck, createPrivacyCheck } from "./actor-calls.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { LiveFeed } from "./live-feed.ts";
import { internalProblem } from "./problems.ts";
import { refuseTooLarge } from "./request-body.ts";
import { createRoutes, type RoutesParts } from "./routes.ts";
import { askedFor, upgrade, type WebSocketData, webSocketHandler, type WebSocketPaths } from "./web-sockets.ts";

export interface GatewayOptions extends Omit<RoutesParts, "onFault"> {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly adminToken: string;
  /** Addresses that take WebSockets; none unless given. */
  readonly webSockets?: WebSocketPaths;
  /** Hears of each fault that a client only sees as status 500; by default it goes to stderr. */
  readonly onFault?: (fault: unknown) => void;
}

export interface Gateway {
  readonly port: number;
  /** Takes no more requests; those in progress get a moment to finish, then their connections are closed. */
  stop(): Promise<void>;
}

/** An answer that says otherwise keeps what it says. */
const SECURITY_HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy":
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
};

/** Listens at once; throws when the address cannot be had, naming it and the setting that changes it. */
export function startGateway(options: GatewayOptions): Gateway {
  const onFault = options.onFault ?? ((fault) => console.error("Gateway fault:", fault));
  const feed = new LiveFeed({ ...options, about: options.view.about });
  const webSockets = new Map([...(options.webSockets ?? []), ["/live", feed.open] as const]);
  const server = listen(options, createFrontDoor({ ...options, webSockets }, onFault), onFault);
  const port = server.port ?? options.port;
  const stopFeed = feed.start();
  const stop = (): Promise<void> => {
    stopFeed();
    return stopWithin(server, HTTP_LIMITS.stopGraceMs);
  };
  return { port, stop };
}

/** Undefined: the request has become a WebSocket. */
type FrontDoor = (request: Request, server: Bun.Server<WebSocketData>) => Promise<Response | undefined>;

/** What every request passes, whatever its route: access, then its size, its route, the headers all answers carry. */
function createFrontDoor(options: GatewayOptions, onFault: (fault: unknown) => void): FrontDoor {
  const { view, webSockets = new Map() } = options;
  const types = view.actorTypes();
  const refuse = createAccessCheck({
    ...options,
    isLook: createLookCheck(types),
    isPrivate: createPrivacyCheck(types),
  });
  const app = createRoutes({ ...options, onFault });
  return async (request, server) => {
    const refused = refuse(request) ?? refuseTooLarge(request);
    const begin = askedFor(request, webSockets);
    const response = refused ?? (begin === undefined ? await app.fetch(request) : upgrade(request, server, begin));
    if (response === undefined) return undefined;
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      if (!response.headers.has(name)) response.headers.set(name, value);
    }
    return response;
  };
}

/** `Bun.serve` directly: Elysia's own `listen` shares the port with whoever has it (`reusePort`) instead of failing. */
function listen(
  options: GatewayOptions,
  fetch: FrontDoor,
  onFault: (fault: unknown) => void,
): Bun.Server<WebSocketData> {
  const { host, port } = options;
  try {
    return Bun.serve({
      hostname: host,
      port,
      reusePort: false,
      development: false,
      maxRequestBodySize: HTTP_LIMITS.announcedBodyBytesMax,
      idleTimeout: HTTP_LIMITS.requestIdleSecondsMax,
      fetch,
      websocket: webSocketHandler,
      error: (fault) => {
        onFault(fault);
        return internalProblem();
      },
    });
  } catch (cause) {
    const setting = "CORREIO_HTTP_PORT sets the port";
    throw new Error(`Cannot start the gateway on ${host}:${port}: ${reasonOf(cause)} (${setting})`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause && cause.code === "EADDRINUSE" ? "the port is in use" : cause.message;
}

async function stopWithin(server: Bun.Server<WebSocketData>, graceMs: number): Promise<void> {
  const grace = setTimeout(() => void server.stop(true), graceMs);
  await server.stop();
  clearTimeout(grace);
}
