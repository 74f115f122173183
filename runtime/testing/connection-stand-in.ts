// A connection without a socket, and batches without bytes: what a session's actor sees of the network, written down.
import type { Cell } from "../core/cell.ts";
import type { AnyActorType } from "../core/definition.ts";
import type { ConnectionPort, MessageBatch, SharedMessage, Transport } from "../core/ports.ts";
import type { ActorSystem } from "../core/system.ts";

export class BatchStandIn implements MessageBatch {
  readonly bytes: number;
  readonly arrivedMs: number;
  next: object | undefined;
  /** How often it was given back. */
  released = 0;
  readonly #messages: unknown[];

  constructor(messages: readonly unknown[], bytes = messages.length, arrivedMs = 0) {
    this.#messages = [...messages];
    this.bytes = bytes;
    this.arrivedMs = arrivedMs;
  }

  get remaining(): number {
    return this.#messages.length;
  }

  take(): unknown {
    return this.#messages.shift();
  }

  release(): void {
    this.released++;
  }
}

/** Keeps the part of `net/connection` that the core relies on: one `closed`, after all that waited is dropped. */
export class ConnectionStandIn implements ConnectionPort {
  readonly id: string;
  readonly transport: Transport;
  readonly remoteAddress = "127.0.0.1";
  readonly remotePort = 50_000;
  /** To be set before the `opened` turn runs. */
  openedFor = "";
  readonly openedAt: number;
  bytesIn = 0;
  bytesOut = 0;
  readonly cell: Cell;
  /** Values the actor sent, in order. */
  readonly sent: unknown[] = [];
  /** Why the connection ended, once it did. */
  endReason: string | undefined;
  crashes = 0;
  mailboxMoves = 0;
  /** How often the core said that the session is gone. */
  left = 0;

  constructor(system: ActorSystem, type: AnyActorType, id = "1", transport: Transport = "tcp") {
    this.id = id;
    this.transport = transport;
    this.openedAt = system.clock.unixMs();
    this.cell = system.openSession(type, this) as Cell;
  }

  /** Messages come off the socket together. */
  deliver(...messages: readonly unknown[]): BatchStandIn {
    const batch = new BatchStandIn(messages);
    this.cell.putBatch(batch);
    return batch;
  }

  send(value: unknown): void {
    if (this.endReason === undefined) this.sent.push(value);
  }

  sendShared(message: SharedMessage): void {
    this.send(message.value);
  }

  end(reason: string): void {
    if (this.endReason !== undefined) return;
    this.endReason = reason;
    this.cell.close(reason);
  }

  mailboxMoved(): void {
    this.mailboxMoves++;
  }

  crashed(): void {
    this.crashes++;
    this.end("session_crashed");
  }

  sessionLeft(): void {
    this.left++;
  }
}
