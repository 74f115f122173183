// The server of this process, once it has sockets: registered at its home, which may be this node, and at work there.
import { AdministrationLinks } from "./administration-links.ts";
import type { Clock } from "./base/clock.ts";
import { systemRandom } from "./base/random.ts";
import type { Config } from "./config.ts";
import { isStoreFailure } from "./core/errors.ts";
import { limits } from "./limits.ts";
import type { MessagingPorts } from "./messaging-config.ts";
import { type MessagingListeners, zmtpPairing, type ZmtpSession } from "./messaging-listeners.ts";
import type { ConnectionTable } from "./net/connection-table.ts";
import { startTcpListener } from "./net/tcp-listener.ts";
import { isLoopback } from "./server-address.ts";
import { ServerLinks } from "./server-links.ts";
import type { NodeServerPort } from "./server-port.ts";
import { RouterSocket } from "./zmtp/router-socket.ts";

/** Octets as Latin-1, one text for each frame. */
type Body = readonly string[];

interface Parts {
  /** What the actors are asked to do. */
  readonly actors: {
    /** To say that it is there, as one of the servers; called again and again. */
    beat(): void;
    /** The Lamport time of a message that this server sends. */
    tick(): number;
    /** A request that the broker at home has dealt; rejects where there is no reply. */
    serve(body: string[]): Promise<Body>;
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
  const worker = home === undefined ? undefined : startWorker({ actors, table }, home, ports);
  const stopBeating = repeat(actors.beat, () => port.heartbeatMs, table.clock);
  return async () => {
    stopBeating();
    worker?.endpoints.close();
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

/** Takes its share of the requests that come to the broker at home. */
function startWorker({ actors, table }: Pick<Parts, "actors" | "table">, home: string, ports: MessagingPorts) {
  const worker = new RouterSocket({ table, random: systemRandom }, (broker, [number, delimiter, ...body]) => {
    if (number === undefined || delimiter?.length !== 0) return;
    const asked = actors.serve(body.map((frame) => frame.toString("latin1")));
    // Where there is no answer, the broker says so in time.
    void asked.then(
      (reply) => worker.send(broker, [number, "", ...reply.map((frame) => Buffer.from(frame, "latin1"))]),
      () => undefined,
    );
  });
  worker.endpoints.connect({ host: home, port: ports.workers });
  return worker;
}

/** Where this node itself finds what it listens on. */
function hostOf(hostname: string): string {
  return hostname === "0.0.0.0" || hostname === "::" ? "127.0.0.1" : hostname;
}
