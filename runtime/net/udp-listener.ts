// A UDP port for two kinds of peers, told apart by the first octet: text, and the reliable datagram protocol.
import { asError } from "../base/as-error.ts";
import type { SecretRandom } from "../datagrams/secrets.ts";
import type { ConnectionTable } from "./connection-table.ts";
import { DatagramPeers } from "./datagram-peers.ts";
import type { MessageConnectionOptions } from "./message-connection.ts";
import { UdpPort } from "./udp-port.ts";
import { type UdpTextOptions, UdpTextPeers } from "./udp-text-peers.ts";

export interface UdpListenerOptions {
  readonly hostname: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly table: ConnectionTable;
  readonly random: SecretRandom;
  readonly text: UdpTextOptions;
  readonly datagrams: MessageConnectionOptions;
}

/** No UTF-8 text begins with an octet from 0x80 to 0xBF. */
const isDatagram = (octets: Buffer): boolean => ((octets[0] as number) & 0xc0) === 0x80;

/** Rejects with `net.address_in_use` or `net.cannot_listen`. It serves its peers until the port is closed. */
export async function startUdpListener(options: UdpListenerOptions): Promise<UdpPort> {
  const { hostname, table, random } = options;
  const port = await UdpPort.open(hostname, options.port, table.clock, {
    received(octets, remotePort, address) {
      if (octets.length === 0) return;
      if (isDatagram(octets)) datagrams.received(octets, remotePort, address);
      else text.received(octets, remotePort, address);
    },
    queued: () => table.stepEndsSoon(),
    failed(error, remotePort, remoteAddress) {
      table.failed({ remoteAddress, remotePort }, asError(error));
    },
  });
  const datagrams = new DatagramPeers(port, table, options.datagrams, random);
  const text = new UdpTextPeers(port, table, options.text, random);
  table.onFlushed(() => port.flush());
  return port;
}
