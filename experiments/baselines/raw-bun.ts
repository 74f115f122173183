// The floor of the pipelined comparison: a bare Bun.listen program doing the same JSON work, with no actors.

import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";

import type { Socket } from "bun";

import {
  FRAME_HEADER_BYTES,
  FRAME_MAGIC,
  FRAME_TYPE_CLOSE,
  FRAME_TYPE_REQUEST,
  FRAME_TYPE_RESPONSE,
  writeFrameHeader,
} from "#runtime/wire/frame-header.ts";

const payloadBytesMax = 1_048_576;
const outputBytesInitial = 4 * 1_048_576;
const queuedBytesHigh = 8 * 1_048_576;
const queuedBytesLow = queuedBytesHigh / 2;
const utf8BytesPerUnitMax = 3;

type Reply = "stringify" | "template";

/** Bun's fastest text conversions on a `Buffer`; its type declarations leave them out. */
interface TextBuffer extends Buffer {
  utf8Slice(start: number, end: number): string;
  utf8Write(text: string, offset: number, bytesMax: number): number;
}

interface Connection {
  /** The start of a frame whose end has not arrived. */
  carry: Buffer | undefined;
  /** What the kernel has not taken, in order. */
  readonly queue: Buffer[];
  queuedBytes: number;
  paused: boolean;
  closing: boolean;
  /** With simulated work: what has been read and not answered; the first is being worked on. */
  readonly waiting: (Request | undefined)[];
  readonly openedAt: number;
  answered: number;
  processingSeconds: number;
  clientId: unknown;
  /** A reply's JSON text up to its message id: the same as long as the client's name is. */
  replyHead: string;
}

interface Request {
  readonly client_id?: unknown;
  readonly message_id?: unknown;
}

interface Listening {
  readonly port: number;
  /** Those that are open. */
  readonly sockets: ReadonlySet<{ readonly remotePort: number }>;
}

interface Settings {
  readonly serverId: string;
  readonly reply: Reply;
  readonly workMs: number;
  /** Where the row of each session goes; empty for nowhere. */
  readonly ledger: string;
}

