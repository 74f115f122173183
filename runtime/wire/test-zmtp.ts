// ZMTP as the tests of this folder and of `zmtp/` make and read it: plainly, so that it can be trusted beside hot code.
import { ZmtpDecoder } from "./zmtp-decoder.ts";
import type { ZmtpIdentity } from "./zmtp-handshake.ts";
import type { ZmtpMessage } from "./zmtp-message.ts";
import { ZmtpOpening } from "./zmtp-opening.ts";
import { ZmtpPeer } from "./zmtp-peer.ts";

export const MORE = 1;
export const LONG = 2;
export const COMMAND = 4;

type Octets = string | Uint8Array;

/** In hexadecimal, blanks between for readers. */
export function octets(...hex: readonly string[]): Buffer {
  return Buffer.from(hex.join("").replaceAll(" ", ""), "hex");
}

/** A frame with these flags, LONG where its size needs it or `size` says another than is true. */
export function zmtpFrame(flags: number, body: Octets, size = BigInt(Buffer.from(body as string).length)): Buffer {
  const content = Buffer.from(body as string);
  if (size < 256n && (flags & LONG) === 0) return Buffer.concat([Buffer.of(flags, Number(size)), content]);
  const header = Buffer.alloc(9);
  header[0] = flags | LONG;
  header.writeBigUInt64BE(size, 1);
  return Buffer.concat([header, content]);
}

/** A message of these frames. */
export function zmtpMessage(...bodies: readonly Octets[]): Buffer {
  return Buffer.concat(bodies.map((body, index) => zmtpFrame(index < bodies.length - 1 ? MORE : 0, body)));
}

export function zmtpCommand(name: string, data: Octets = ""): Buffer {
  return zmtpFrame(COMMAND, Buffer.concat([Buffer.of(name.length), Buffer.from(name), Buffer.from(data as string)]));
}

export function zmtpProperty(name: string, value: Octets): Buffer {
  const content = Buffer.from(value as string);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(content.length);
  return Buffer.concat([Buffer.of(name.length), Buffer.from(name), size, content]);
}

export function ready(socketType: string, identity: Octets = "", name = "READY"): Buffer {
  const properties = [zmtpProperty("Socket-Type", socketType), zmtpProperty("Identity", identity)];
  return zmtpCommand(name, Buffer.concat(properties));
}

export function greeting({ major = 3, minor = 1, mechanism = "NULL", isServer = false } = {}): Buffer {
  const name = Buffer.concat([Buffer.from(mechanism), Buffer.alloc(20)]).subarray(0, 20);
  const version = Buffer.of(major, minor);
  return Buffer.concat([
    octets("ff 0000000000000000 7f"),
    version,
    name,
    Buffer.of(isServer ? 1 : 0),
    Buffer.alloc(31),
  ]);
}

/** What a decoder gives out: `REQ/ana 3.1` when the peer is known; then frames as Latin-1, or `+topic` and `-topic`. */
export type Heard = string | readonly string[];

/** A decoder with all that came out of it. */
export class TestDecoder {
  readonly decoder: ZmtpDecoder;
  readonly #sent: Uint8Array[] = [];
  readonly heard: Heard[] = [];

  constructor(own: Partial<ZmtpIdentity> = {}) {
    const outlet = { control: (sent: Uint8Array): void => void this.#sent.push(Buffer.from(sent)) };
    this.decoder = new ZmtpDecoder(
      [],
      new ZmtpOpening({ socketType: "ROUTER", role: "server", ...own }, outlet),
      outlet,
    );
    this.decoder.opened();
  }

  /** One that has shaken hands with a peer; of that nothing is kept. */
  static open(own: Partial<ZmtpIdentity> = {}, peerType = "DEALER", minor = 1): TestDecoder {
    const open = new TestDecoder(own).feed([greeting({ minor }), ready(peerType)]);
    open.heard.length = 0;
    open.#sent.length = 0;
    return open;
  }

  /** All that it wrote, greeting and answers, behind each other. */
  get sent(): Buffer {
    return Buffer.concat(this.#sent);
  }

  feed(chunks: readonly Uint8Array[], countMax = 1_000): this {
    for (const chunk of chunks) {
      this.decoder.push(Buffer.from(chunk), 0);
      this.take(countMax);
    }
    return this;
  }

  /** All that can be had now, in batches of at most `countMax`. */
  take(countMax = 1_000): this {
    for (let batch = this.decoder.next(countMax); batch !== undefined; batch = this.decoder.next(countMax)) {
      while (batch.remaining > 0) this.heard.push(heardOf(batch.take()));
      batch.release();
    }
    return this;
  }
}

export function heardOf(what: ZmtpPeer | ZmtpMessage): Heard {
  if (what instanceof ZmtpPeer) return `${what.socketType}/${what.identity.toString("latin1")} 3.${what.minorVersion}`;
  const isCommand = ((what.octets[what.start] as number) & COMMAND) !== 0;
  const { subscribes, topic } = (isCommand ? what.subscription() : undefined) ?? {};
  return topic === undefined ? latin1(what.frames()) : `${subscribes === true ? "+" : "-"}${topic.toString("latin1")}`;
}

export function latin1(frames: readonly Buffer[]): string[] {
  return frames.map((frame) => frame.toString("latin1"));
}
