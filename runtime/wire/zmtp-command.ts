// ZMTP commands: a name and what belongs to it, in a frame of their own (ZMTP 3.1, RFC 37; PLAIN: RFC 24).
import { encodedFrameBytes, FLAG_COMMAND, writeFrame } from "./zmtp-frame.ts";

/** What each side says of itself when it is ready. */
export interface ZmtpProperties {
  readonly socketType: string;
  /** At most 255 octets, empty where there is none; a ROUTER knows its peer by it. */
  readonly identity: Buffer;
}

export interface ZmtpCredentials {
  readonly username: string;
  readonly password: string;
}

/** A command as it came: the data are a part of the chunk. */
export interface ZmtpCommand {
  readonly name: string;
  readonly data: Buffer;
}

const IDENTITY_BYTES_MAX = 255;
const TTL_BYTES = 2;
const PING_CONTEXT_BYTES_MAX = 16;
const TENTHS_OF_A_SECOND_MS = 100;

export function encodeCommand(name: string, ...data: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat([Buffer.of(name.length), Buffer.from(name, "latin1"), ...data]);
  const frame = Buffer.alloc(encodedFrameBytes(body.length));
  writeFrame(frame, 0, FLAG_COMMAND, body);
  return frame;
}

/** Undefined where it has no name, or one that is longer than the body. */
export function parseCommand(body: Buffer): ZmtpCommand | undefined {
  const nameEnd = 1 + (body[0] ?? 0);
  if (nameEnd === 1 || nameEnd > body.length) return undefined;
  return { name: body.toString("latin1", 1, nameEnd), data: body.subarray(nameEnd) };
}

/** READY and, under PLAIN, INITIATE. libzmq expects exactly these two properties. */
export function encodeProperties({ socketType, identity }: ZmtpProperties): Buffer {
  const properties: readonly (readonly [string, Buffer])[] = [
    ["Socket-Type", Buffer.from(socketType, "latin1")],
    ["Identity", identity],
  ];
  return Buffer.concat(
    properties.flatMap(([name, value]) => {
      const valueBytes = Buffer.alloc(4);
      valueBytes.writeUInt32BE(value.length);
      return [Buffer.of(name.length), Buffer.from(name, "latin1"), valueBytes, value];
    }),
  );
}

/** Undefined where they are no properties, or no socket type is among them. Others than the two are passed over. */
export function parseProperties(data: Buffer): ZmtpProperties | undefined {
  let socketType: string | undefined;
  let identity = Buffer.alloc(0);
  for (let offset = 0; offset < data.length;) {
    const nameEnd = offset + 1 + (data[offset] as number);
    if (nameEnd === offset + 1 || nameEnd + 4 > data.length) return undefined;
    const valueEnd = nameEnd + 4 + data.readUInt32BE(nameEnd);
    if (valueEnd > data.length) return undefined;
    const name = data.toString("latin1", offset + 1, nameEnd).toLowerCase();
    const value = data.subarray(nameEnd + 4, valueEnd);
    if (name === "socket-type") socketType = value.toString("latin1");
    if (name === "identity") identity = Buffer.from(value);
    offset = valueEnd;
  }
  if (socketType === undefined || identity.length > IDENTITY_BYTES_MAX) return undefined;
  return { socketType, identity };
}

/** Texts of at most 255 octets each. */
export function encodeHello({ username, password }: ZmtpCredentials): Buffer {
  const parts = [username, password].map((text) => Buffer.from(text));
  return encodeCommand("HELLO", ...parts.flatMap((part) => [Buffer.of(part.length), part]));
}

export function parseHello(data: Buffer): ZmtpCredentials | undefined {
  const usernameEnd = 1 + (data[0] ?? 0);
  const passwordEnd = usernameEnd + 1 + (data[usernameEnd] ?? 0);
  if (usernameEnd >= data.length || passwordEnd !== data.length) return undefined;
  return { username: data.toString("utf8", 1, usernameEnd), password: data.toString("utf8", usernameEnd + 1) };
}

/** Tells the peer that it will not be let in, however often it comes: libzmq does not try again. */
export function encodeError(reason: string): Buffer {
  return encodeCommand("ERROR", Buffer.of(reason.length), Buffer.from(reason, "latin1"));
}

/** No time to live: the peer need not judge us by our silence, and libzmq breaks off at once where it overflows. */
export function encodePing(): Buffer {
  return encodeCommand("PING", Buffer.alloc(TTL_BYTES));
}

/** The context is to be echoed; without a time to live silence has no limit. Undefined where it is no PING. */
export function parsePing(data: Buffer): { readonly ttlMs: number; readonly context: Buffer } | undefined {
  if (data.length < TTL_BYTES || data.length > TTL_BYTES + PING_CONTEXT_BYTES_MAX) return undefined;
  const ttl = data.readUInt16BE(0);
  return {
    ttlMs: ttl === 0 ? Number.POSITIVE_INFINITY : ttl * TENTHS_OF_A_SECOND_MS,
    context: data.subarray(TTL_BYTES),
  };
}
