// A relay for datagrams: every sender gets a socket of its own toward the target, and both ways misbehave as asked.
import { type Clock, systemClock } from "../base/clock.ts";
import { FlowChance } from "./relay-chance.ts";
import { linkOf, type NetworkFaults, type Way } from "./relay-faults.ts";
import { RelayCounts, type RelayFigures } from "./relay-figures.ts";
import { FlowSocket, triedTwice } from "./relay-flow.ts";
import { relayLimits } from "./relay-limits.ts";
import { LOOPBACK, type Relay, type RelayOptions } from "./relay-options.ts";
import { type PacketFlow, PacketLink } from "./relay-packets.ts";
import { Partition, type Partitioned } from "./relay-partition.ts";

export interface UdpRelayOptions extends RelayOptions {
  /** 4 096 unless given: datagrams of a further sender are dropped and counted. */
  readonly flowsMax?: number;
  /** One minute unless given: after so long without a datagram a sender is forgotten. */
  readonly flowIdleMs?: number;
}

export interface UdpRelay extends Relay {
  /** Every sender is seen at a new port by the server from now on, as when a NAT has forgotten it. */
  rebind(): void;
}

/** Resolves when it listens. Rejects with a `TypeError` where a fault is wrong, or with what the kernel says. */
export async function startUdpRelay(options: UdpRelayOptions): Promise<UdpRelay> {
  const relay = new DatagramRelay(options);
  await relay.listen(options.hostname ?? LOOPBACK, options.port ?? 0);
  return relay;
}

type Socket = Bun.udp.Socket<"uint8array">;

interface Flow {
  readonly socket: FlowSocket;
  readonly up: PacketFlow;
  readonly down: PacketFlow;
  usedMs: number;
}

class DatagramRelay implements UdpRelay {
  readonly #options: UdpRelayOptions;
  readonly #clock: Clock;
  readonly #counts = new RelayCounts();
  readonly #partition: Partition;
  readonly #up: PacketLink;
  readonly #down: PacketLink;
  /** By address and port of the sender. */
  readonly #flows = new Map<string, Flow>();
  #socket: Socket | undefined;
  #cancelSweep: () => void = () => undefined;

  constructor(options: UdpRelayOptions) {
    const { faults = {}, clock = systemClock } = options;
    const [up, down] = [linkOf(faults, "up"), linkOf(faults, "down")];
    this.#options = options;
    this.#clock = clock;
    this.#partition = new Partition(clock, options.planned);
    const parts = { clock, partition: this.#partition };
    this.#up = new PacketLink("up", up, { ...parts, counts: this.#counts.up });
    this.#down = new PacketLink("down", down, { ...parts, counts: this.#counts.down });
  }

  async listen(hostname: string, port: number): Promise<void> {
    try {
      this.#socket = await this.#createSocket(hostname, port);
    } catch (error) {
      this.#partition.stop();
      throw error;
    }
    this.#sweepLater();
  }

  get port(): number {
    return this.#socket?.port ?? 0;
  }

  get figures(): RelayFigures {
    return this.#counts.snapshot();
  }

  set(faults: NetworkFaults): void {
    const [up, down] = [linkOf(faults, "up"), linkOf(faults, "down")];
    this.#up.link = up;
    this.#down.link = down;
  }

  partition(cut: Partitioned): void {
    this.#partition.set(cut);
  }

  rebind(): void {
    for (const { socket } of this.#flows.values()) socket.open();
  }

  stop(): void {
    this.#cancelSweep();
    this.#partition.stop();
    this.#up.stop();
    this.#down.stop();
    for (const { socket } of this.#flows.values()) socket.close();
    this.#flows.clear();
    this.#counts.open = 0;
    this.#socket?.close();
    this.#socket = undefined;
  }

  #createSocket(hostname: string, port: number): Promise<Socket> {
    return Bun.udpSocket({
      hostname,
      port,
      binaryType: "uint8array",
      socket: {
        data: (_, bytes, fromPort, fromAddress) => this.#heard(bytes, fromPort, fromAddress),
        // The kernel reports here that a sender is gone; without this function the process would end.
        error: () => undefined,
      },
    });
  }

  #heard(bytes: Uint8Array, port: number, address: string): void {
    const key = `${address}|${port}`;
    const flow = this.#flows.get(key) ?? this.#addFlow(key, port, address);
    if (flow === undefined) return;
    flow.usedMs = this.#clock.monotonicMs();
    this.#up.send(flow.up, bytes);
  }

  #addFlow(key: string, port: number, address: string): Flow | undefined {
    const counts = this.#counts;
    if (this.#flows.size >= (this.#options.flowsMax ?? relayLimits.flowsMax)) {
      counts.refused++;
      return undefined;
    }
    const number = counts.opened++;
    const { hostname = LOOPBACK, port: targetPort } = this.#options.target;
    const socket = new FlowSocket(
      { hostname, port: targetPort },
      {
        heard: (bytes) => this.#answered(flow, bytes),
        sent: (length, taken) => this.#sent("up", length, taken),
      },
    );
    const toClient = (bytes: Uint8Array): void => {
      const taken = triedTwice(() => this.#socket?.send(bytes, port, address) ?? false);
      this.#sent("down", bytes.length, taken);
    };
    const flow: Flow = {
      socket,
      up: this.#createWay("up", number, (bytes) => socket.send(bytes)),
      down: this.#createWay("down", number, toClient),
      usedMs: this.#clock.monotonicMs(),
    };
    this.#flows.set(key, flow);
    counts.open = this.#flows.size;
    return flow;
  }

  #createWay(way: Way, number: number, arrive: (bytes: Uint8Array) => void): PacketFlow {
    return { chance: new FlowChance(this.#options.seed ?? 1, way, number), lastDueMs: 0, arrive };
  }

  #answered(flow: Flow, bytes: Uint8Array): void {
    flow.usedMs = this.#clock.monotonicMs();
    this.#down.send(flow.down, bytes);
  }

  #sent(way: Way, length: number, taken: boolean): void {
    const counts = this.#counts.of(way);
    if (taken) {
      counts.packetsOut++;
      counts.bytesOut += length;
    } else counts.overflowed++;
  }

  #sweepLater(): void {
    const idleMs = this.#options.flowIdleMs ?? relayLimits.flowIdleMs;
    this.#cancelSweep = this.#clock.after(idleMs / 2, () => {
      const untilMs = this.#clock.monotonicMs() - idleMs;
      for (const [key, flow] of this.#flows) {
        if (flow.usedMs > untilMs) continue;
        flow.socket.close();
        this.#flows.delete(key);
      }
      this.#counts.open = this.#flows.size;
      this.#sweepLater();
    });
  }
}
