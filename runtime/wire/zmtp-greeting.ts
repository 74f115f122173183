// The first 64 octets of each side of a ZMTP connection: signature, version, security mechanism (ZMTP 3.1, RFC 37).
import type { WireFault } from "./protocol.ts";

export type ZmtpMechanism = "NULL" | "PLAIN";

/** Who speaks first within a mechanism: the side that listens is the server. */
export type ZmtpRole = "server" | "client";

export const GREETING_BYTES = 64;

const MAJOR_OFFSET = 10;
const MINOR_OFFSET = 11;
const MECHANISM_OFFSET = 12;
const MECHANISM_BYTES = 20;
const AS_SERVER_OFFSET = 32;
const [MAJOR, MINOR] = [3, 1];

export function encodeGreeting(mechanism: ZmtpMechanism, role: ZmtpRole): Buffer {
  const greeting = Buffer.alloc(GREETING_BYTES);
  greeting[0] = 0xff;
  greeting[9] = 0x7f;
  greeting[MAJOR_OFFSET] = MAJOR;
  greeting[MINOR_OFFSET] = MINOR;
  greeting.write(mechanism, MECHANISM_OFFSET, "latin1");
  // Under NULL there is no server, and RFC 37 wants a zero.
  greeting[AS_SERVER_OFFSET] = mechanism === "PLAIN" && role === "server" ? 1 : 0;
  return greeting;
}

/**
 * What is wrong with the first `count` octets of a peer's greeting, judged as they come: a peer that speaks something
 * else need not send 64 to be told off. The padding is not looked at, nor as-server: libzmq fills in neither as the RFC
 * says. Versions from 3.0 on are understood, older ones not.
 */
export function greetingFault(octets: Uint8Array, count: number, mechanism: ZmtpMechanism): WireFault | undefined {
  if (count > 0 && octets[0] !== 0xff) return "wire.zmtp_greeting";
  if (count > 9 && octets[9] !== 0x7f) return "wire.zmtp_greeting";
  if (count > MAJOR_OFFSET && (octets[MAJOR_OFFSET] as number) < MAJOR) return "wire.zmtp_version";
  for (let index = 0; index < Math.min(MECHANISM_BYTES, count - MECHANISM_OFFSET); index++) {
    const wanted = index < mechanism.length ? mechanism.charCodeAt(index) : 0;
    if (octets[MECHANISM_OFFSET + index] !== wanted) return "wire.zmtp_mechanism";
  }
  return undefined;
}

/** Of a whole greeting: 0 for ZMTP 3.0, whose peers know no PING. */
export function minorVersion(greeting: Uint8Array): number {
  return greeting[MINOR_OFFSET] as number;
}
