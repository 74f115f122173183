// Verifies what one member of a room is told for little: a full look now and then, digits and the line's end otherwise.

/** What every text said in a measured room looks like: who, which of theirs, and a filling up to the wanted length. */
export function sayText(sender: string, sequence: number, textBytes: number): string {
  const head = `${sender} ${String(sequence).padStart(sequenceDigits, "0")} `;
  return head + filling.slice(0, Math.max(0, textBytes - head.length)).padEnd(textBytes - head.length, "x");
}

export const crowdRoom = "lobby";

const sequenceDigits = 7;
const filling = "abcdefghijklmnopqrstuvwxyz".repeat(10);
const newline = 10;
const digitZero = 48;
const digitNine = 57;
const space = 32;
const star = 42;
const linePrefix = Buffer.from(`* ${crowdRoom} `);
const messageLine = /^\* \w+ \d+ \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (\S+): ((\S+) (\d+) (.*))$/;
/** The first line, and after it every one whose number has these bits clear, is looked at in full. */
const fullLookMask = 1_023;

export class RoomLines {
  /** The number that the next message must have; the first seen decides. */
  next = 0;
  /** Messages seen, right or wrong. */
  messages = 0;
  /** Out of order, twice, missing before it, or not what was said. */
  wrong = 0;
  /** Replies to own commands, by their first word. */
  readonly onReply: (line: string) => void;
  readonly #textBytes: number;
  #carry: Buffer | undefined;
  /** Octets from behind the number to the line's end and with it: the same for all that is said in a run. */
  #restBytes = 0;

  constructor(textBytes: number, onReply: (line: string) => void) {
    this.#textBytes = textBytes;
    this.onReply = onReply;
  }

  /** Takes a chunk split anywhere. */
  read(chunk: Buffer): void {
    const bytes = this.#carry === undefined ? chunk : Buffer.concat([this.#carry, chunk]);
    let offset = 0;
    while (offset < bytes.length) {
      const end = this.#quickEnd(bytes, offset) || this.#lineAt(bytes, offset);
      if (end === 0) break;
      offset = end;
    }
    this.#carry = offset < bytes.length ? Buffer.from(bytes.subarray(offset)) : undefined;
  }

  /** Behind a message with the next number that is as long as the others; 0 for all else, which is looked at. */
  #quickEnd(bytes: Buffer, offset: number): number {
    if (this.#restBytes === 0 || (this.next & fullLookMask) === 0 || bytes[offset] !== star) return 0;
    let at = offset + linePrefix.length;
    let number = 0;
    let octet = bytes[at]!;
    while (octet >= digitZero && octet <= digitNine) {
      number = number * 10 + octet - digitZero;
      octet = bytes[++at]!;
    }
    const end = at + this.#restBytes;
    if (octet !== space || number !== this.next || end > bytes.length || bytes[end - 1] !== newline) return 0;
    this.messages++;
    this.next++;
    return end;
  }

  /** Behind the line that begins here; 0 where it has not come whole. */
  #lineAt(bytes: Buffer, offset: number): number {
    const end = bytes.indexOf(newline, offset);
    if (end < 0) return 0;
    const line = bytes.toString("utf8", offset, end);
    const numberAt = linePrefix.length;
    if (!line.startsWith("* ")) this.onReply(line);
    else if (line.charCodeAt(numberAt) >= digitZero && line.charCodeAt(numberAt) <= digitNine) this.#message(line);
    else if (line.startsWith("* !")) this.wrong++;
    return end + 1;
  }

  #message(line: string): void {
    const numberEnd = line.indexOf(" ", linePrefix.length);
    const number = Number(line.slice(linePrefix.length, numberEnd));
    const found = messageLine.exec(line);
    const isSaid =
      found !== null && found[1] === found[3] && found[2] === sayText(found[3]!, Number(found[4]), this.#textBytes);
    if (!isSaid || (this.next !== 0 && number !== this.next)) this.wrong++;
    this.messages++;
    this.next = number + 1;
    this.#restBytes = line.length - numberEnd + 1;
  }
}
