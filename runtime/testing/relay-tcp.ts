// A relay for TCP: each connection is passed on by one of its own, and both ways misbehave as asked.
import { type Clock, systemClock } from "../base/clock.ts";
import { TokenBucket } from "./relay-bucket.ts";
import { type ConnectionEnd, RelayedConnection } from "./relay-connection.ts";
import { type Link, linkOf, type NetworkFaults, type Way } from "./relay-faults.ts";
import { RelayCounts, type RelayFigures } from "./relay-figures.ts";
import { relayLimits } from "./relay-limits.ts";
import { LOOPBACK, type Relay, type RelayOptions } from "./relay-options.ts";
import { Partition, type Partitioned } from "./relay-partition.ts";
import type { StreamLink } from "./relay-stream.ts";

export interface TcpRelayOptions extends RelayOptions {
  /** 4 096 unless given: a further one is reset at once and counted. */
  readonly connectionsMax?: number;
}

export interface TcpRelay extends Relay {
  /** RST to both ends of every connection; what was on its way is lost. */
  reset(): void;
}

type Socket = Bun.Socket<ConnectionEnd | undefined>;

/**
 * A relay of streams cannot lose segments, as the kernels at both ends would send them again. So loss is a model: what
 * comes is cut into segments, a lost one comes when Linux would have sent it again, and all behind it waits. That is a
 * round trip and a quarter after a later one has arrived (RFC 8985), or after the retransmission time: the round trip
 * but at least 200 ms, doubled each time. There is no probe for the last segment and no congestion window.
 * While the network is parted, bytes wait, as do FIN and RST, and go on when it is whole; who connects is accepted, but
 * the target hears of it only then. Connecting itself is neither delayed nor lost.
 * Resolves when it listens. Rejects with a `TypeError` where a fault is wrong, or with what the kernel says.
 */
export async function startTcpRelay(options: TcpRelayOptions): Promise<TcpRelay> {
  const relay = new StreamRelay(options);
  relay.listen(options.hostname ?? LOOPBACK, options.port ?? 0);
  return relay;
}

class StreamRelay implements TcpRelay {
  readonly #options: TcpRelayOptions;
  readonly #counts = new RelayCounts();
  readonly #partition: Partition;
  readonly #up: StreamLink;
  readonly #down: StreamLink;
  readonly #connections = new Set<RelayedConnection>();
  #listener: Bun.TCPSocketListener<ConnectionEnd | undefined> | undefined;

  constructor(options: TcpRelayOptions) {
    const { faults = {}, clock = systemClock } = options;
    const [up, down] = [linkOf(faults, "up"), linkOf(faults, "down")];
    this.#options = options;
    this.#partition = new Partition(clock, options.planned);
    this.#up = this.#createLink("up", up, clock);
    this.#down = this.#createLink("down", down, clock);
    this.set(faults);
  }

  listen(hostname: string, port: number): void {
    const open = (socket: Socket): void => this.#accepted(socket);
    try {
      this.#listener = Bun.listen<ConnectionEnd | undefined>({
        hostname,
        port,
        allowHalfOpen: true,
        socket: { ...endHandlers, open },
      });
    } catch (error) {
      this.#partition.stop();
      throw error;
    }
  }

  get port(): number {
    return this.#listener?.port ?? 0;
  }

  get figures(): RelayFigures {
    return this.#counts.snapshot();
  }

  set(faults: NetworkFaults): void {
    const [up, down] = [linkOf(faults, "up"), linkOf(faults, "down")];
    this.#up.link = up;
    this.#down.link = down;
    this.#up.roundTripMs = this.#down.roundTripMs = up.delayMs + down.delayMs;
  }

  partition(cut: Partitioned): void {
    this.#partition.set(cut);
  }

  reset(): void {
    for (const connection of Array.from(this.#connections)) connection.reset();
  }

  stop(): void {
    this.#listener?.stop();
    this.#listener = undefined;
    this.#partition.stop();
    this.reset();
  }

  #accepted(socket: Socket): void {
    const counts = this.#counts;
    if (this.#connections.size >= (this.#options.connectionsMax ?? relayLimits.connectionsMax)) {
      counts.refused++;
      socket.terminate();
      return;
    }
    const connection = this.#addConnection();
    socket.data = connection.client;
    socket.setNoDelay(true);
    connection.client.opened(socket);
    this.#dialWhenWhole(connection);
  }

  #addConnection(): RelayedConnection {
    const counts = this.#counts;
    const connection = new RelayedConnection({
      up: this.#up,
      down: this.#down,
      seed: this.#options.seed ?? 1,
      number: counts.opened++,
      gone: (gone, reset) => {
        this.#connections.delete(gone);
        counts.open = this.#connections.size;
        if (reset) counts.resets++;
      },
    });
    this.#connections.add(connection);
    counts.open = this.#connections.size;
    return connection;
  }

  #dialWhenWhole(connection: RelayedConnection): void {
    const tryNow = (): void => {
      if (this.#partition.cuts("up") || this.#partition.cuts("down")) return;
      stopWaiting();
      if (this.#connections.has(connection)) this.#dial(connection);
    };
    const stopWaiting = this.#partition.onChange(tryNow);
    tryNow();
  }

  /** A target that cannot be reached resets the client. */
  #dial(connection: RelayedConnection): void {
    const { hostname = LOOPBACK, port } = this.#options.target;
    const open = (socket: Socket): void => {
      socket.setNoDelay(true);
      connection.server.opened(socket);
    };
    const dialled = Bun.connect<ConnectionEnd | undefined>({
      hostname,
      port,
      allowHalfOpen: true,
      data: connection.server,
      socket: { ...endHandlers, open },
    });
    dialled.catch(() => connection.reset());
  }

  #createLink(way: Way, link: Link, clock: Clock): StreamLink {
    const [partition, counts] = [this.#partition, this.#counts.of(way)];
    return { way, clock, link, partition, counts, bucket: new TokenBucket(), roundTripMs: 0 };
  }
}

/** The same for both sockets of a connection; the end hangs on the socket. */
const endHandlers = {
  data: (socket: Socket, chunk: Buffer): void => socket.data?.received(chunk),
  drain: (socket: Socket): void => socket.data?.drained(),
  end: (socket: Socket): void => socket.data?.peerFinished(),
  close: (socket: Socket, error?: Error): void => socket.data?.socketClosed(error),
  /** Where the system or the peer is to blame, which shows in a number, `close` follows and is told the same. */
  error(_: Socket, error: Error): void {
    if (!("errno" in error)) throw error;
  },
};
