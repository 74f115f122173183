// A connection whose socket, clock and session a test holds in its hands: nothing moves until it says so.
import { type AnyActorType, session } from "../core/definition.ts";
import type { SessionOf } from "../core/ports.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import { createFramesProtocol } from "../wire/frames-protocol.ts";
import { frame } from "../wire/test-frames.ts";
import type { TextPart } from "../wire/text-parts.ts";
import {
  type ConnectionSocket,
  framesOrText,
  type Pairing,
  type PairingChoice,
  type SocketEvents,
} from "./connection-host.ts";
import { ConnectionTable, type NetSettings } from "./connection-table.ts";

/** Closing tells the connection at once, as Bun's sockets do. */
export class SocketStandIn implements ConnectionSocket {
  readonly remoteAddress = "127.0.0.1";
  readonly remotePort = 50_000;
  /** What happened, in order: `write 10`, `pause`, `resume`, `shutdown`, `close`, `terminate`. */
  readonly calls: string[] = [];
  readonly #taken: Buffer[] = [];
  /** Bytes the kernel still takes. */
  room = Number.POSITIVE_INFINITY;
  paused = false;
  open = true;
  data: SocketEvents | undefined;

  /** What the kernel has taken. */
  get bytes(): Buffer {
    return Buffer.concat(this.#taken);
  }

  get written(): string {
    return this.bytes.toString();
  }

  get bytesWritten(): number {
    return this.bytes.length;
  }

  write(bytes: Uint8Array, offset: number, length: number): number {
    if (!this.open) return -1;
    const count = Math.min(length, this.room);
    this.room -= count;
    this.#taken.push(Buffer.from(bytes.subarray(offset, offset + count)));
    this.calls.push(`write ${count}`);
    return count;
  }

  pause(): void {
    this.paused = true;
    this.calls.push("pause");
  }

  resume(): void {
    this.paused = false;
    this.calls.push("resume");
  }

  shutdown(): void {
    this.calls.push("shutdown");
  }

  close(): void {
    this.#end("close");
  }

  terminate(): void {
    this.#end("terminate");
  }

  /** The peer is gone. */
  lost(): void {
    if (!this.open) return;
    this.open = false;
    this.data?.socketClosed();
  }

  #end(how: string): void {
    this.calls.push(how);
    this.lost();
  }
}

interface SessionSide {
  /** Whatever its protocol encodes. */
  send(value: unknown): void;
  end(reason: string): void;
  readonly connection: { readonly openedFor: string; readonly remoteAddress: string };
}

/** Every turn of a session, in order: `opened`, the messages, `closed: reason`. */
export interface SessionScript {
  readonly turns: string[];
  /** What the `opened` turn does, besides being written down. */
  opened?: (context: SessionSide) => unknown;
  /** What a turn does with a message, besides being written down. */
  message: (context: SessionSide, text: string) => unknown;
  closed: () => unknown;
}

export interface TestTable extends SteppedSystem {
  readonly script: SessionScript;
  readonly table: ConnectionTable;
  /** What sockets of the test's own may be served with. */
  readonly pairing: Pairing;
  readonly refused: string[];
  /** Messages of exceptions in socket handlers. */
  readonly faults: string[];
  readonly ended: string[];
  /** A socket that is admitted or refused; its peer has said nothing yet. */
  connect(transport?: "tcp" | "tls"): SocketStandIn;
  /** One that has a session: its peer has spoken, though nothing of that is left to be decoded. */
  open(): SocketStandIn;
}

export const DEADLINES = {
  handshakeMs: 1_000,
  firstByteMs: 2_000,
  messageMs: 3_000,
  idleMs: 60_000,
  writeStallMs: 5_000,
  answerMs: 30_000,
  lingerMs: 500,
};

export function frames(...texts: readonly string[]): Buffer {
  return Buffer.concat(texts.map((text) => frame(text)));
}

