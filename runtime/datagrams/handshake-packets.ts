// The packets before there is a connection, and the one that says that there is none.
import { CHECKSUM_BYTES, isSealed, seal } from "./checksum.ts";
import { readU32, writeU32 } from "./octets.ts";
import { type ConnectionId, packetKind, readConnectionId, writeConnectionId } from "./packet-header.ts";
import { parseProfile, type Profile, profileOctet } from "./profile.ts";

export const PROTOCOL_VERSION = 1;
export const NONCE_BYTES = 8;
export const COOKIE_BYTES = 16;
/** A client's packet is so long, so that no answer of the server is longer. */
const CLIENT_PACKET_BYTES = 64;
const GONE_PACKET_BYTES = 9 + CHECKSUM_BYTES;

export const refusalReason = { unknownVersion: 1, tooMany: 2, tooManyFromAddress: 3, draining: 4 } as const;

/** What a server gives to an address, and gets back from who receives there. */
export interface Cookie {
  /** Of the server's clock. */
  readonly seconds: number;
  readonly proof: Uint8Array;
}

export interface Hello {
  /** Eight octets of the client's choice: they join its packets and the answers. */
  readonly nonce: Uint8Array;
  readonly version: number;
  readonly profile: Profile;
  /** Of a connect. */
  readonly cookie: Cookie | undefined;
}

export function helloPacket(nonce: Uint8Array, profile: Profile, cookie?: Cookie): Uint8Array {
  const packet = new Uint8Array(CLIENT_PACKET_BYTES);
  packet[0] = cookie === undefined ? packetKind.hello : packetKind.connect;
  packet.set(nonce, 1);
  packet[9] = PROTOCOL_VERSION;
  packet[10] = profileOctet(profile);
  if (cookie !== undefined) {
    writeU32(packet, 11, cookie.seconds);
    packet.set(cookie.proof, 15);
  }
  seal(packet, CLIENT_PACKET_BYTES - CHECKSUM_BYTES);
  return packet;
}

/** A hello or a connect. */
export function parseHello(packet: Uint8Array): Hello | undefined {
  const isConnect = packet[0] === packetKind.connect;
  if (!isConnect && packet[0] !== packetKind.hello) return undefined;
  if (packet.length !== CLIENT_PACKET_BYTES || !isSealed(packet)) return undefined;
  const cookie = isConnect ? readCookie(packet, 11) : undefined;
  const profile = parseProfile(packet[10] as number);
  return { nonce: octets(packet, 1, NONCE_BYTES), version: packet[9] as number, profile, cookie };
}

export function retryPacket(nonce: Uint8Array, cookie: Cookie): Uint8Array {
  const packet = answerTo(nonce, packetKind.retry, 4 + COOKIE_BYTES);
  writeU32(packet, 9, cookie.seconds);
  packet.set(cookie.proof, 13);
  return sealed(packet);
}

export function acceptPacket(nonce: Uint8Array, id: ConnectionId, profile: Profile): Uint8Array {
  const packet = answerTo(nonce, packetKind.accept, 9);
  writeConnectionId(packet, 9, id);
  packet[17] = profileOctet(profile);
  return sealed(packet);
}

export function refusedPacket(nonce: Uint8Array, reason: number): Uint8Array {
  const packet = answerTo(nonce, packetKind.refused, 1);
  packet[9] = reason;
  return sealed(packet);
}

export function gonePacket(id: ConnectionId): Uint8Array {
  const packet = new Uint8Array(GONE_PACKET_BYTES);
  packet[0] = packetKind.gone;
  writeConnectionId(packet, 1, id);
  return sealed(packet);
}

/** Of a packet whose checksum is right. */
export function isGone(packet: Uint8Array, id: ConnectionId): boolean {
  return packet[0] === packetKind.gone && packet.length === GONE_PACKET_BYTES && readConnectionId(packet, 1) === id;
}

export type HandshakeAnswer =
  | { readonly kind: "retry"; readonly cookie: Cookie }
  | { readonly kind: "accept"; readonly id: ConnectionId; readonly profile: Profile }
  | { readonly kind: "refused"; readonly reason: number };

/** What a server answers to the nonce; `undefined` where it is none of that. */
export function parseAnswer(packet: Uint8Array, nonce: Uint8Array): HandshakeAnswer | undefined {
  const isOurs = isSealed(packet) && nonce.every((octet, index) => octet === packet[1 + index]);
  if (!isOurs) return undefined;
  const bodyBytes = packet.length - 9 - CHECKSUM_BYTES;
  if (packet[0] === packetKind.retry && bodyBytes === 4 + COOKIE_BYTES) {
    return { kind: "retry", cookie: readCookie(packet, 9) };
  }
  if (packet[0] === packetKind.refused && bodyBytes === 1) return { kind: "refused", reason: packet[9] as number };
  if (packet[0] !== packetKind.accept || bodyBytes !== 9) return undefined;
  const id = readConnectionId(packet, 9);
  return id === undefined ? undefined : { kind: "accept", id, profile: parseProfile(packet[17] as number) };
}

function answerTo(nonce: Uint8Array, kind: number, bodyBytes: number): Uint8Array {
  const packet = new Uint8Array(1 + NONCE_BYTES + bodyBytes + CHECKSUM_BYTES);
  packet[0] = kind;
  packet.set(nonce, 1);
  return packet;
}

function sealed(packet: Uint8Array): Uint8Array {
  seal(packet, packet.length - CHECKSUM_BYTES);
  return packet;
}

function readCookie(packet: Uint8Array, offset: number): Cookie {
  return { seconds: readU32(packet, offset), proof: octets(packet, offset + 4, COOKIE_BYTES) };
}

/** A copy: packets lie in memory of the socket's. */
function octets(packet: Uint8Array, offset: number, length: number): Uint8Array {
  return new Uint8Array(packet.subarray(offset, offset + length));
}
