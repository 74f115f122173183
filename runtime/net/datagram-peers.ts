// All peers that speak the reliable datagram protocol over one port: met without keeping anything, found by their id.
import { asError } from "../base/as-error.ts";
import { DatagramChannel } from "../datagrams/channel.ts";
import { DatagramGreeter } from "../datagrams/greeter.ts";
import { acceptPacket, refusalReason, refusedPacket } from "../datagrams/handshake-packets.ts";
import { type ConnectionId, createConnectionId, packetKind, readConnectionId } from "../datagrams/packet-header.ts";
import type { Profile } from "../datagrams/profile.ts";
import type { SecretRandom } from "../datagrams/secrets.ts";
import type { AdmissionRefusal } from "./admission.ts";
import type { ConnectionTable } from "./connection-table.ts";
import { DatagramPeer, type UdpAddress } from "./datagram-peer.ts";
import { MessageConnection, type MessageConnectionOptions } from "./message-connection.ts";
import type { DatagramOutlet } from "./udp-port.ts";

/** Kind and id. */
const ID_END = 9;

const REFUSALS: Readonly<Record<AdmissionRefusal, number>> = {
  "net.connections_max": refusalReason.tooMany,
  "net.connections_per_address_max": refusalReason.tooManyFromAddress,
  "net.draining": refusalReason.draining,
};

export class DatagramPeers {
  readonly #port: DatagramOutlet;
  readonly #table: ConnectionTable;
  readonly #options: MessageConnectionOptions;
  readonly #random: SecretRandom;
  readonly #greeter: DatagramGreeter;
  readonly #peers = new Map<ConnectionId, DatagramPeer>();
  /** By address and nonce: a connect that comes again is answered alike. */
  readonly #accepted = new Map<string, { readonly id: ConnectionId; readonly profile: Profile }>();

  constructor(port: DatagramOutlet, table: ConnectionTable, options: MessageConnectionOptions, random: SecretRandom) {
    this.#port = port;
    this.#table = table;
    this.#options = options;
    this.#random = random;
    this.#greeter = new DatagramGreeter(random, table.clock.monotonicMs());
  }

  received(packet: Buffer, port: number, address: string): void {
    if (packet[0] !== packetKind.data) return this.#meet(packet, { address, port });
    const id = packet.length < ID_END ? undefined : readConnectionId(packet, 1);
    const peer = id === undefined ? undefined : this.#peers.get(id);
    if (peer !== undefined) return give(peer, packet, { address, port });
    const gone = this.#greeter.gone(packet, this.#table.clock.monotonicMs());
    if (gone !== undefined) this.#port.queue(gone, port, address);
  }

  #meet(packet: Buffer, at: UdpAddress): void {
    const name = `${at.address}:${at.port}`;
    const greeting = this.#greeter.greet(packet, name, this.#table.clock.monotonicMs());
    if (greeting.kind === "ignored") return;
    const answer = greeting.kind === "answer" ? greeting.packet : this.#accept(greeting, at);
    this.#port.queue(answer, at.port, at.address);
  }

  #accept({ nonce, profile }: { nonce: Uint8Array; profile: Profile }, at: UdpAddress): Uint8Array {
    const name = `${at.address}:${at.port} ${Buffer.from(nonce).toString("hex")}`;
    const known = this.#accepted.get(name);
    if (known !== undefined) return acceptPacket(nonce, known.id, known.profile);
    const id = createConnectionId(this.#random);
    const nowMs = this.#table.clock.monotonicMs();
    const channel = new DatagramChannel({ id, profile, random: this.#random, nowMs });
    const left = (): void => {
      this.#peers.delete(id);
      this.#accepted.delete(name);
    };
    const peer = new DatagramPeer({ channel, port: this.#port, at, left }, this.#table);
    const opened = this.#table.open(at.address, (key) => new MessageConnection(key, peer, this.#options, this.#table));
    if (typeof opened === "string") return refusedPacket(nonce, REFUSALS[opened]);
    peer.connection = opened;
    this.#peers.set(id, peer);
    this.#accepted.set(name, { id, profile });
    peer.touch();
    return acceptPacket(nonce, id, profile);
  }
}

/** A fault is the end of this connection, and of no other. */
function give(peer: DatagramPeer, packet: Buffer, from: UdpAddress): void {
  try {
    peer.received(packet, from);
  } catch (error) {
    peer.failed(asError(error));
  }
}
