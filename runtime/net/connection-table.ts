// All connections of a node: who is in, what they share, and how they are ended together.
import type { Clock } from "../base/clock.ts";
import type { TimerWheel } from "../base/timer-wheel.ts";
import type { ConnectionPort, SessionHost, SessionPort } from "../core/ports.ts";
import { Admission, type AdmissionLimits } from "./admission.ts";
import type { DeadlineSettings } from "./connection-deadlines.ts";
import type { ConnectionHost, ConnectionSocket, Pairing, SocketEvents, StepParticipant } from "./connection-host.ts";
import { Connection } from "./connection.ts";
import { NetStats } from "./net-stats.ts";
import { OutboundArena } from "./outbound-arena.ts";
import { RefusedSockets } from "./refused-socket.ts";

/** Called once a connection: never on the path of a message. */
export interface NetEvents {
  refused(event: { remoteAddress: string; reason: string }): void;
  failed(event: { id: string; remoteAddress: string; remotePort: number; error: Error }): void;
  ended(event: { id: string; remoteAddress: string; remotePort: number; reason: string }): void;
}

export interface NetSettings {
  readonly admission: AdmissionLimits;
  readonly deadlines: DeadlineSettings & { readonly lingerMs: number };
  /**
   * Stands before the number in each connection's id. Whoever remembers ids longer than the process lives gives
   * another one at each start; nothing unless told otherwise.
   */
  readonly idPrefix?: string;
}

export class ConnectionTable implements ConnectionHost {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly stats = new NetStats();
  readonly arena = new OutboundArena();
  readonly budget = { queuedBytes: 0, heldBytes: 0 };
  readonly deadlines: NetSettings["deadlines"];
  readonly #idPrefix: string;
  readonly #system: SessionHost;
  readonly #events: NetEvents;
  readonly #admission: Admission;
  readonly #refused: RefusedSockets;
  readonly #connections = new Map<string, Connection>();
  #touched: StepParticipant[] = [];
  #spareTouched: StepParticipant[] = [];
  #lastId = 0;
  #empty: PromiseWithResolvers<void> | undefined;

  constructor(system: SessionHost, settings: NetSettings, events: NetEvents) {
    this.clock = system.clock;
    this.wheel = system.wheel;
    this.deadlines = settings.deadlines;
    this.#idPrefix = settings.idPrefix ?? "";
    this.#system = system;
    this.#events = events;
    this.#admission = new Admission(settings.admission);
    this.#refused = new RefusedSockets(system.wheel, settings.deadlines.lingerMs);
    system.scheduler.onStepEnd("flush", () => this.#endStep());
  }

  /** Open connections by id, oldest first. */
  get connections(): ReadonlyMap<string, Connection> {
    return this.#connections;
  }

  connectionCount(): number {
    return this.#connections.size;
  }

  /** Of closed connections too; rendered seldom, so open ones are asked. */
  bytesOut(): number {
    let bytes = this.stats.bytesOutOfClosed;
    for (const connection of this.#connections.values()) bytes += connection.bytesOut - connection.outboundBytes;
    return bytes;
  }

  /** Bytes that peers have not taken yet. */
  outboundBytes(): number {
    return this.budget.queuedBytes;
  }

  /** A new connection, or one that is told why it cannot be; nobody where making it failed: that socket is closed. */
  admit(socket: ConnectionSocket, pairing: Pairing): SocketEvents | undefined {
    const { remoteAddress, remotePort } = socket;
    const reason = this.#admission.admit(remoteAddress);
    if (reason !== undefined) {
      this.stats.countRefused(reason);
      this.#events.refused({ remoteAddress, reason });
      return this.#refused.add(socket, pairing, reason);
    }
    const id = `${this.#idPrefix}${++this.#lastId}`;
    try {
      const connection = new Connection(id, socket, pairing, this);
      this.#connections.set(id, connection);
      this.stats.accepted++;
      return connection;
    } catch (error) {
      this.#admission.release(remoteAddress);
      this.stats.countRefused("net.fault");
      socket.terminate();
      this.#events.failed({ id, remoteAddress, remotePort, error: asError(error) });
      return undefined;
    }
  }

  openSession(type: Pairing["session"], connection: ConnectionPort): SessionPort {
    return this.#system.openSession(type, connection);
  }

  loopTurned(): void {
    this.#system.scheduler.loopTurned();
  }

  touched(connection: StepParticipant): void {
    this.#touched.push(connection);
    this.#system.scheduler.ensureStep();
  }

  failed(connection: ConnectionPort, error: Error): void {
    this.#events.failed({ ...address(connection), error });
  }

  closed(connection: ConnectionPort, reason: string): void {
    if (!this.#connections.delete(connection.id)) return;
    this.#admission.release(connection.remoteAddress);
    this.stats.bytesOutOfClosed += connection.bytesOut;
    this.stats.countEnded(reason);
    this.#events.ended({ ...address(connection), reason });
    if (this.#connections.size === 0) this.#empty?.resolve();
  }

  /** Admits nobody, reads nothing more, answers what was read; resolves when every connection is closed. */
  drain(): Promise<void> {
    this.#admission.close();
    for (const connection of this.#connections.values()) connection.shutDown();
    if (this.#connections.size === 0) return Promise.resolve();
    this.#empty ??= Promise.withResolvers();
    return this.#empty.promise;
  }

  /** Closes what is still open, at once. Returns how many connections lost something by it. */
  abortAll(reason: string): number {
    const open = Array.from(this.#connections.values());
    return open.filter((connection) => connection.abort(reason)).length;
  }

  /**
   * A connection touched while others are flushed comes with the next step, and its bytes stay until then. A fault of
   * one is its own end.
   */
  #endStep(): void {
    const touched = this.#touched;
    this.#touched = this.#spareTouched;
    let ended = 0;
    try {
      while (ended < touched.length) {
        const connection = touched[ended++] as StepParticipant;
        try {
          connection.stepEnded();
        } catch (error) {
          connection.failed(asError(error));
        }
      }
    } finally {
      // Some are left only where ending one failed too: they come with the next step.
      for (; ended < touched.length; ended++) this.touched(touched[ended] as StepParticipant);
      touched.length = 0;
      this.#spareTouched = touched;
      if (this.#touched.length === 0) this.arena.reset();
    }
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`A value that is no error was thrown: ${Bun.inspect(thrown)}`);
}

function address(connection: ConnectionPort): { id: string; remoteAddress: string; remotePort: number } {
  return { id: connection.id, remoteAddress: connection.remoteAddress, remotePort: connection.remotePort };
}
