// The server of this process, once it has sockets: registered at its home, which may be this node, and at work there.
import { AdministrationLinks } from "./administration-links.ts";
import type { Clock } from "./base/clock.ts";
import type { Config } from "./config.ts";
import { isStoreFailure } from "./core/errors.ts";
import { JoinedWorker, type Serve } from "./joined-worker.ts";
import { limits } from "./limits.ts";
import { type MessagingListeners, zmtpPairing, type ZmtpSession } from "./messaging-listeners.ts";
import type { ConnectionTable } from "./net/connection-table.ts";
import { startTcpListener } from "./net/tcp-listener.ts";
import { isLoopback } from "./server-address.ts";
import { ServerLinks } from "./server-links.ts";
import type { NodeServerPort } from "./server-port.ts";

/** Of the time to stop in, what a server that leaves takes for the requests that it has. */
const LEAVING_SHARE = 0.5;

interface Parts {
  /** What the actors are asked to do. */
  readonly actors: {
    /** To say that it is there, as one of the servers; called again and again. */
    beat(): void;
    /** The Lamport time of a message that this server sends. */
    tick(): number;
    readonly serve: Serve;
  };
  /** Of whoever asks this server itself. */
  readonly adminSession: ZmtpSession;
  readonly table: ConnectionTable;
  readonly config: Config;
  readonly messaging: MessagingListeners;
  readonly port: NodeServerPort;
}

interface LogicalClock {
  begin(ceiling: number, store: (ceiling: number) => Promise<unknown>): Promise<void>;
}

interface KeptCeiling {
  ceiling(): Promise<number>;
  raise(ceiling: number): Promise<unknown>;
}

/** Before anybody is told a logical time: then it is known how far this node's clock was. */
export async function beginClock(clock: LogicalClock, kept: KeptCeiling): Promise<void> {
  const ceiling = await kept.ceiling();
  try {
    await clock.begin(ceiling, (next) => kept.raise(next));
  } catch (error) {
    // Where the disk is full, what needs none is served. A failing store is logged where it fails.
    if (!isStoreFailure(error)) throw error;
  }
}

/** Returns what ends it. */
export function startMessagingServer({
  actors,
  adminSession,
  table,
  config,
  messaging,
  port,
}: Parts): () => Promise<void> {
  const { ports: configured, home, serverPortBase } = config.messaging;
  const ports = messaging.ports ?? configured;
  if (ports === undefined) return () => Promise.resolve();
  const near = home ?? hostOf(config.host);
  const links = new ServerLinks(table, near, ports);
  const timeoutMs = limits.administrationMs;
  const administration = new AdministrationLinks({ table, home: near, ports, serverPortBase, timeoutMs });
  const { proxy } = messaging;
  const pairing = zmtpPairing("REP", adminSession);
  port.sockets = {
    links,
    administration,
    announce: (text) => void (proxy === undefined ? links.publish(text) : proxy.publishText(text)),
    listen: (rank) => {
      const at = serverPortBase === 0 ? 0 : serverPortBase + rank;
      return startTcpListener({ hostname: config.host, port: at, choose: () => pairing, speaksFirst: true, table });
    },
  };
  if (home !== undefined) {
    links.startPublisher();
    if (isLoopback(config.host) && !isLoopback(home)) port.warnUnreachable(config.host, home);
  }
  const worker =
    home === undefined ? undefined : new JoinedWorker(table, { host: home, port: ports.workers }, actors.serve);
  const stopBeating = repeat(actors.beat, () => port.heartbeatMs, table.clock);
  return async () => {
    // What it has asks for what is stored at home.
    await worker?.stop(Math.min(limits.brokeredRequestMs, config.drainMs * LEAVING_SHARE));
    stopBeating();
    await port.leave(actors.tick());
    links.close();
    administration.close();
  };
}

/** Now, and then each so many milliseconds, until what it returns is called. */
function repeat(act: () => void, everyMs: () => number, clock: Clock): () => void {
  const timer = { cancel: (): void => undefined };
  const next = (): void => {
    act();
    timer.cancel = clock.after(everyMs(), next);
  };
  next();
  return () => timer.cancel();
}

/** Where this node itself finds what it listens on. */
function hostOf(hostname: string): string {
  return hostname === "0.0.0.0" || hostname === "::" ? "127.0.0.1" : hostname;
}
