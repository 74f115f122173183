// The role "pacer" of the gateway experiment: pipelined requests at a steady rate, each reply verified.

import type { Socket } from "bun";

import { ReplyReader } from "./reply-reader.ts";
import { createRequestScript, type RequestScript } from "./request-script.ts";
import { obeyLines } from "./told-program.ts";

export type PacerAct =
  | { readonly kind: "begin"; readonly port: number; readonly connections: number; readonly perSecond: number }
  | { readonly kind: "end" };

export interface PacerAnswer {
  readonly replies: number;
  readonly wrong: readonly string[];
}

const TICK_MS = 10;
/** Requests that a connection has; at its rate they last for this time. */
const LASTS_SECONDS = 120;
const ANSWERS_WITHIN_MS = 10_000;

export async function paceRequests(_words: readonly string[], lines: AsyncIterable<string>): Promise<void> {
  const running: { pacer: Pacer | undefined } = { pacer: undefined };
  await obeyLines<PacerAct, Partial<PacerAnswer>>(lines, async (told) => {
    if (told.kind === "end") return (await running.pacer?.end()) ?? {};
    running.pacer = await Pacer.begin(told);
    return {};
  });
}

class Pacer {
  readonly #connections: readonly PacedConnection[];
  readonly #timer: Timer;
  readonly #startedMs = performance.now();

  private constructor(connections: readonly PacedConnection[], perSecond: number) {
    this.#connections = connections;
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - this.#startedMs) / 1_000) * perSecond);
      for (const connection of connections) connection.sendUpTo(due);
    }, TICK_MS);
  }

  static async begin({ port, connections, perSecond }: Extract<PacerAct, { kind: "begin" }>): Promise<Pacer> {
    const each = Math.max(1, perSecond / connections);
    const script = createRequestScript(Math.ceil(each * LASTS_SECONDS));
    const open = Array.from({ length: connections }, () => PacedConnection.open(port, script));
    return new Pacer(await Promise.all(open), each);
  }

  async end(): Promise<PacerAnswer> {
    clearInterval(this.#timer);
    const giveUpAt = performance.now() + ANSWERS_WITHIN_MS;
    while (this.#connections.some(({ isOpen }) => isOpen) && performance.now() < giveUpAt) await Bun.sleep(TICK_MS);
    const wrong = this.#connections.filter((connection) => connection.isOpen || connection.reader.wrong > 0);
    for (const connection of this.#connections) connection.close();
    return {
      replies: this.#connections.reduce((sum, { reader }) => sum + reader.replies, 0),
      wrong: wrong.map(({ sent, reader }) => `paced load: ${sent} requests, ${reader.replies} replies`),
    };
  }
}

class PacedConnection {
  readonly reader = new ReplyReader();
  /** Requests. */
  sent = 0;
  readonly #script: RequestScript;
  #socket: Socket<undefined> | undefined;
  #sentBytes = 0;

  private constructor(script: RequestScript) {
    this.#script = script;
  }

  static async open(port: number, script: RequestScript): Promise<PacedConnection> {
    const connection = new PacedConnection(script);
    connection.#socket = await Bun.connect<undefined>({
      hostname: "127.0.0.1",
      port,
      socket: {
        data: (_, chunk) => void connection.reader.read(chunk),
        drain: () => connection.#write(),
      },
    });
    return connection;
  }

  /** Replies are still to come. */
  get isOpen(): boolean {
    return this.reader.replies < this.sent;
  }

  sendUpTo(count: number): void {
    this.sent = Math.min(count, this.#script.count);
    this.#write();
  }

  close(): void {
    this.#socket?.end();
  }

  #write(): void {
    const { bytes, ends } = this.#script;
    const leftBytes = (ends[this.sent] ?? 0) - this.#sentBytes;
    if (leftBytes > 0) this.#sentBytes += Math.max(0, this.#socket?.write(bytes, this.#sentBytes, leftBytes) ?? 0);
  }
}
