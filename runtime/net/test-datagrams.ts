// Clients of the datagram protocol and a server's peers on one fake clock: packets arrive at once, or not at all.
import { DatagramChannel } from "../datagrams/channel.ts";
import { DatagramDialer } from "../datagrams/dialer.ts";
import type { Ended } from "../datagrams/ending.ts";
import type { Profile } from "../datagrams/profile.ts";
import { limits } from "../limits.ts";
import type { UdpAddress } from "./datagram-peer.ts";
import { DatagramPeers } from "./datagram-peers.ts";
import { createTestTable, type TestTable } from "./test-connection.ts";
import { countedSecrets, MESSAGES, PortStandIn } from "./test-messages.ts";

const STEP_MS = 5;
const ROUNDS_MAX = 10_000;

class DatagramClientStandIn {
  at: UdpAddress;
  /** Nothing reaches it. */
  deaf = false;
  /** Nothing leaves it. */
  mute = false;
  readonly heard: string[] = [];
  readonly #dialer: DatagramDialer;
  readonly #packet = new Uint8Array(limits.datagramBytesMax);
  #channel: DatagramChannel | undefined;

  constructor(at: UdpAddress, profile: Profile, nowMs: number) {
    this.at = at;
    this.#dialer = new DatagramDialer({ random: secretsOf(at), profile, nowMs });
  }

  get channel(): DatagramChannel {
    if (this.#channel === undefined) throw new Error("It is not connected");
    return this.#channel;
  }

  get refusal(): number | undefined {
    return this.#dialer.refusal;
  }

  get ended(): Ended | undefined {
    return this.#channel?.ended;
  }

  say(...texts: readonly string[]): void {
    for (const text of texts) this.channel.send(Buffer.from(text), 0);
  }

  received(octets: Buffer, nowMs: number): void {
    if (this.deaf) return;
    if (this.#channel !== undefined) {
      this.#channel.received(octets, nowMs);
      for (let next = this.#channel.take(nowMs); next !== undefined; next = this.#channel.take(nowMs)) {
        this.heard.push(Buffer.from(next.bytes).toString());
      }
      return;
    }
    this.#dialer.received(octets, nowMs);
    const { accepted } = this.#dialer;
    if (accepted !== undefined) this.#channel = new DatagramChannel({ ...accepted, random: secretsOf(this.at), nowMs });
  }

  packets(nowMs: number): readonly Buffer[] {
    const packets: Buffer[] = [];
    if (this.#channel === undefined) {
      const packet = this.#dialer.nextPacket(nowMs);
      if (packet !== undefined) packets.push(Buffer.from(packet));
    } else {
      const next = (): number => this.channel.nextPacket(nowMs, this.#packet);
      for (let bytes = next(); bytes > 0; bytes = next()) packets.push(Buffer.from(this.#packet.subarray(0, bytes)));
    }
    return this.mute ? [] : packets;
  }
}

/** What each address got and gave, in octets. */
export interface Traffic {
  in: number;
  out: number;
}

export class TestDatagrams {
  readonly net: TestTable;
  readonly peers: DatagramPeers;
  readonly port = new PortStandIn();
  readonly clients: DatagramClientStandIn[] = [];
  /** Every packet that came to the server. */
  readonly given: Buffer[] = [];
  readonly #traffic = new Map<string, Traffic>();

  constructor(options: Parameters<typeof createTestTable>[0] = {}) {
    this.net = createTestTable(options);
    this.peers = new DatagramPeers(this.port, this.net.table, MESSAGES, countedSecrets());
  }

  get nowMs(): number {
    return this.net.clock.monotonicMs();
  }

  /** By `address:port`. */
  traffic({ address, port }: UdpAddress): Traffic {
    const name = `${address}:${port}`;
    const traffic = this.#traffic.get(name) ?? { in: 0, out: 0 };
    this.#traffic.set(name, traffic);
    return traffic;
  }

  async connect(profile: Partial<Profile> = {}, address = "127.0.0.1"): Promise<DatagramClientStandIn> {
    const at = { address, port: 50_000 + this.clients.length };
    const client = new DatagramClientStandIn(at, { local: true, quick: false, ...profile }, this.nowMs);
    this.clients.push(client);
    await this.settle();
    return client;
  }

  /** A packet that comes from there, whoever sent it. */
  give(packet: Uint8Array, from: UdpAddress): void {
    this.traffic(from).in += packet.length;
    this.given.push(Buffer.from(packet));
    this.peers.received(Buffer.from(packet), from.port, from.address);
  }

  /** Everything on its way arrives, until nobody says anything more. */
  async settle(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      for (const client of this.clients) for (const packet of client.packets(this.nowMs)) this.give(packet, client.at);
      await this.net.clock.settle();
      if (!this.#deliver()) return;
    }
    throw new Error("They do not stop talking");
  }

  async advance(delayMs: number): Promise<void> {
    await this.settle();
    for (let leftMs = delayMs; leftMs > 0; leftMs -= STEP_MS) {
      await this.net.clock.advance(Math.min(STEP_MS, leftMs));
      await this.settle();
    }
  }

  #deliver(): boolean {
    const sent = this.port.take();
    for (const { octets, address, port } of sent) {
      this.traffic({ address, port }).out += octets.length;
      const client = this.clients.find(({ at }) => at.port === port && at.address === address);
      client?.received(octets, this.nowMs);
    }
    return sent.length > 0;
  }
}

/** Two clients never draw the same. */
function secretsOf({ port }: UdpAddress) {
  const counted = countedSecrets();
  return {
    drawInto(octets: Uint8Array) {
      counted.drawInto(octets);
      octets.set([port >> 8, port & 0xff]);
    },
  };
}
