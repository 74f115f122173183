// Sockets of ours and of libzmq that meet in one test, and end with it.
import { createZmtpContext, type ReplySocket, type ZmtpContext } from "#runtime/zmtp/mod.ts";

import { eventually } from "./eventually.ts";
import { hasLibzmq, type LibzmqKind, LibzmqProcess, type LibzmqSocket } from "./libzmq.ts";

const HOST = "127.0.0.1";

export type Side = "we listen" | "they listen";

interface Ours {
  readonly endpoints: ReplySocket["endpoints"];
  close?(): void;
}

/** One for each test file: `afterEach(() => bench.clear())`, `afterAll(() => bench.stop())`. */
export class LibzmqBench {
  /** Only where there is libzmq. */
  readonly libzmq = (hasLibzmq ? new LibzmqProcess() : undefined) as LibzmqProcess;
  readonly #ours: Ours[] = [];
  readonly #theirs: LibzmqSocket[] = [];
  #ended: string[] = [];
  #context = this.#createContext();

  /** Of this test alone. */
  get context(): ZmtpContext {
    return this.#context;
  }

  /** Why connections of ours ended in this test. */
  get ended(): readonly string[] {
    return this.#ended;
  }

  /** Octets of theirs that have come in this test. */
  get bytesIn(): number {
    return this.#context.table.stats.bytesIn;
  }

  keep<Kept extends Ours>(socket: Kept): Kept {
    this.#ours.push(socket);
    return socket;
  }

  async open(kind: LibzmqKind, options: Readonly<Record<string, number | string>> = {}): Promise<LibzmqSocket> {
    const socket = await this.libzmq.open(kind, options);
    this.#theirs.push(socket);
    return socket;
  }

  /** Resolves with the port when they have shaken hands. */
  async meet({ endpoints }: Ours, their: LibzmqSocket, side: Side): Promise<number> {
    const count = endpoints.peers.size;
    const port = side === "we listen" ? endpoints.bind({ port: 0 }) : await their.bind();
    if (side === "we listen") await their.connect(port);
    else endpoints.connect({ host: HOST, port });
    await eventually("hands to be shaken", () => endpoints.peers.size > count);
    return port;
  }

  async clear(): Promise<void> {
    for (const socket of this.#ours.splice(0)) {
      if (socket.close === undefined) socket.endpoints.close();
      else socket.close();
    }
    await Promise.all(this.#theirs.splice(0).map((socket) => socket.close()));
    this.#context = this.#createContext();
  }

  async stop(): Promise<void> {
    if (hasLibzmq) await this.libzmq.stop();
  }

  #createContext(): ZmtpContext {
    const ended: string[] = [];
    this.#ended = ended;
    return createZmtpContext({ ended: ({ reason }) => void ended.push(reason) });
  }
}
