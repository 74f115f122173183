// An address as somebody says it: a host, and a port where he says one.
import { limits } from "../limits.ts";

/** Of a ZeroMQ endpoint. */
const SCHEME = /^tcp:\/\//;
const HOST_AND_PORT = /^([^:]+|\[[^\]]+\]):(\d{1,5})$/;
const IN_BRACKETS = /^\[(.*)\]$/;
/** A name or a number; names of machines may have underscores. */
const NAME = /^[a-z\d](?:[a-z\d._-]*[a-z\d._])?$/i;
const NAME_LENGTH_MAX = 253;
/** With the interface that it is reached by, where it is a local one. */
const IPV6 = /^([\da-f:.]{2,45})(?:%[\w.-]{1,32})?$/i;
/** As a socket for both families sees who comes by the older one. */
const MAPPED = /^::ffff:(?=\d+\.)/;
const PORT_MAX = 65_535;

export interface HostAddress {
  /** Without brackets. */
  readonly host: string;
  /** Undefined where none is said. */
  readonly port: number | undefined;
}

/** `HOST`, `HOST:PORT`, `IPv6`, `[IPv6]` or `[IPv6]:PORT`, also behind `tcp://`; a port is one that can be dialled. */
export function parseHostAddress(given: unknown): HostAddress | undefined {
  if (typeof given !== "string" || given.length > limits.serverAddressLengthMax) return undefined;
  const said = given.replace(SCHEME, "");
  const [, named = said, digits] = HOST_AND_PORT.exec(said) ?? [];
  const inBrackets = IN_BRACKETS.exec(named)?.[1];
  const host = (inBrackets ?? named).replace(MAPPED, "");
  const isName = inBrackets === undefined && host.length <= NAME_LENGTH_MAX && NAME.test(host);
  const port = digits === undefined ? undefined : Number(digits);
  return (isName || isIPv6(host)) && (port === undefined || isPort(port)) ? { host, port } : undefined;
}

/** Somebody can listen there. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= PORT_MAX;
}

function isIPv6(host: string): boolean {
  const [, number] = IPV6.exec(host) ?? [];
  return number !== undefined && URL.canParse(`http://[${number}]`);
}
