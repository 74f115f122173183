// Sockets that listen, plain or TLS: each accepted one becomes a connection, or is told why not.
import { codeOf } from "../base/code-of.ts";
import { RuntimeError } from "../core/errors.ts";
import type { Door, PairingChoice, SocketEvents } from "./connection-host.ts";
import type { ConnectionTable } from "./connection-table.ts";
import { KEEP_ALIVE_IDLE_MS } from "./keep-alive.ts";

export interface TcpListenerOptions {
  readonly hostname: string;
  /** 0 = any free port. */
  readonly port: number;
  /** PEM texts; absent = plain TCP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Several processes may listen on the port; the kernel spreads connections over them. */
  readonly reusePort?: boolean;
  /** Which protocol a peer speaks, and with whom. */
  readonly choose: PairingChoice;
  /** The session begins as soon as there is a connection (over TLS: has shaken hands), not with the first octet. */
  readonly speaksFirst?: boolean;
  readonly table: ConnectionTable;
}

export interface TcpListener {
  readonly port: number;
  /** Accepts nobody from now on; open connections stay. */
  stop(): void;
  /** As `stop`; those who have no session yet are cut off, for this reason. */
  stopAndCutOff(reason: string): void;
}

type Socket = Bun.Socket<SocketEvents | undefined>;

/** Throws `net.address_in_use` or `net.cannot_listen`, naming host and port. */
export function startTcpListener(options: TcpListenerOptions): TcpListener {
  const { hostname, port, tls, table, choose, speaksFirst = false } = options;
  const door: Door = { transport: tls === undefined ? "tcp" : "tls", choose, speaksFirst };
  try {
    const listener = Bun.listen<SocketEvents | undefined>({
      hostname,
      port,
      allowHalfOpen: true,
      ...(options.reusePort === true ? { reusePort: true } : {}),
      ...(tls === undefined ? {} : { tls: { cert: tls.cert, key: tls.key } }),
      socket: socketHandlers(table, door),
    });
    const stop = (): void => listener.stop();
    const stopAndCutOff = (reason: string): void => {
      stop();
      table.cutOffWaiting(door, reason);
    };
    return { port: listener.port, stop, stopAndCutOff };
  } catch (error) {
    throw cannotListen(hostname, port, error);
  }
}

/** One set of functions for all sockets of a listener; who hears of one hangs on it. */
function socketHandlers(table: ConnectionTable, door: Door): Bun.SocketHandler<SocketEvents | undefined> {
  return {
    open(socket: Socket) {
      // Of a peer that has reset the connection already there is no address to be had.
      if ((socket.remoteAddress as string | undefined) === undefined) return socket.terminate();
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_IDLE_MS);
      table.admit(socket, door);
    },
    handshake(socket: Socket, success: boolean) {
      socket.data?.handshaken?.(success);
    },
    data(socket: Socket, chunk: Buffer) {
      socket.data?.received(chunk);
    },
    drain(socket: Socket) {
      socket.data?.drained();
    },
    end(socket: Socket) {
      socket.data?.peerFinished();
    },
    close(socket: Socket) {
      socket.data?.socketClosed();
    },
    error(socket: Socket, error: Error) {
      if (!isSystemError(error)) socket.data?.failed(error);
    },
  };
}

/**
 * `close` follows an error of the system or of TLS; after an exception in one of these functions nothing does. Only the
 * former have a number: a code have many exceptions too, such as that of a read past the end of a buffer.
 */
function isSystemError(error: Error): boolean {
  return "errno" in error && typeof error.errno === "number";
}

function cannotListen(hostname: string, port: number, cause: unknown): RuntimeError {
  if (codeOf(cause) === "EADDRINUSE") {
    return new RuntimeError(
      "net.address_in_use",
      `Cannot listen on ${hostname}:${port}: another program has this port`,
      { cause },
    );
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  return new RuntimeError("net.cannot_listen", `Cannot listen on ${hostname}:${port}: ${why}`, { cause });
}
