// Where a server is to be dialled, by what the reference lists: a host, and a port that may follow from its rank.
import { isPort, parseHostAddress } from "./wire/host-address.ts";

const LOOPBACK = /^(?:127(?:\.\d{1,3}){1,3}|::1|localhost)$/;

export interface ServerAddress {
  readonly name: string;
  /** A host, or a host and a port after a colon. */
  readonly address: string;
  readonly rank: number;
}

type Listed = Pick<ServerAddress, "address" | "rank">;

/** With a port: where none is said, `portBase` and the rank; without one where that is 0, and nobody can reckon it. */
export function addressWithPort({ address, rank }: Listed, portBase: number): string {
  const { host, port } = parseHostAddress(address) ?? {};
  if (portBase === 0 || host === undefined || port !== undefined) return address;
  return `${host.includes(":") ? `[${host}]` : host}:${portBase + rank}`;
}

/**
 * One that is on its home's machine is where that is, wherever this process is; `home` undefined: it is there too.
 * Undefined where nobody can be.
 */
export function dialAddressOf(
  { address, rank }: Listed,
  home: string | undefined,
  portBase: number,
): { readonly host: string; readonly port: number } | undefined {
  const { host, port = portBase + rank } = parseHostAddress(address) ?? {};
  if (host === undefined || !isPort(port)) return undefined;
  return { host: home !== undefined && isLoopback(host) ? home : host, port };
}

/** Only this machine reaches it there. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
