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
}

export class ConnectionTable implements ConnectionHost {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly stats = new NetStats();
  readonly arena = new OutboundArena();
  readonly budget = { queuedBytes: 0, heldBytes: 0 };
  readonly deadlines: NetSettings["deadlines"];
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
    this.#system = system;
    this.#events = events;
    this.#admission = new Admission(settings.admission);
    this.#refused = new RefusedSockets(system.wheel, settings.deadlines.lingerMs);
    system.scheduler.onStepEnd(() => this.#endStep());
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

  /** A new connection, or one that is told why it cannot be. */
  admit(socket: ConnectionSocket, pairing: Pairing): SocketEvents {
    const { remoteAddress } = socket;
    const reason = this.#admission.admit(remoteAddress);
    if (reason !== undefined) {
      this.stats.countRefused(reason);
      this.#events.refused({ remoteAddress, reason });
      return this.#refused.add(socket, pairing, reason);
    }
    const connection = new Connection(String(++this.#lastId), socket, pairing, this);
    this.#connections.set(connection.id, connection);
    this.stats.accepted++;
    return connection;
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

  /** A connection touched while others are flushed comes with the next step, and its bytes stay until then. */
  #endStep(): void {
    const touched = this.#touched;
    this.#touched = this.#spareTouched;
    for (let index = 0; index < touched.length; index++) (touched[index] as StepParticipant).stepEnded();
    touched.length = 0;
    this.#spareTouched = touched;
    if (this.#touched.length === 0) this.arena.reset();
  }
}

function address(connection: ConnectionPort): { id: string; remoteAddress: string; remotePort: number } {
  return { id: connection.id, remoteAddress: connection.remoteAddress, remotePort: connection.remotePort };
}
