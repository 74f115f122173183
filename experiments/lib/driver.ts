// A closed-loop load: connections that each keep a number of requests in flight and verify every reply.

import type { Socket } from "bun";
import type { Histogram } from "hdr-histogram-js";

import { ReplyReader } from "./reply-reader.ts";
import { createCloseFrame, type RequestScript } from "./request-script.ts";

export interface LoadOptions {
  /** Connections take turns. */
  readonly ports: readonly number[];
  readonly connections: number;
  /** Requests one connection has sent and not yet seen answered; "all" sends as fast as the socket takes them. */
  readonly inFlight: number | "all";
  readonly requestsPerConnection: number;
  /** Connections take turns: with one of its own, each is a client with a name of its own. */
  readonly scripts: readonly RequestScript[];
  /** Takes the time from write to reply in tenths of a microsecond; for one request in flight only. */
  readonly latency?: Histogram;
  /** The load fails when it is not answered in full within this time. */
  readonly timeoutMs?: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly replies: number;
  readonly wrong: number;
  /** Every request was answered once, in order, with its own id, and the ids add up. */
  readonly verified: boolean;
  readonly seconds: number;
  readonly sessions: readonly SessionTime[];
  /** Processor time of this process per second of the run: near 1, the driver is what is measured. */
  readonly driverCpuShare: number;
}

/** Of one connection, in monotonic milliseconds. */
export interface SessionTime {
  readonly clientId: string;
  /** Its first request was written. */
  readonly firstSentMs: number;
  /** Its last reply was read; 0 where not all came. */
  readonly lastReplyMs: number;
}

export interface AttemptedLoad extends LoadResult {
  /** Why it could not be finished; what had come by then is in the figures. */
  readonly failure?: LoadFailure;
}

class LoadFailure extends Error {
  /** Time was up. */
  readonly isLate: boolean;

  constructor(message: string, isLate = false) {
    super(`Cannot finish the load: ${message}`);
    this.isLate = isLate;
  }
}

interface Load {
  readonly options: LoadOptions;
  readonly limit: number;
  readonly inFlight: number;
  /** Called once by each connection, with what went wrong if anything did. */
  readonly ended: (failure?: LoadFailure) => void;
}

/**
 * Connects, then times from the first request to the last reply; connecting and closing are not timed. Clients begin
 * one after the other, and what has come is read in between: else the first would be charged with the sending of all.
 */
export async function driveLoad(options: LoadOptions): Promise<LoadResult> {
  const { failure, ...result } = await attemptLoad(options);
  if (failure !== undefined) throw failure;
  return result;
}