/** Answers chunks; one output buffer serves all connections, since a chunk is answered and written in one go. */
class RawServer {
  readonly #settings: Settings;
  readonly #template: boolean;
  readonly #replyTail: string;
  #output = Buffer.allocUnsafeSlow(outputBytesInitial) as TextBuffer;
  #outputView = new DataView(this.#output.buffer);
  #filledBytes = 0;
  /** A reply's JSON text between its message id and its processing time: the same within a chunk. */
  #replyMiddle = "";

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#template = settings.reply === "template";
    this.#replyTail = `,"server_id":${JSON.stringify(settings.serverId)},"status":"success"}`;
  }

  receive(socket: Socket<Connection>, chunk: Buffer): void {
    const connection = socket.data;
    if (connection.closing) return;
    const bytes = (connection.carry === undefined ? chunk : Buffer.concat([connection.carry, chunk])) as TextBuffer;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const timestamp = Date.now() / 1_000;
    if (this.#template) this.#replyMiddle = replyMiddle(timestamp);
    let startedAt = performance.now();
    let offset = 0;
    while (bytes.length - offset >= FRAME_HEADER_BYTES) {
      const type = view.getUint32(offset + 4);
      const payloadBytes = view.getUint32(offset + 8);
      if (view.getUint32(offset) !== FRAME_MAGIC || type !== FRAME_TYPE_REQUEST || payloadBytes > payloadBytesMax) {
        connection.closing = true;
        if (type !== FRAME_TYPE_CLOSE) console.error("Closed a connection: bad frame header");
        break;
      }
      const end = offset + FRAME_HEADER_BYTES + payloadBytes;
      if (end > bytes.length) break;
      const request = parseRequest(bytes.utf8Slice(offset + FRAME_HEADER_BYTES, end));
      offset = end;
      if (this.#settings.workMs > 0) {
        if (connection.waiting.push(request) === 1) this.#work(socket);
        continue;
      }
      const now = performance.now();
      const processingTime = Math.round((now - startedAt) * 1_000) / 1_000_000;
      startedAt = now;
      this.#append(socket, this.#replyText(connection, request, timestamp, processingTime));
    }
    connection.carry = offset < bytes.length && !connection.closing ? Buffer.from(bytes.subarray(offset)) : undefined;
    this.#write(socket);
    endWhenDone(socket);
  }

  /** One row, as the servers of the document leave it. */
  closed({ data: { clientId, answered, openedAt, processingSeconds } }: Socket<Connection>): void {
    const { ledger, serverId } = this.#settings;
    if (ledger === "") return;
    const now = Date.now() / 1_000;
    const times = [openedAt, answered === 0 ? 0 : processingSeconds / answered, now, now - openedAt];
    const [start, average, end, duration] = times.map((seconds) => seconds.toFixed(6));
    appendFileSync(ledger, `${clientId},${answered},${serverId},${start},${average},${end},${duration},,,\n`);
  }

  /** Answers what waits, one after the other, each after its work. */
  #work(socket: Socket<Connection>): void {
    const connection = socket.data;
    const startedAt = performance.now();
    setTimeout(() => {
      const seconds = Math.round((performance.now() - startedAt) * 1_000) / 1_000_000;
      const timestamp = Date.now() / 1_000;
      if (this.#template) this.#replyMiddle = replyMiddle(timestamp);
      this.#append(socket, this.#replyText(connection, connection.waiting.shift(), timestamp, seconds));
      this.#write(socket);
      if (connection.waiting.length > 0) this.#work(socket);
      else endWhenDone(socket);
    }, this.#settings.workMs);
  }

  /** Sends what was queued; resumes reading once little is left, and ends the connection if that was asked for. */
  drain(socket: Socket<Connection>): void {
    const connection = socket.data;
    while (connection.queue.length > 0) {
      const head = connection.queue[0]!;
      const taken = Math.max(0, socket.write(head));
      connection.queuedBytes -= taken;
      if (taken < head.length) {
        connection.queue[0] = head.subarray(taken);
        break;
      }
      connection.queue.shift();
    }
    if (connection.paused && connection.queuedBytes <= queuedBytesLow) {
      connection.paused = false;
      socket.resume();
    }
    endWhenDone(socket);
  }

  #replyText(connection: Connection, request: Request | undefined, timestamp: number, processingTime: number): string {
    const { serverId } = this.#settings;
    connection.answered++;
    connection.processingSeconds += processingTime;
    if (connection.clientId !== request?.client_id) {
      connection.clientId = request?.client_id;
      connection.replyHead = replyHead(request?.client_id);
    }
    if (request === undefined) {
      return JSON.stringify({ timestamp, server_id: serverId, status: "error", error: "Payload is not a JSON object" });
    }
    if (!this.#template) {
      return JSON.stringify({
        client_id: request.client_id,
        message_id: request.message_id,
        timestamp,
        data: "Response from server",
        processing_time: processingTime,
        server_id: serverId,
        status: "success",
      });
    }
    const id = request.message_id;
    const idJson = typeof id === "number" ? id : JSON.stringify(id ?? null);
    return connection.replyHead + idJson + this.#replyMiddle + processingTime + this.#replyTail;
  }

  #append(socket: Socket<Connection>, text: string): void {
    const bytesMax = FRAME_HEADER_BYTES + text.length * utf8BytesPerUnitMax;
    if (this.#filledBytes + bytesMax > this.#output.length) {
      this.#write(socket);
      if (bytesMax > this.#output.length) {
        this.#output = Buffer.allocUnsafeSlow(bytesMax) as TextBuffer;
        this.#outputView = new DataView(this.#output.buffer);
      }
    }
    const start = this.#filledBytes + FRAME_HEADER_BYTES;
    const written = this.#output.utf8Write(text, start, this.#output.length - start);
    writeFrameHeader(this.#outputView, this.#filledBytes, FRAME_TYPE_RESPONSE, written);
    this.#filledBytes = start + written;
  }

  #write(socket: Socket<Connection>): void {
    const filledBytes = this.#filledBytes;
    if (filledBytes === 0) return;
    this.#filledBytes = 0;
    const connection = socket.data;
    const taken = connection.queue.length > 0 ? 0 : Math.max(0, socket.write(this.#output, 0, filledBytes));
    if (taken === filledBytes) return;
    connection.queue.push(Buffer.from(this.#output.subarray(taken, filledBytes)));
    connection.queuedBytes += filledBytes - taken;
    if (connection.queuedBytes > queuedBytesHigh && !connection.paused) {
      connection.paused = true;
      socket.pause();
    }
  }
}

function endWhenDone(socket: Socket<Connection>): void {
  const { closing, queue, waiting } = socket.data;
  if (closing && queue.length + waiting.length === 0) socket.end();
}

function parseRequest(text: string): Request | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function replyHead(clientId: unknown): string {
  return `{"client_id":${JSON.stringify(clientId ?? null)},"message_id":`;
}

function replyMiddle(timestamp: number): string {
  return `,"timestamp":${timestamp},"data":"Response from server","processing_time":`;
}

function createConnection(): Connection {
  return {
    carry: undefined,
    queue: [],
    queuedBytes: 0,
    paused: false,
    closing: false,
    waiting: [],
    openedAt: Date.now() / 1_000,
    answered: 0,
    processingSeconds: 0,
    clientId: undefined,
    replyHead: replyHead(null),
  };
}

/** Listens at once; 0 takes any free port. */
export function listenRaw(settings: Settings, port = 0, sharesPort = false): Listening {
  const server = new RawServer(settings);
  const sockets = new Set<Socket<Connection>>();
  const listener = Bun.listen<Connection>({
    hostname: "127.0.0.1",
    port,
    // The types leave it out for TCP.
    ...(sharesPort ? { reusePort: true } : {}),
    socket: {
      open(socket) {
        socket.data = createConnection();
        socket.setNoDelay(true);
        sockets.add(socket);
      },
      data: (socket, chunk) => server.receive(socket, chunk),
      drain: (socket) => server.drain(socket),
      close(socket) {
        sockets.delete(socket);
        server.closed(socket);
      },
      error: (_socket, error) => console.error(error.message),
    },
  });
  return { port: listener.port, sockets };
}

function main(): void {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      "share-port": { type: "boolean", default: false },
      reply: { type: "string", default: "stringify" },
      "server-id": { type: "string", default: "raw" },
      "work-ms": { type: "string", default: "0" },
      ledger: { type: "string", default: "" },
    },
  });
  const settings: Settings = {
    serverId: values["server-id"],
    reply: values.reply === "template" ? "template" : "stringify",
    workMs: Number(values["work-ms"]),
    ledger: values.ledger,
  };
  console.log(`listening ${listenRaw(settings, Number(values.port), values["share-port"]).port}`);
}

if (import.meta.main) main();