interface TableOptions {
  readonly capacity?: number;
  readonly connectionsMax?: number;
  readonly deadlines?: Partial<NetSettings["deadlines"]>;
  readonly idPrefix?: string;
  readonly protocol?: Pairing["protocol"];
  /** Beside it: then the first octet decides. */
  readonly text?: Pairing["protocol"];
  readonly pairing?: Pick<Pairing, "idleMs" | "openedFor">;
  readonly speaksFirst?: boolean;
}

export function createTestTable(options: TableOptions = {}): TestTable {
  const script: SessionScript = { turns: [], message: () => undefined, closed: () => undefined };
  const type = scriptedSession(script, options.capacity ?? 4);
  const stepped = new SteppedSystem([type]);
  const refused: string[] = [];
  const ended: string[] = [];
  const faults: string[] = [];
  const connectionsMax = options.connectionsMax ?? 1_000;
  const table = new ConnectionTable(
    stepped.system,
    {
      admission: { connectionsMax, connectionsPerAddressMax: connectionsMax },
      deadlines: { ...DEADLINES, ...options.deadlines },
      ...(options.idPrefix === undefined ? {} : { idPrefix: options.idPrefix }),
    },
    {
      refused: ({ reason }) => refused.push(reason),
      failed: ({ error }) => faults.push(error.message),
      ended: ({ reason }) => ended.push(reason),
    },
  );
  const choose = choiceOf(options, type);
  const connect = (transport: "tcp" | "tls" = "tcp"): SocketStandIn => {
    const socket = new SocketStandIn();
    table.admit(socket, { transport, choose, speaksFirst: options.speaksFirst ?? false });
    return socket;
  };
  return Object.assign(stepped, {
    script,
    table,
    pairing: choose(undefined),
    refused,
    faults,
    ended,
    connect,
    open() {
      const socket = connect();
      socket.data?.received(Buffer.alloc(0));
      return socket;
    },
  });
}

function choiceOf(options: TableOptions, type: Pairing["session"]): PairingChoice {
  const protocol = options.protocol ?? (createFramesProtocol() as unknown as Pairing["protocol"]);
  const first = { protocol, session: type, ...options.pairing };
  return options.text === undefined ? () => first : framesOrText(first, { protocol: options.text, session: type });
}

type ScriptedSession = AnyActorType & SessionOf<string, readonly TextPart[]>;

/** Records its turns; what a message does the test decides while it runs. */
export function scriptedSession(script: SessionScript, capacity: number): ScriptedSession {
  return session<undefined, string, readonly TextPart[]>("scripted", {
    state: () => undefined,
    mailbox: { capacity },
    opened(context) {
      script.turns.push("opened");
      return script.opened?.(context) as void | Promise<void>;
    },
    message(context, text) {
      script.turns.push(text);
      return script.message(context, text) as void | Promise<void>;
    },
    closed(_, reason) {
      script.turns.push(`closed: ${reason}`);
      return script.closed() as void | Promise<void>;
    },
  });
}

export const NOTHING_LEFT = { connections: 0, actors: 0, queued: 0, timers: 0 };

/** What a node must not keep of a connection that is gone. */
export function left(net: TestTable): typeof NOTHING_LEFT {
  return {
    connections: net.table.connectionCount(),
    actors: net.system.hosts[0]?.cells.size ?? 0,
    queued: net.table.outboundBytes(),
    timers: net.system.wheel.count,
  };
}

export function echo(net: TestTable): void {
  net.script.message = (context, text) => context.send([text]);
}

/** Holds every turn until the returned function lets the next one go. */
export function holdTurns(net: TestTable): () => void {
  const held: (() => void)[] = [];
  net.script.message = (context, text) =>
    new Promise<void>((resolve) => held.push(resolve)).then(() => context.send([text]));
  return () => held.shift()?.();
}

export async function send(net: TestTable, socket: SocketStandIn, ...chunks: readonly Uint8Array[]): Promise<void> {
  for (const chunk of chunks) socket.data?.received(Buffer.from(chunk));
  await net.clock.settle();
}
