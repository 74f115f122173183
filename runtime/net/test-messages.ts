// A connection of messages whose way to the peer a test holds in its hands, and datagrams that go nowhere alone.
import type { SharedMessage } from "../core/ports.ts";
import type { SecretRandom } from "../datagrams/secrets.ts";
import { MessageConnection, type MessageConnectionOptions } from "./message-connection.ts";
import { type MessageOutlet, NOT_TAKEN } from "./message-outlet.ts";
import type { TestTable } from "./test-connection.ts";
import type { DatagramOutlet } from "./udp-port.ts";

export class OutletStandIn implements MessageOutlet {
  readonly transport = "web";
  remoteAddress = "127.0.0.1";
  remotePort = 50_000;
  queuedBytes = 0;
  holding = false;
  /** What happened, in order: `send text`, `finish reason`, `drop reason`, `room`. */
  readonly calls: string[] = [];
  /** Nothing more is taken. */
  full = false;
  /** What was sent takes its time: the test says when `left` is. */
  slow = false;
  /** Called by each `send` and `finish`. */
  trouble: () => void = () => undefined;

  get sent(): readonly string[] {
    return this.calls.filter((call) => call.startsWith("send ")).map((call) => call.slice(5));
  }

  send(text: string): number {
    this.trouble();
    if (this.full) return NOT_TAKEN;
    this.calls.push(`send ${text}`);
    return text.length;
  }

  sendShared(message: SharedMessage): number {
    return this.send(message.value as string);
  }

  finish(reason: string): boolean {
    this.calls.push(`finish ${reason}`);
    this.trouble();
    return !this.slow;
  }

  drop(reason: string): void {
    this.calls.push(`drop ${reason}`);
  }

  roomAgain(): void {
    if (this.holding) this.calls.push("room");
  }
}

const TOLD = new Set(["idle_timeout", "shutdown", "session_crashed", "disconnected_by_operator"]);

/** Says goodbye as text sessions do. */
export const MESSAGES: MessageConnectionOptions = {
  session: { name: "scripted" },
  farewell: (reason) => (TOLD.has(reason) ? `* ! ${reason}\n` : undefined),
};

export interface TestMessages {
  readonly connection: MessageConnection;
  readonly outlet: OutletStandIn;
}

export function openMessages(net: TestTable, options: Partial<MessageConnectionOptions> = {}): TestMessages {
  const outlet = new OutletStandIn();
  const make = (id: string) => new MessageConnection(id, outlet, { ...MESSAGES, ...options }, net.table);
  const connection = net.table.open(outlet.remoteAddress, make);
  if (typeof connection === "string") throw new Error(`It was refused: ${connection}`);
  return { connection, outlet };
}

/** Its sessions send back what they hear, as one text. */
export function echoTexts(net: TestTable): void {
  net.script.message = (context, text) => context.send(text as unknown as readonly string[]);
}

/** As `echoTexts`, but each turn is held until the returned function lets the next one go. */
export function holdTexts(net: TestTable): () => void {
  const held: (() => void)[] = [];
  net.script.message = async (context, text) => {
    await new Promise<void>((resolve) => void held.push(resolve));
    context.send(text as unknown as readonly string[]);
  };
  return () => held.shift()?.();
}

export interface SentDatagram {
  readonly octets: Buffer;
  readonly port: number;
  readonly address: string;
}

/** Keeps what was sent until the test takes it. */
export class PortStandIn implements DatagramOutlet {
  readonly figures = { ignored: 0 };
  #sent: SentDatagram[] = [];

  queue(octets: Uint8Array, port: number, address: string): void {
    this.#sent.push({ octets: Buffer.from(octets), port, address });
  }

  take(): readonly SentDatagram[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  texts(): readonly string[] {
    return this.take().map(({ octets }) => octets.toString());
  }
}

/** Octets that differ from each other and are the same in every run. */
export function countedSecrets(): SecretRandom {
  let count = 0;
  return { drawInto: (octets) => void octets.fill(0).set([++count >> 8, count & 0xff], octets.length - 2) };
}
