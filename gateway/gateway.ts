// The gateway: calls to actors, management, metrics and Swagger UI over HTTP, in front of a view of the running node.

import { type AskedRequests, createFrontDoor, type FrontDoor, type GatewayClock } from "./front-door.ts";
import { isLoopback } from "./host-name.ts";
import { type AccessPort, createIdentities } from "./identity.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { LiveFeed } from "./live-feed.ts";
import { internalProblem } from "./problems.ts";
import { RequestRates } from "./request-rates.ts";
import { createNeeds } from "./roles.ts";
import { createRoutes, type RoutesParts } from "./routes.ts";
import { type WebSocketData, webSocketHandler, type WebSocketPaths } from "./web-sockets.ts";

export interface GatewayOptions extends Omit<RoutesParts, "onFault" | "access"> {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Of the settings: good also where no other can be looked up. An empty one is nobody's. */
  readonly adminToken: string;
  /** What keeps tokens and sign-ins. */
  readonly access: AccessPort;
  readonly clock: GatewayClock;
  /** Certificate and key as PEM; HTTP without them. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Time for a whole body; `HTTP_LIMITS.bodyMsMax` unless given. */
  readonly bodyMsMax?: number;
  /** How often stale WebSockets are looked for; `HTTP_LIMITS.staleWebSocketMsMax` unless given. */
  readonly staleLookMs?: number;
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

/** Listens at once; throws when the address cannot be had, naming it and the setting that changes it. */
export function startGateway(options: GatewayOptions): Gateway {
  const onFault = options.onFault ?? ((fault) => console.error("Gateway fault:", fault));
  const feed = new LiveFeed({ ...options, about: options.view.about });
  const webSockets = new Map([...(options.webSockets ?? []), ["/live", feed.open] as const]);
  const door = frontDoorOf({ ...options, webSockets }, onFault);
  const server = listen(options, door.answer, onFault);
  const port = server.port ?? options.port;
  const stopFeed = feed.start();
  const stopDoor = door.start();
  const stop = (): Promise<void> => {
    stopFeed();
    stopDoor();
    return stopWithin(server, HTTP_LIMITS.stopGraceMs);
  };
  return { port, stop };
}

function frontDoorOf(options: GatewayOptions, onFault: (fault: unknown) => void) {
  const { host, adminToken, access, audit, tls, clock, bodyMsMax = HTTP_LIMITS.bodyMsMax } = options;
  const { webSockets = new Map(), staleLookMs = HTTP_LIMITS.staleWebSocketMsMax } = options;
  const identities = createIdentities(adminToken, access);
  const asked: AskedRequests = new WeakMap();
  const app = createRoutes({
    ...options,
    access: { access, identities, asked },
    onFault,
  });
  return createFrontDoor({
    host,
    identities,
    audit,
    clock,
    webSockets,
    asked,
    bodyMsMax,
    staleLookMs,
    onFault,
    rates: new RequestRates(clock),
    needOf: createNeeds(options.view.actorTypes(), isLoopback(host)),
    isSecure: tls !== undefined,
    route: (request) => app.fetch(request),
  });
}

/** `Bun.serve` directly: Elysia's own `listen` shares the port with whoever has it (`reusePort`) instead of failing. */
function listen(
  options: GatewayOptions,
  fetch: FrontDoor,
  onFault: (fault: unknown) => void,
): Bun.Server<WebSocketData> {
  const { host, port, tls } = options;
  try {
    return Bun.serve({
      ...(tls === undefined ? {} : { tls }),
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
