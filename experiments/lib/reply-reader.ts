// Verifies every reply of one connection for little: a full parse now and then, a comparison of digits otherwise.

import { FRAME_HEADER_BYTES, FRAME_MAGIC, FRAME_TYPE_RESPONSE } from "#runtime/wire/frame-header.ts";

import { scriptClientId } from "./request-script.ts";

const digitZero = 48;
const digitNine = 57;
const comma = 44;
const closingBrace = 125;
/** The first reply, and after it every one whose number has these bits clear, is parsed in full. */
const fullParseMask = 1_023;
const notAnId = -1;

export class ReplyReader {
  /** Replies seen, right or wrong. */
  replies = 0;
  /** Replies out of order, of another id, or without what a success must hold. */
  wrong = 0;
  /** Sum of the ids seen: n (n + 1) / 2 when each of 1 to n came once. */
  idSum = 0;
  #carry: Buffer | undefined;
  #digitsOffset = notAnId;
  readonly #clientId: string;

  constructor(clientId = scriptClientId) {
    this.#clientId = clientId;
  }

  /** Takes a chunk split anywhere. False when it is no stream of replies: nothing after it can be trusted. */
  read(chunk: Buffer): boolean {
    const bytes = this.#carry === undefined ? chunk : Buffer.concat([this.#carry, chunk]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let offset = 0;
    while (bytes.length - offset >= FRAME_HEADER_BYTES) {
      if (view.getUint32(offset) !== FRAME_MAGIC || view.getUint32(offset + 4) !== FRAME_TYPE_RESPONSE) return false;
      const start = offset + FRAME_HEADER_BYTES;
      const end = start + view.getUint32(offset + 8);
      if (end > bytes.length) break;
      const id = this.#idOf(bytes, start, end);
      this.replies++;
      this.idSum += id;
      if (id !== this.replies) this.wrong++;
      offset = end;
    }
    this.#carry = offset < bytes.length ? Buffer.from(bytes.subarray(offset)) : undefined;
    return true;
  }

  /** The id where the last full parse found one, if it is the next one; whatever does not fit is parsed in full. */
  #idOf(bytes: Buffer, start: number, end: number): number {
    if (this.#digitsOffset < 0 || (this.replies & fullParseMask) === 0) return this.#parse(bytes, start, end);
    let at = start + this.#digitsOffset;
    let id = 0;
    let byte = bytes[at]!;
    while (byte >= digitZero && byte <= digitNine) {
      id = id * 10 + byte - digitZero;
      byte = bytes[++at]!;
    }
    const ends = at < end && (byte === comma || byte === closingBrace) && bytes[end - 1] === closingBrace;
    return ends && id === this.replies + 1 ? id : this.#parse(bytes, start, end);
  }

  #parse(bytes: Buffer, start: number, end: number): number {
    const text = bytes.toString("latin1", start, end);
    const id = successIdOf(bytes.toString("utf8", start, end), this.#clientId);
    const found = /"message_id"\s*:\s*/.exec(text);
    this.#digitsOffset = id === notAnId || found === null ? notAnId : found.index + found[0].length;
    return id;
  }
}

/** The message id of a reply to that client that holds all a success must hold, else -1. */
function successIdOf(text: string, clientId: string): number {
  const reply = parseObject(text);
  const right =
    reply !== undefined &&
    reply["client_id"] === clientId &&
    reply["data"] === "Response from server" &&
    reply["status"] === "success" &&
    typeof reply["server_id"] === "string" &&
    typeof reply["timestamp"] === "number" &&
    typeof reply["processing_time"] === "number";
  const id = right ? reply["message_id"] : undefined;
  return typeof id === "number" ? id : notAnId;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