/** As above; a load that cannot be finished is told, not thrown. */
export async function attemptLoad(options: LoadOptions): Promise<AttemptedLoad> {
  const finished = Promise.withResolvers<LoadFailure | undefined>();
  const progress = { open: options.connections };
  const load: Load = {
    options,
    limit: options.requestsPerConnection,
    inFlight: options.inFlight === "all" ? Number.POSITIVE_INFINITY : options.inFlight,
    ended: (failure) => {
      if (failure !== undefined || --progress.open === 0) finished.resolve(failure);
    },
  };
  const connections: DriverConnection[] = [];
  try {
    for (let index = 0; index < options.connections; index++) {
      connections.push(await DriverConnection.open(load, index));
    }
    const timeout = setTimeout(() => load.ended(lateFailure(connections, load)), options.timeoutMs ?? 60_000);
    Bun.gc(true);
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    for (const connection of connections) {
      connection.pump();
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
    const failure = await finished.promise;
    clearTimeout(timeout);
    const seconds = (performance.now() - startedAt) / 1_000;
    const cpu = process.cpuUsage(cpuBefore);
    const sessions = connections.map((connection) => connection.time);
    const driverCpuShare = (cpu.user + cpu.system) / 1_000_000 / seconds;
    return { ...tally(connections, load), seconds, sessions, driverCpuShare, ...(failure && { failure }) };
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
}

type Tally = Pick<LoadResult, "requests" | "replies" | "wrong" | "verified">;

function tally(connections: readonly DriverConnection[], load: Load): Tally {
  const requests = load.limit * connections.length;
  const idSum = (load.limit * (load.limit + 1)) / 2;
  const replies = connections.reduce((sum, { reader }) => sum + reader.replies, 0);
  const wrong = connections.reduce((sum, { reader }) => sum + reader.wrong, 0);
  const sumsRight = connections.every(({ reader }) => reader.idSum === idSum);
  return { requests, replies, wrong, verified: replies === requests && wrong === 0 && sumsRight };
}

function lateFailure(connections: readonly DriverConnection[], load: Load): LoadFailure {
  const { replies, requests } = tally(connections, load);
  return new LoadFailure(`${replies} of ${requests} replies came before the timeout`, true);
}

class DriverConnection {
  readonly reader: ReplyReader;
  readonly #load: Load;
  readonly #script: RequestScript;
  readonly #closed = Promise.withResolvers<void>();
  #socket: Socket<undefined> | undefined;
  #sentBytes = 0;
  #sentAt = 0;
  #firstSentMs = 0;
  #lastReplyMs = 0;
  #done = false;

  private constructor(load: Load, script: RequestScript) {
    this.#load = load;
    this.#script = script;
    this.reader = new ReplyReader(script.clientId);
  }

  static async open(load: Load, index: number): Promise<DriverConnection> {
    const { ports, scripts } = load.options;
    const connection = new DriverConnection(load, scripts[index % scripts.length]!);
    connection.#socket = await Bun.connect<undefined>({
      hostname: "127.0.0.1",
      port: ports[index % ports.length]!,
      socket: {
        data: (_socket, chunk) => connection.#receive(chunk),
        drain: () => connection.pump(),
        close: () => connection.#close(),
        error: (_socket, error) => connection.#end(new LoadFailure(error.message)),
      },
    });
    connection.#socket.setNoDelay(true);
    return connection;
  }

  get time(): SessionTime {
    return { clientId: this.#script.clientId, firstSentMs: this.#firstSentMs, lastReplyMs: this.#lastReplyMs };
  }

  /** Sends what the replies so far allow. */
  pump(): void {
    if (this.#done) return;
    const script = this.#script;
    const allowed = Math.min(this.#load.limit, this.reader.replies + this.#load.inFlight);
    const end = script.ends[allowed]!;
    if (this.#sentBytes === 0) this.#firstSentMs = performance.now();
    if (this.#load.options.latency !== undefined) this.#sentAt = performance.now();
    while (this.#sentBytes < end) {
      const taken = this.#socket!.write(script.bytes, this.#sentBytes, end - this.#sentBytes);
      if (taken <= 0) return;
      this.#sentBytes += taken;
    }
  }

  /** Says goodbye and waits for the server to close, for at most two seconds. */
  async close(): Promise<void> {
    this.#done = true;
    this.#socket?.write(createCloseFrame());
    const timeout = setTimeout(() => this.#socket?.terminate(), 2_000);
    await this.#closed.promise;
    clearTimeout(timeout);
  }

  #receive(chunk: Buffer): void {
    if (this.#done) return;
    const { latency } = this.#load.options;
    if (latency !== undefined) latency.recordValue(Math.round((performance.now() - this.#sentAt) * 10_000));
    if (!this.reader.read(chunk)) return this.#end(new LoadFailure("a header is not one of a reply"));
    if (this.reader.replies < this.#load.limit) this.pump();
    else {
      this.#lastReplyMs = performance.now();
      this.#end();
    }
  }

  #close(): void {
    const { replies } = this.reader;
    this.#end(new LoadFailure(`a connection closed after ${replies} replies`));
    this.#closed.resolve();
  }

  #end(failure?: LoadFailure): void {
    if (this.#done) return;
    this.#done = true;
    this.#load.ended(failure);
  }
}
