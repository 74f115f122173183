// Hot. One ZMTP message as its octets lie on the wire: frames are found when somebody asks for them.
import type { SharedMessage } from "../core/ports.ts";
import { bodyBytes, encodedFrameBytes, FLAG_COMMAND, FLAG_MORE, headerBytes, writeFrame } from "./zmtp-frame.ts";

const SUBSCRIBE = 1;
const CANCEL = 0;
const SUBSCRIBE_NAME = "SUBSCRIBE";
const CANCEL_NAME = "CANCEL";

export interface Subscription {
  readonly subscribes: boolean;
  /** Binary: every message whose first frame begins with it. */
  readonly topic: Buffer;
}

/** Of one frame at least. What was received goes on as it is; nobody may change the octets. */
export class ZmtpMessage implements SharedMessage {
  readonly octets: Buffer;
  readonly start: number;
  readonly end: number;

  constructor(octets: Buffer, start: number, end: number) {
    this.octets = octets;
    this.start = start;
    this.end = end;
  }

  /** Texts become UTF-8. */
  static of(frames: readonly (Uint8Array | string)[]): ZmtpMessage {
    const bodies = frames.map((frame) => (typeof frame === "string" ? Buffer.from(frame) : frame));
    const bytes = bodies.reduce((sum, body) => sum + encodedFrameBytes(body.length), 0);
    const octets = Buffer.allocUnsafeSlow(bytes);
    let offset = 0;
    for (const [index, body] of bodies.entries()) {
      offset = writeFrame(octets, offset, index < bodies.length - 1 ? FLAG_MORE : 0, body);
    }
    return new ZmtpMessage(octets, 0, bytes);
  }

  /** With the headers of its frames. */
  get bytes(): number {
    return this.end - this.start;
  }

  /** Where the body of the first frame begins and ends in `octets`. */
  get firstStart(): number {
    return this.start + headerBytes(this.octets[this.start] as number);
  }

  get firstEnd(): number {
    return this.firstStart + bodyBytes(this.octets, this.start);
  }

  /** Views of the octets: they keep the whole chunk alive that the message came in. */
  frames(): Buffer[] {
    const frames: Buffer[] = [];
    for (let offset = this.start; offset < this.end;) {
      const bodyStart = offset + headerBytes(this.octets[offset] as number);
      const bodyEnd = bodyStart + bodyBytes(this.octets, offset);
      frames.push(this.octets.subarray(bodyStart, bodyEnd));
      offset = bodyEnd;
    }
    return frames;
  }

  /** What it asks for: as a command of ZMTP 3.1, or as a message of 3.0, which XSUB programs send in 3.1 too. */
  subscription(): Subscription | undefined {
    const { octets, firstStart: start, firstEnd: end } = this;
    const kind = octets[start];
    if (((octets[this.start] as number) & FLAG_COMMAND) !== 0) {
      const subscribes = isSubscribeCommand(octets, start, end);
      const nameBytes = subscribes ? SUBSCRIBE_NAME.length : CANCEL_NAME.length;
      return { subscribes, topic: octets.subarray(start + 1 + nameBytes, end) };
    }
    if (start === end || end !== this.end || (kind !== SUBSCRIBE && kind !== CANCEL)) return undefined;
    return { subscribes: kind === SUBSCRIBE, topic: octets.subarray(start + 1, end) };
  }

  // As a message that many connections send.

  get value(): unknown {
    return this;
  }

  encodedFor(): Uint8Array {
    return this.octets.subarray(this.start, this.end);
  }
}

/** In the form that every version understands. */
export function subscriptionMessage({ subscribes, topic }: Subscription): ZmtpMessage {
  return ZmtpMessage.of([Buffer.concat([Buffer.of(subscribes ? SUBSCRIBE : CANCEL), topic])]);
}

/** Whether the body of a command asks for a topic, or no longer for one. */
export function isSubscriptionCommand(octets: Buffer, start: number, end: number): boolean {
  return isSubscribeCommand(octets, start, end) || isNamed(CANCEL_NAME, octets, start, end);
}

function isSubscribeCommand(octets: Buffer, start: number, end: number): boolean {
  return isNamed(SUBSCRIBE_NAME, octets, start, end);
}

function isNamed(name: string, octets: Buffer, start: number, end: number): boolean {
  const nameEnd = start + 1 + name.length;
  return octets[start] === name.length && nameEnd <= end && octets.toString("latin1", start + 1, nameEnd) === name;
}
