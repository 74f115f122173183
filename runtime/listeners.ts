// Every socket that a node listens on, with the sessions that are spoken to there.
import type { Config } from "./config.ts";
import type { SessionOf } from "./core/ports.ts";
import { systemSecrets } from "./datagrams/secrets.ts";
import { limits } from "./limits.ts";
import { type MatchListeners, type MatchSessions, startMatchListeners } from "./match-listeners.ts";
import { type MessagingListeners, type MessagingSessions, startMessagingListeners } from "./messaging-listeners.ts";
import { createPairing, framesOrText } from "./net/connection-host.ts";
import type { ConnectionTable } from "./net/connection-table.ts";
import { startTcpListener, type TcpListener } from "./net/tcp-listener.ts";
import { startUdpListener } from "./net/udp-listener.ts";
import type { UdpFigures, UdpPort } from "./net/udp-port.ts";
import { VanishedPeers } from "./net/vanished-peer.ts";
import { openWebPeer } from "./net/web-peers.ts";
import type { OpenWebSession } from "./net/web-socket-port.ts";
import { namingSettings, readTls, type TlsFiles } from "./node-files.ts";
import { createFramesProtocol } from "./wire/frames-protocol.ts";
import { createMatchProtocol } from "./wire/match-protocol.ts";
import type { TextPart } from "./wire/text-parts.ts";
import { createTextProtocol } from "./wire/text-protocol.ts";

type TextProtocol = ReturnType<typeof createTextProtocol>;
type SpokenProtocol = Pick<TextProtocol, "farewell">;

const TLS_SETTINGS = "CORREIO_HOST, CORREIO_TLS_PORT, CORREIO_TLS_CERT, CORREIO_TLS_KEY";

export interface Sessions {
  readonly types: MatchSessions &
    MessagingSessions & {
      readonly webSession: SessionOf<string, string>;
      readonly webMatchSession: SessionOf<string, string>;
      readonly pipelineSession: SessionOf<string, readonly TextPart[]>;
      readonly textSession: SessionOf<string, string>;
      readonly udpTextSession: SessionOf<string, string>;
      readonly datagramSession: SessionOf<string, string>;
    };
  /** The reply to a line from an address that is not proven; undefined where only a session has one. */
  readonly answerStranger: (line: string) => string | undefined;
}

export interface Listeners extends Omit<MatchListeners, "stop"> {
  /** For WebSockets that the gateway has accepted: those of the text commands, and those of matches. */
  readonly openWebSession: OpenWebSession;
  readonly openWebMatchSession: OpenWebSession;
  readonly messaging: MessagingListeners;
  /** 0 where there is none. */
  readonly tcpPort: number;
  readonly tlsPort: number | undefined;
  readonly udpPort: number | undefined;
  readonly udp: UdpFigures | undefined;
  /** Nobody new is let in; who is in stays. */
  stop(): void;
  /** Nothing leaves over UDP any more. */
  close(): void;
}

interface ListenerParts {
  readonly sessions: Sessions;
  readonly table: ConnectionTable;
  readonly config: Config;
  /** A port that was wanted later could not be opened. */
  readonly onFailure: (error: unknown) => void;
}

/** All of them or none: those that stand when one cannot be started are given to `undo`. */
export async function startListeners(
  { sessions, table, config, onFailure }: ListenerParts,
  undo: AsyncDisposableStack,
): Promise<Listeners> {
  const text = createTextProtocol();
  const streams = startStreams(sessions, text, table, config);
  undo.defer(streams.stop);
  const matches = await startMatchListeners({ types: sessions.types, table, config, onFailure });
  undo.defer(matches.stop);
  const messaging = startMessagingListeners({ types: sessions.types, table, config });
  undo.defer(messaging.stop);
  const stop = (): void => {
    streams.stop();
    matches.stop();
    messaging.stop();
  };
  const udp = await startUdp(sessions, text, table, config);
  const close = (): void => udp?.close();
  undo.defer(close);
  const web = createWebSessions(sessions, text, table, config);
  return { ...matches, ...streams, ...web, messaging, stop, udpPort: udp?.number, udp: udp?.figures, close };
}

function startStreams({ types }: Sessions, text: TextProtocol, table: ConnectionTable, config: Config) {
  const frames = createPairing(createFramesProtocol(), types.pipelineSession);
  const vanished = new VanishedPeers(limits.keepAliveMs);
  const chosenBy = (socket: object): void => void vanished.watch(socket);
  const choose = framesOrText(frames, { ...createPairing(text, types.textSession), chosenBy });
  const started: TcpListener[] = [];
  const stop = (): void => started.forEach((listener) => listener.stop());
  const listen = (port: number, settings: string, tls?: TlsFiles): number => {
    const where = { hostname: config.host, reusePort: config.reusePort, port, ...(tls === undefined ? {} : { tls }) };
    started.push(namingSettings(settings, () => startTcpListener({ ...where, choose, table })));
    return started.at(-1)?.port ?? 0;
  };
  try {
    const tcpPort = config.port === undefined ? 0 : listen(config.port, "CORREIO_HOST, CORREIO_PORT");
    const tlsPort = config.tls && listen(config.tls.port, TLS_SETTINGS, readTls(config.tls));
    return { tcpPort, tlsPort, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

function createWebSessions(
  { types }: Pick<Sessions, "types">,
  text: TextProtocol,
  table: ConnectionTable,
  config: Config,
) {
  const openingFor = (session: SessionOf<string, string>, protocol: SpokenProtocol): OpenWebSession => {
    const farewell = farewells(protocol);
    const spoken = {
      session,
      farewell,
      // Read where it is used: it may be changed while the node runs.
      get idleMs() {
        return config.idleMs;
      },
    };
    return (socket) => openWebPeer(socket, table, spoken);
  };
  return {
    openWebSession: openingFor(types.webSession, text),
    openWebMatchSession: openingFor(types.webMatchSession, createMatchProtocol("modern")),
  };
}

async function startUdp(
  { types, answerStranger }: Sessions,
  protocol: TextProtocol,
  table: ConnectionTable,
  config: Config,
): Promise<UdpPort | undefined> {
  if (config.udpPort === undefined) return undefined;
  const farewell = farewells(protocol);
  const text = {
    session: types.udpTextSession,
    farewell,
    answerStranger,
    get idleMs() {
      return config.idleMs;
    },
  };
  const datagrams = { session: types.datagramSession, farewell };
  const where = { hostname: config.host, port: config.udpPort };
  const started = startUdpListener({ ...where, table, random: systemSecrets, text, datagrams });
  return started.catch((error: unknown) => namingSettings("CORREIO_HOST, CORREIO_UDP_PORT", () => rethrow(error)));
}

function farewells(protocol: SpokenProtocol): (reason: string) => string | undefined {
  return (reason) => {
    const octets = protocol.farewell?.(reason);
    return octets && Buffer.from(octets).toString();
  };
}

function rethrow(error: unknown): never {
  throw error;
}
