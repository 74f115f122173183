// One connection of the load: sends its requests, checks the replies, and always ends, with a reason when not well.

import type { Socket, SocketHandler } from "bun";

import type { Clock } from "#runtime/base/clock.ts";
import { FRAME_HEADER_BYTES, FRAME_TYPE_CLOSE, writeFrameHeader } from "#runtime/wire/frame-header.ts";

import type { LoadOptions } from "./config.ts";
import { errorText } from "./error-text.ts";
import { CLOSE_GRACE_MS } from "./limits.ts";
import { ReplyCheck } from "./reply-check.ts";
import type { RequestBlock } from "./request-block.ts";
import { ResponseReader } from "./response-reader.ts";
import { SendTimes } from "./send-times.ts";
import { SocketWriter } from "./socket-writer.ts";
import type { FailureReason, Tally } from "./tally.ts";

/** The messages that one connection carries: consecutive ids of one client. */
export interface LoadJob {
  readonly clientId: string;
  readonly head: Buffer;
  readonly firstId: number;
  readonly messageCount: number;
}

/** What all connections of a run share. */
export interface LoadContext {
  readonly options: LoadOptions;
  readonly clock: Clock;
  readonly tally: Tally;
  readonly block: RequestBlock;
}

const CLOSE_FRAME = Buffer.alloc(FRAME_HEADER_BYTES);
writeFrameHeader(new DataView(CLOSE_FRAME.buffer, CLOSE_FRAME.byteOffset), 0, FRAME_TYPE_CLOSE, 0);

/** Handlers are shared by all connections; the connection is the socket's data. */
const HANDLERS: SocketHandler<LoadConnection> = {
  open: (socket) => socket.data.onOpen(socket),
  data: (socket, chunk) => socket.data.onData(socket, chunk),
  drain: (socket) => socket.data.onDrain(socket),
  close: (socket) => socket.data.onClose(),
  error: (socket, error) => socket.data.fail("client_error", error.message),
  connectError: () => {},
};

export class LoadConnection {
  /** Settles when the connection is over and counted; never rejects. */
  readonly ended: Promise<void>;

  readonly #job: LoadJob;
  readonly #context: LoadContext;
  readonly #check: ReplyCheck;
  readonly #reader = new ResponseReader();
  readonly #writer = new SocketWriter();
  readonly #sendTimes = new SendTimes();
  readonly #settle: () => void;
  #phase: "connecting" | "open" | "closing" | "ended" = "connecting";
  #socket: Socket<LoadConnection> | undefined;
  #sentCount = 0;
  /** Replies that took a request's place: all but duplicates. */
  #replyCount = 0;
  #isPaused = false;
  #progressAtMs: number;

