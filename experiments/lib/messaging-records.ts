// Numbered publications of one length: how they are written many at once, and how they are counted and verified.

import type { Envelope } from "./messaging-protocols.ts";

export const TOPIC = "speed";

/** Stands before the first of them, as often as needed: not counted. */
export const PROBE = 0;
const HEAD_OF_BODY = Buffer.from(`${TOPIC} `);
const NUMBER_BYTES = 4;
/** One in so many is compared octet for octet; of the others, where they begin, their number and where they end. */
const WHOLE_EVERY = 1_024;

/** The body begins with the topic, as a ZeroMQ subscription wants it. */
export function createRecord({ head, tail }: Envelope, bodyBytes: number): Buffer {
  const filler = Buffer.alloc(bodyBytes - HEAD_OF_BODY.length - NUMBER_BYTES, "x");
  return Buffer.concat([head, HEAD_OF_BODY, Buffer.alloc(NUMBER_BYTES), filler, tail]);
}

/** Those from `first` on, one behind the other. */
export function writeRecords(record: Buffer, headBytes: number, first: number, count: number): Buffer {
  const octets = Buffer.allocUnsafe(record.length * count);
  for (let index = 0; index < count; index++) {
    const start = index * record.length;
    octets.set(record, start);
    octets.writeUInt32BE(first + index, start + headBytes + HEAD_OF_BODY.length);
  }
  return octets;
}

export interface RecordReaderOptions {
  /** As `createRecord` makes it of what is delivered. */
  readonly record: Buffer;
  readonly headBytes: number;
  readonly aside?: { readonly said: Buffer; readonly answer: () => void };
}

export class RecordReader {
  received = 0;
  /** Numbers that were passed over. */
  lost = 0;
  /** Out of order, twice, or not as written. */
  wrong = 0;
  probes = 0;
  /** Number of the one that is due. */
  next = 1;
  readonly #options: RecordReaderOptions;
  readonly #bytes: number;
  readonly #numberOffset: number;
  /** The beginning of one whose end has not come. */
  readonly #begun: Buffer;
  #begunBytes = 0;

  constructor(options: RecordReaderOptions) {
    this.#options = options;
    this.#bytes = options.record.length;
    this.#numberOffset = options.headBytes + HEAD_OF_BODY.length;
    this.#begun = Buffer.alloc(this.#bytes);
  }

  /** Counts from nothing; numbers go on. */
  restart(): void {
    this.received = 0;
    this.lost = 0;
    this.wrong = 0;
  }

  /** Takes a chunk split anywhere. */
  read(chunk: Buffer): void {
    let offset = this.#finishBegun(chunk);
    if (offset === chunk.length) return;
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
    const bytes = this.#bytes;
    for (;;) {
      const aside = this.#asideBytes(chunk, offset);
      offset += aside;
      if (aside > 0) continue;
      if (offset + bytes > chunk.length) break;
      this.#take(chunk, view, offset);
      offset += bytes;
    }
    this.#begunBytes = chunk.copy(this.#begun, 0, offset);
  }

  /** How much of the chunk belongs to what had begun before it. */
  #finishBegun(chunk: Buffer): number {
    const begun = this.#begun;
    let offset = 0;
    while (this.#begunBytes > 0 && offset < chunk.length) {
      begun[this.#begunBytes++] = chunk[offset++] as number;
      if (this.#asideBytes(begun.subarray(0, this.#begunBytes), 0) > 0) this.#begunBytes = 0;
      else if (this.#begunBytes === this.#bytes) {
        this.#take(begun, new DataView(begun.buffer, begun.byteOffset, begun.length), 0);
        this.#begunBytes = 0;
      }
    }
    return offset;
  }

  #asideBytes(octets: Buffer, offset: number): number {
    const { aside, record } = this.#options;
    if (aside === undefined || octets[offset] === record[0] || offset >= octets.length) return 0;
    const { said, answer } = aside;
    if (!said.equals(octets.subarray(offset, offset + said.length))) return 0;
    answer();
    return said.length;
  }

  /** Hot. */
  #take(octets: Buffer, view: DataView, offset: number): void {
    const { record } = this.#options;
    const number = view.getUint32(offset + this.#numberOffset);
    if (number === PROBE) return void this.probes++;
    const last = this.#bytes - 1;
    let isRight = octets[offset] === record[0] && octets[offset + 1] === record[1];
    isRight &&= octets[offset + last] === record[last] && number >= this.next;
    if (number % WHOLE_EVERY === 0) isRight &&= this.#isAsWritten(octets, offset);
    if (!isRight) return void this.wrong++;
    this.received++;
    this.lost += number - this.next;
    this.next = number + 1;
  }

  #isAsWritten(octets: Buffer, offset: number): boolean {
    const { record } = this.#options;
    const behind = this.#numberOffset + NUMBER_BYTES;
    return (
      record.compare(octets, offset, offset + this.#numberOffset, 0, this.#numberOffset) === 0 &&
      record.compare(octets, offset + behind, offset + this.#bytes, behind) === 0
    );
  }
}
