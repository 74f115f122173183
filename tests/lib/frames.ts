// Frames as any client would make them, written plainly: tests must not trust the code they test.

const REQUEST = 1;
export const RESPONSE = 2;
export const CLOSE = 4;
const HEADER_BYTES = 12;
const MAGIC = 0x12345678;

export interface HeaderChanges {
  readonly magic?: number;
  readonly type?: number;
  readonly length?: number;
}

export interface Reply {
  readonly client_id?: string;
  readonly message_id: number | string | null;
  readonly server_id: string;
  readonly status: "success" | "error";
  readonly error?: string;
}

export function frame(payload: string | Uint8Array, changes: HeaderChanges = {}): Buffer {
  const body = Buffer.from(payload);
  const bytes = Buffer.alloc(HEADER_BYTES + body.length);
  bytes.writeUInt32BE(changes.magic ?? MAGIC, 0);
  bytes.writeUInt32BE(changes.type ?? REQUEST, 4);
  bytes.writeUInt32BE(changes.length ?? body.length, 8);
  body.copy(bytes, HEADER_BYTES);
  return bytes;
}

export const closeFrame = frame("", { type: CLOSE });

export function request(messageId: number | string, clientId = "client_1", data = "Hello from client"): Buffer {
  return frame(JSON.stringify({ client_id: clientId, message_id: messageId, timestamp: 1752846296.406, data }));
}

/** Requests with the ids `first` to `first + count - 1`, one behind the other. */
export function requests(count: number, clientId = "client_1", first = 0): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, index) => request(first + index, clientId)));
}

/** Gathers a stream of response frames; throws at the first octet that cannot belong to one. */
export class ReplyStream {
  readonly replies: Reply[] = [];
  #rest = Buffer.alloc(0);

  /** Bytes of a reply that is not whole. */
  get partialBytes(): number {
    return this.#rest.length;
  }

  push(chunk: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
    let offset = 0;
    while (offset + HEADER_BYTES <= bytes.length) {
      const end = offset + HEADER_BYTES + bytes.readUInt32BE(offset + 8);
      if (bytes.readUInt32BE(offset) !== MAGIC || bytes.readUInt32BE(offset + 4) !== RESPONSE) {
        throw new Error(`No response frame: ${bytes.subarray(offset, offset + HEADER_BYTES).toString("hex")}`);
      }
      if (end > bytes.length) break;
      this.replies.push(JSON.parse(bytes.toString("utf8", offset + HEADER_BYTES, end)) as Reply);
      offset = end;
    }
    this.#rest = Buffer.from(bytes.subarray(offset));
  }
}
