// How publications look on the wire, ZMTP and NATS: openings, what a subscriber asks for, and the octets around a body.

import { encodeCommand, encodeProperties } from "#runtime/wire/zmtp-command.ts";
import { encodeGreeting, GREETING_BYTES } from "#runtime/wire/zmtp-greeting.ts";
import type { ZmtpSocketType } from "#runtime/wire/zmtp-socket-types.ts";

import type { Opening } from "./messaging-stream.ts";

/** Octets that stand around each body, always the same where all bodies are as long. */
export interface Envelope {
  readonly head: Buffer;
  readonly tail: Buffer;
}

export interface PublicationProtocol {
  readonly publisher: Opening;
  readonly subscriber: Opening;
  /** What asks for all publications of the topic, once the opening is over. */
  subscription(topic: string): Buffer;
  published(topic: string, bodyBytes: number): Envelope;
  delivered(topic: string, bodyBytes: number): Envelope;
  /** Stands between publications now and then, and wants this reply. */
  readonly aside?: { readonly said: Buffer; readonly reply: Buffer };
}

/** Of the version in a greeting. */
const MINOR_OFFSET = 11;
const LONG_FRAME_BYTES = 256;

export const PUBLICATION_PROTOCOLS = {
  zmtp: {
    publisher: zmtpOpening("PUB"),
    subscriber: zmtpOpening("SUB"),
    subscription: (topic) => zmtpFrame(Buffer.from(`\x01${topic}`)),
    published: zmtpEnvelope,
    delivered: zmtpEnvelope,
  },
  nats: {
    publisher: natsOpening(),
    subscriber: natsOpening(),
    subscription: (topic) => Buffer.from(`SUB ${topic} 1\r\n`),
    published: (topic, bodyBytes) => natsEnvelope(`PUB ${topic} ${bodyBytes}`),
    delivered: (topic, bodyBytes) => natsEnvelope(`MSG ${topic} 1 ${bodyBytes}`),
    aside: { said: Buffer.from("PING\r\n"), reply: Buffer.from("PONG\r\n") },
  },
  /** Of the floor, which passes on what it is sent: frames as in ZMTP, and one octet that says who is who. */
  plain: {
    publisher: plainOpening("p"),
    subscriber: plainOpening("s"),
    subscription: () => Buffer.alloc(0),
    published: zmtpEnvelope,
    delivered: zmtpEnvelope,
  },
} satisfies Record<string, PublicationProtocol>;

export type PublicationProtocolName = keyof typeof PUBLICATION_PROTOCOLS;

/** As a peer of ZMTP 3.0, which is never pinged: nothing but messages follows. */
export function zmtpOpening(socketType: ZmtpSocketType): Opening {
  const greeting = encodeGreeting("NULL", "client");
  greeting[MINOR_OFFSET] = 0;
  const ready = encodeCommand("READY", encodeProperties({ socketType, identity: Buffer.alloc(0) }));
  return {
    hello: Buffer.concat([greeting, ready]),
    end(received) {
      const readyBytes = received[GREETING_BYTES + 1];
      const end = GREETING_BYTES + 2 + (readyBytes ?? 0);
      return readyBytes === undefined || received.length < end ? undefined : end;
    },
  };
}

/** A frame of a message that is its only one, or, with `more`, that others follow. */
export function zmtpFrame(body: Buffer, more = false): Buffer {
  if (body.length >= LONG_FRAME_BYTES) throw new RangeError("Cannot frame so much: loads send short frames");
  return Buffer.concat([Buffer.of(more ? 1 : 0, body.length), body]);
}

function zmtpEnvelope(_topic: string, bodyBytes: number): Envelope {
  return { head: zmtpFrame(Buffer.alloc(bodyBytes)).subarray(0, 2), tail: Buffer.alloc(0) };
}

function natsOpening(): Opening {
  return {
    hello: Buffer.from('CONNECT {"verbose":false,"pedantic":false}\r\nPING\r\n'),
    end(received) {
      const start = received.indexOf("PONG\r\n");
      return start < 0 ? undefined : start + "PONG\r\n".length;
    },
  };
}

function natsEnvelope(line: string): Envelope {
  return { head: Buffer.from(`${line}\r\n`), tail: Buffer.from("\r\n") };
}

function plainOpening(role: "p" | "s"): Opening {
  return { hello: Buffer.from(role), end: () => 0 };
}
