// Octets three times over: as the kernel passed them, as the clients counted them, and as the server's own figures say.

import { SERVER_STREAMS } from "./match-curves.ts";
import type { ClientCount } from "./match-existing-client.ts";
import type { ServerCount } from "./match-server.ts";
import type { StreamCount } from "./match-stream.ts";
import { type ConnectionCount, isConnectionOf, type NetworkCount, type WayCount } from "./recorder-network.ts";

export interface ByteRow {
  readonly what: string;
  /** Of messages, as the kernel passed them: for TLS, what its records hold. */
  readonly kernelOctets: number;
  readonly ownOctets: number;
  readonly differencePercent: number;
  /** TCP payload that carried them, with handshake and records. */
  readonly payloadOctets: number;
}

export interface BytesCompared {
  readonly bytes: readonly ByteRow[];
  readonly wireShare?: number;
}

/** What one way of a connection carried. */
interface Carried {
  readonly messages: number;
  readonly payload: number;
}

interface KnownWays {
  readonly kind: keyof ClientCount;
  readonly count: StreamCount;
  readonly connection: ConnectionCount;
  readonly sent: Carried;
  readonly received: Carried;
}

const KINDS: Readonly<Record<keyof ClientCount, string>> = {
  plain: "plain",
  secure: "TLS",
  heartbeat: "heartbeat",
  game: "moves, peer to peer",
  delay: "pings, peer to peer",
};
/** TLS 1.3 puts a type and a tag to each record (RFC 8446, section 5.2). */
const RECORD_EXTRA_BYTES = 1 + 16;
const ALERT_RECORD_BYTES = 2 + RECORD_EXTRA_BYTES;

/** Throws where a connection that a client counted was not seen: then the kernel's count is of something else. */
export function compareBytes(
  network: NetworkCount,
  clients: readonly ClientCount[],
  server: ServerCount,
): BytesCompared {
  if (network.dropped > 0) throw new Error(`The packet counter missed ${network.dropped} packets`);
  const ways = clients.flatMap((client) => knownWays(network, client));
  const kinds = (Object.keys(KINDS) as (keyof ClientCount)[]).filter((kind) => ways.some((way) => way.kind === kind));
  const rows = kinds.flatMap((kind) => {
    const own = ways.filter((way) => way.kind === kind);
    return [
      row(
        `${KINDS[kind]}, sent by clients`,
        own.map(({ sent }) => sent),
        sum(own.map(({ count }) => count.sent)),
      ),
      row(
        `${KINDS[kind]}, received`,
        own.map(({ received }) => received),
        sum(own.map(({ count }) => count.received)),
      ),
    ];
  });
  const served = ways.filter(({ kind }) => SERVER_STREAMS.includes(kind));
  const serverRows = [
    row(
      "all, in by the server's figures",
      served.map(({ sent }) => sent),
      server.in,
    ),
    row(
      "all, out by the server's figures",
      served.map(({ received }) => received),
      server.out,
    ),
  ];
  return { bytes: [...rows, ...serverRows], ...wireShareOf(new Set(ways.map(({ connection }) => connection))) };
}

const asCounted = (octets: number): Carried => ({ messages: octets, payload: octets });

/** Without a packet counter: what both ends have counted, and nothing of what was between them. */
export function compareEnds(clients: readonly ClientCount[], server: ServerCount): BytesCompared {
  const streams = clients.flatMap((client) => SERVER_STREAMS.flatMap((kind) => client[kind] ?? []));
  return {
    bytes: [
      row(
        "all, in: clients and server",
        streams.map(({ sent }) => asCounted(sent)),
        server.in,
      ),
      row(
        "all, out: clients and server",
        streams.map(({ received }) => asCounted(received)),
        server.out,
      ),
    ],
  };
}

/** The row that agrees least; undefined without any. */
export function worstRow(rows: readonly ByteRow[]): ByteRow | undefined {
  return rows.toSorted((one, other) => other.differencePercent - one.differencePercent)[0];
}

function row(what: string, carried: readonly Carried[], ownOctets: number): ByteRow {
  const kernelOctets = sum(carried.map(({ messages }) => messages));
  const payloadOctets = sum(carried.map(({ payload }) => payload));
  const differencePercent =
    kernelOctets === ownOctets ? 0 : (Math.abs(kernelOctets - ownOctets) / Math.max(1, ownOctets)) * 100;
  return { what, kernelOctets, ownOctets, differencePercent, payloadOctets };
}

function knownWays(network: NetworkCount, client: ClientCount): readonly KnownWays[] {
  return (Object.entries(client) as [keyof ClientCount, StreamCount][]).map(([kind, count]) => {
    const connection = network.connections.find((each) => isConnectionOf(each, count));
    if (connection === undefined) throw new Error(`The packet counter has not seen the connection "${kind}"`);
    const { up, down } = connection;
    const [sent, received] = connection.client === count.localPort ? [up, down] : [down, up];
    return {
      kind,
      count,
      connection,
      sent: carriedBy(sent, count.firstSent),
      received: carriedBy(received, count.firstReceived),
    };
  });
}

/** Records before that of the first message are the handshake's and its tickets'. */
function carriedBy(way: WayCount, firstMessageOctets: number): Carried {
  const { payload, records, recordOctets, alerts, firstRecords } = way;
  if (records === 0) return { messages: payload, payload };
  const found = firstRecords.indexOf(firstMessageOctets + RECORD_EXTRA_BYTES);
  const before = found < 0 ? records - alerts : found;
  const beforeOctets = found < 0 ? recordOctets - alerts * ALERT_RECORD_BYTES : sum(firstRecords.slice(0, found));
  const octets = recordOctets - beforeOctets - alerts * ALERT_RECORD_BYTES;
  return { messages: octets - (records - before - alerts) * RECORD_EXTRA_BYTES, payload };
}

function wireShareOf(connections: ReadonlySet<ConnectionCount>): { readonly wireShare?: number } {
  const ways = Array.from(connections).flatMap(({ up, down }) => [up, down]);
  const payload = sum(ways.map((way) => way.payload));
  return payload === 0 ? {} : { wireShare: sum(ways.map(({ octets }) => octets)) / payload };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