  constructor(job: LoadJob, context: LoadContext) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#settle = resolve;
    this.#job = job;
    this.#context = context;
    this.#check = new ReplyCheck(job.clientId, job.firstId, job.messageCount);
    this.#progressAtMs = context.clock.monotonicMs();
  }

  start(): void {
    const { host, port } = this.#context.options;
    Bun.connect<LoadConnection>({ hostname: host, port, data: this, socket: HANDLERS }).catch((error: unknown) => {
      this.fail("connect_failed", `cannot connect to ${host}:${port}: ${errorText(error)}`);
    });
  }

  /** Ends the connection when it has made no progress for the timeout; true when it did so. */
  endIfStalled(nowMs: number): boolean {
    const stalledMs = nowMs - this.#progressAtMs;
    const { timeoutMs } = this.#context.options;
    if (this.#phase === "closing" && stalledMs >= Math.min(CLOSE_GRACE_MS, timeoutMs)) this.#end();
    if ((this.#phase !== "connecting" && this.#phase !== "open") || stalledMs < timeoutMs) return false;
    const where = this.#phase === "connecting" ? "not connected yet" : this.#position();
    this.fail("no_progress", `nothing happened for ${timeoutMs} ms: ${where}`);
    return true;
  }

  /** Ends the connection early; what is not answered counts as missing for this reason, but nothing has failed. */
  stop(reason: FailureReason, detail = this.#position()): void {
    if (this.#phase === "ended") return;
    this.#context.tally.missing.add(reason, this.#job.messageCount - this.#replyCount, detail);
    this.#end();
  }

  fail(reason: FailureReason, detail: string): void {
    if (this.#phase === "ended") return;
    this.#context.tally.failedConnections.add(reason, 1, detail);
    this.stop(reason, detail);
  }

  onOpen(socket: Socket<LoadConnection>): void {
    if (this.#phase !== "connecting") {
      socket.terminate();
      return;
    }
    this.#phase = "open";
    this.#socket = socket;
    this.#context.tally.connectionsOpened += 1;
    socket.setNoDelay(true);
    if (this.#context.options.batchSize === 0) {
      this.#isPaused = true;
      socket.pause();
    }
    this.#noteProgress();
    this.#sendRequests(socket);
  }

  onDrain(socket: Socket<LoadConnection>): void {
    if (this.#phase !== "open" && this.#phase !== "closing") return;
    const acceptedBefore = this.#writer.acceptedBytes;
    this.#writer.drain(socket);
    if (this.#phase === "open") this.#sendRequests(socket);
    if (this.#writer.acceptedBytes > acceptedBefore) this.#noteProgress();
  }

  onData(socket: Socket<LoadConnection>, chunk: Buffer): void {
    const { tally, clock } = this.#context;
    tally.bytesReceived += chunk.length;
    if (this.#phase !== "open" && this.#phase !== "closing") return;
    const arrivedAtMs = clock.monotonicMs();
    const reader = this.#reader;
    reader.feed(chunk);
    while (reader.next()) {
      const text = reader.payloadBytes.toString("utf8", reader.payloadStart, reader.payloadEnd);
      this.#countReply(text, arrivedAtMs);
      this.#progressAtMs = arrivedAtMs;
    }
    if (reader.fault !== undefined) {
      this.fail(reader.fault.reason, `${reader.fault.detail}: ${this.#position()}`);
      return;
    }
    if (this.#phase === "closing") return;
    if (this.#replyCount >= this.#job.messageCount) this.#close(socket);
    else this.#sendRequests(socket);
  }

  onClose(): void {
    if (this.#phase === "closing") this.#end();
    const inside = this.#reader.isInsideFrame ? ", in the middle of a reply" : "";
    this.fail("closed_early", `the server closed the connection: ${this.#position()}${inside}`);
  }

  /** Fills the window of the batch size, as far as the socket accepts; resumes reading once everything is out. */
  #sendRequests(socket: Socket<LoadConnection>): void {
    const { options, clock, block, tally } = this.#context;
    const { head, firstId, messageCount } = this.#job;
    while (this.#writer.isFree && this.#sentCount < messageCount) {
      const inFlight = this.#sentCount - this.#replyCount;
      const allowed = options.batchSize === 0 ? messageCount : options.batchSize - inFlight;
      const wanted = Math.min(allowed, messageCount - this.#sentCount);
      if (wanted <= 0) break;
      const count = block.fill(head, firstId + this.#sentCount, wanted, clock.unixMs());
      this.#sentCount += count;
      this.#sendTimes.note(firstId + this.#sentCount - 1, clock.monotonicMs());
      tally.requestsSent += count;
      this.#writer.write(socket, block.bytes, block.lengthBytes);
    }
    if (this.#isPaused && this.#writer.isFree && this.#sentCount === messageCount) {
      this.#isPaused = false;
      socket.resume();
    }
  }

  #countReply(text: string, arrivedAtMs: number): void {
    const { tally } = this.#context;
    const isExpected = this.#replyCount < this.#job.messageCount;
    const wrong = this.#check.check(text, this.#job.firstId + this.#sentCount - 1);
    tally.lastReplyAtMs = arrivedAtMs;
    if (isExpected && wrong === undefined) {
      this.#replyCount += 1;
      tally.rightReplies += 1;
      tally.latency.add(arrivedAtMs - this.#sendTimes.of(this.#check.lastId));
      return;
    }
    if (isExpected && wrong !== "duplicate") this.#replyCount += 1;
    else tally.extraReplies += 1;
    tally.wrong.add(wrong ?? "duplicate", 1, text);
  }

  /** All replies are in: the close frame goes out, our side of the stream ends, the server has its grace to close. */
  #close(socket: Socket<LoadConnection>): void {
    this.#phase = "closing";
    this.#writer.write(socket, CLOSE_FRAME, CLOSE_FRAME.length);
    this.#writer.finish(socket);
  }

  #end(): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    this.#context.tally.bytesSent += this.#writer.acceptedBytes;
    this.#socket?.terminate();
    this.#settle();
  }

  #noteProgress(): void {
    this.#progressAtMs = this.#context.clock.monotonicMs();
  }

  #position(): string {
    const stillSending = this.#sentCount < this.#job.messageCount || !this.#writer.isFree;
    const reading =
      this.#isPaused && stillSending ? ", not reading before all are sent (a batch size changes that)" : "";
    return `${this.#sentCount} of ${this.#job.messageCount} requests sent, ${this.#replyCount} answered${reading}`;
  }
}
