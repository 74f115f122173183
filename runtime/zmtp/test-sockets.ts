// ZeroMQ sockets on loopback, and raw peers that say what a test wants said; what a test opens ends with it.
import { connect, createServer, type Server, type Socket } from "node:net";

import type { Clock } from "../base/clock.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { type Heard, TestDecoder, zmtpMessage } from "../wire/test-zmtp.ts";
import type { ZmtpIdentity } from "../wire/zmtp-handshake.ts";
import { createZmtpContext, type ZmtpContext } from "./context.ts";
import type { Endpoints } from "./endpoints.ts";

const HOST = "127.0.0.1";
const WITHIN_MS = 10_000;
const POLL_MS = 1;

interface Closable {
  close(): void;
}

interface Stage {
  readonly context: ZmtpContext;
  readonly ended: string[];
  readonly faults: string[];
}

/** The clock is the system's unless given. */
function createStage(clock?: Clock): Stage {
  const ended: string[] = [];
  const faults: string[] = [];
  const events = {
    ended: ({ reason }: { reason: string }) => void ended.push(reason),
    failed: ({ error }: { error: Error }) => void faults.push(error.message),
  };
  return { context: createZmtpContext(events, clock), ended, faults };
}

/** One for each test file: `afterEach(() => bench.clear())`; then each test has a context of its own. */
export class Bench {
  readonly #opened: Closable[] = [];
  #stage = createStage();

  get context(): ZmtpContext {
    return this.#stage.context;
  }

  /** Why connections of ours ended, in order. */
  get ended(): readonly string[] {
    return this.#stage.ended;
  }

  /** What our own code threw. */
  get faults(): readonly string[] {
    return this.#stage.faults;
  }

  /** Time stands still in this test, unless it moves it. */
  stopTime(): FakeClock {
    const clock = new FakeClock();
    this.#stage = createStage(clock);
    return clock;
  }

  /** A socket, to be closed with the test. */
  keep<Kept extends { readonly endpoints: Endpoints; close?(): void }>(socket: Kept): Kept {
    this.#opened.push({ close: () => (socket.close === undefined ? socket.endpoints.close() : socket.close()) });
    return socket;
  }

  /** Dials a socket of ours, and has shaken hands as this type. */
  async dial(port: number, own: Partial<ZmtpIdentity>): Promise<RawPeer> {
    const peer = this.#keepPeer(new RawPeer(connect({ host: HOST, port }), { role: "client", ...own }));
    await until("to shake hands", () => peer.heard.length > 0 || peer.isOver);
    return peer;
  }

  /** Waits for sockets of ours; each that comes is among the peers. */
  async listen(own: Partial<ZmtpIdentity> = {}, port = 0): Promise<RawListener> {
    const peers: RawPeer[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      peers.push(this.#keepPeer(new RawPeer(socket, { role: "server", ...own })));
    });
    this.#opened.push(server);
    const listening = Promise.withResolvers<void>();
    server.listen(port, HOST, () => listening.resolve());
    await listening.promise;
    return { port: portOf(server), peers, close: () => server.close() };
  }

  /** A port where nobody listens, until somebody does. */
  async freePort(): Promise<number> {
    const { port, close } = await this.listen();
    close();
    return port;
  }

  clear(): void {
    for (const opened of this.#opened.splice(0).toReversed()) opened.close();
    this.#stage = createStage();
  }

  #keepPeer(peer: RawPeer): RawPeer {
    this.#opened.push({ close: () => peer.socket.destroy() });
    return peer;
  }
}

export interface RawListener {
  readonly port: number;
  readonly peers: readonly RawPeer[];
  close(): void;
}

/** Shakes hands and answers pings, unless told to be mute; keeps what it hears. */
export class RawPeer {
  readonly socket: Socket;
  readonly #decoder: TestDecoder;
  #written = 0;
  /** Says nothing any more of its own accord. */
  isMute = false;
  /** Our side has sent FIN, or the connection is gone. */
  isOver = false;

  constructor(socket: Socket, own: Partial<ZmtpIdentity>) {
    this.socket = socket;
    this.#decoder = new TestDecoder(own);
    const end = (): void => {
      this.isOver = true;
      socket.destroy();
    };
    socket.on("data", (chunk: Buffer) => this.#hear(chunk));
    socket.on("end", end);
    socket.on("error", end);
    this.#speak();
  }

  /** Messages and subscriptions; first who it talks to. */
  get heard(): readonly Heard[] {
    return this.#decoder.heard;
  }

  send(...frames: readonly (string | Uint8Array)[]): void {
    this.socket.write(zmtpMessage(...frames));
  }

  #hear(chunk: Buffer): void {
    this.#decoder.feed([chunk]);
    this.#speak();
  }

  #speak(): void {
    const { sent } = this.#decoder;
    if (!this.isMute && sent.length > this.#written) this.socket.write(sent.subarray(this.#written));
    this.#written = sent.length;
  }
}

/** Resolves soon after it holds; throws after 10 s, naming it. A clock that stands still is allowed its turns. */
export async function until(what: string, holds: () => boolean, clock?: FakeClock): Promise<void> {
  const startedMs = performance.now();
  while (!holds()) {
    if (performance.now() - startedMs > WITHIN_MS) throw new Error(`Waited ${WITHIN_MS} ms in vain: ${what}`);
    await Bun.sleep(POLL_MS);
    await clock?.settle();
  }
}

/** Resolves when the socket has so many peers that have shaken hands. */
export function peersAt(socket: { readonly endpoints: Endpoints }, count: number, clock?: FakeClock): Promise<void> {
  const { endpoints } = socket;
  return until(`${count} peers at ${endpoints.name}`, () => endpoints.peers.size === count, clock);
}

function portOf(server: Server): number {
  return (server.address() as { port: number }).port;
}
