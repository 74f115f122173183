// A ZMTP message or command that the end of a chunk cut: its frames are gathered here, each judged by its header first.
import { limits } from "../limits.ts";
import { GatheredOctets } from "./gathered-octets.ts";
import type { WireFault } from "./protocol.ts";
import { bodyBytes, bodyFault, FLAG_COMMAND, FLAG_MORE, flagsFault, headerBytes } from "./zmtp-frame.ts";

const FIRST_CAPACITY_BYTES = 256;
const LONG_HEADER_BYTES = 9;
/** Octets of one message, with the headers of its frames. */
export const MESSAGE_OCTETS_MAX = limits.zmtpMessageBytesMax + limits.zmtpFramesMax * LONG_HEADER_BYTES;
/** And those of the header that shows it to be too long. */
const CAPACITY_BYTES_MAX = MESSAGE_OCTETS_MAX + LONG_HEADER_BYTES;

/** What is there now: of a message more is to come, one is whole, or a command is, which may stand within a message. */
export type Gathered = "part" | "message" | "command";

export class ZmtpGatheredMessage {
  readonly #gathered = new GatheredOctets(FIRST_CAPACITY_BYTES);
  /** Where the frame begins that is not whole yet. */
  #frameStart = 0;
  #frames = 0;
  /** What the last `take` has used of its chunk. */
  consumed = 0;
  fault: WireFault | undefined;

  get filledBytes(): number {
    return this.#gathered.filled;
  }

  /** Nothing of a message is there: what comes next begins one. */
  get empty(): boolean {
    return this.#gathered.filled === 0;
  }

  /** Copies from `chunk`, from `offset` on, to the end of a message or of a command; `consumed` says how much. */
  take(chunk: Buffer, offset: number): Gathered {
    let position = offset;
    while (this.fault === undefined) {
      const wantedBytes = this.#wantedBytes();
      if (wantedBytes > 0) {
        if (position === chunk.length) break;
        const end = position + Math.min(wantedBytes, chunk.length - position);
        this.#gathered.append(chunk, position, end, CAPACITY_BYTES_MAX);
        position = end;
        continue;
      }
      this.consumed = position - offset;
      const flags = this.#gathered.octets[this.#frameStart] as number;
      if ((flags & FLAG_COMMAND) !== 0) return "command";
      this.#frameStart = this.#gathered.filled;
      if ((flags & FLAG_MORE) === 0) return "message";
      if (++this.#frames >= limits.zmtpFramesMax) this.fault = "wire.zmtp_frames_max";
    }
    this.consumed = position - offset;
    return "part";
  }

  /** The whole message; nothing more is taken here. */
  takeOver(): Buffer {
    return this.#gathered.takeOver();
  }

  /** The whole command; what there is of a message around it stays. */
  takeCommand(): Buffer {
    const { octets, filled } = this.#gathered;
    const command = Buffer.from(octets.subarray(this.#frameStart, filled));
    this.#gathered.filled = this.#frameStart;
    return command;
  }

  /** How many octets the frame needs to go on: to have flags, then a header, then a body. 0 when it is whole. */
  #wantedBytes(): number {
    const { octets, filled } = this.#gathered;
    const have = filled - this.#frameStart;
    if (have === 0) return 1;
    const flags = octets[this.#frameStart] as number;
    this.fault = flagsFault(flags);
    const header = headerBytes(flags);
    if (have < header) return header - have;
    const body = bodyBytes(octets, this.#frameStart);
    this.fault ??= bodyFault(flags, body);
    if (this.#frameStart + header + body > MESSAGE_OCTETS_MAX) this.fault ??= "wire.message_too_large";
    return this.fault === undefined ? header + body - have : 1;
  }
}
