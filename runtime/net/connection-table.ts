// All connections of a node: who is in, what they share, and how they are ended together.
import { asError } from "../base/as-error.ts";
import type { Clock } from "../base/clock.ts";
import type { TimerWheel } from "../base/timer-wheel.ts";
import type { ConnectionPort, SessionHost, SessionPort } from "../core/ports.ts";
import { Admission, type AdmissionLimits, type AdmissionRefusal } from "./admission.ts";
import type { DeadlineSettings } from "./connection-deadlines.ts";
import type {
  ConnectionHost,
  ConnectionSocket,
  Door,
  OpenConnection,
  SessionMaker,
  SocketEvents,
  Spoken,
  StepParticipant,
} from "./connection-host.ts";
import { Connection } from "./connection.ts";
import { Doorstep } from "./doorstep.ts";
import { type NetEvents, type NetPeer, netPeer } from "./net-events.ts";
import { NetStats } from "./net-stats.ts";
import { OutboundArena } from "./outbound-arena.ts";
import { ReadTurns } from "./read-turns.ts";
import { RefusedSockets } from "./refused-socket.ts";

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
  readonly readTurns: ReadTurns;
  readonly budget = { queuedBytes: 0, heldBytes: 0 };
  readonly deadlines: NetSettings["deadlines"];
  readonly #idPrefix: string;
  readonly #system: SessionHost;
  readonly #events: NetEvents;
  readonly #admission: Admission;
  readonly #refused: RefusedSockets;
  readonly #connections = new Map<string, OpenConnection>();
  readonly #doorsteps = new Set<Doorstep>();
  #touched: StepParticipant[] = [];
  #spareTouched: StepParticipant[] = [];
  #lastId = 0;
  #empty: PromiseWithResolvers<void> | undefined;
  /** While draining: those that the last wait for. */
  #drainingFirst: Set<ConnectionPort> | undefined;

  constructor(system: SessionHost, settings: NetSettings, events: NetEvents) {
    this.clock = system.clock;
    this.wheel = system.wheel;
    this.readTurns = new ReadTurns(system.clock);
    this.deadlines = settings.deadlines;
    this.#idPrefix = settings.idPrefix ?? "";
    this.#system = system;
    this.#events = events;
    this.#admission = new Admission(settings.admission);
    this.#refused = new RefusedSockets(system.wheel, settings.deadlines.lingerMs);
    system.scheduler.onStepEnd("flush", () => this.#endStep());
  }

  /** Open connections that have said something, by id, in the order in which they did. */
  get connections(): ReadonlyMap<string, OpenConnection> {
    return this.#connections;
  }

  /** Those too that have said nothing yet. */
  connectionCount(): number {
    return this.#connections.size + this.#doorsteps.size;
  }

  /** Of closed connections too; rendered seldom, so open ones are asked. */
  bytesOut(): number {
    let bytes = this.stats.bytesOutOfClosed - this.budget.queuedBytes;
    for (const connection of this.#connections.values()) bytes += connection.bytesOut;
    return bytes;
  }

  /** Bytes that peers have not taken yet. */
  outboundBytes(): number {
    let bytes = this.budget.queuedBytes;
    for (const each of this.#connections.values()) bytes += each instanceof Connection ? 0 : each.outboundBytes;
    return bytes;
  }

  /** A new connection, once it says something, or one that is told why it cannot be. */
  admit(socket: ConnectionSocket, door: Door): void {
    const { remoteAddress } = socket;
    const reason = this.#admission.admit(remoteAddress);
    if (reason !== undefined) {
      this.stats.countRefused(reason);
      this.#events.refused({ remoteAddress, reason });
      return this.#refused.refuse(socket, door, reason);
    }
    const doorstep = new Doorstep(socket, door, this);
    socket.data = doorstep;
    this.#doorsteps.add(doorstep);
    this.stats.accepted++;
    doorstep.begin();
  }

  enter(socket: ConnectionSocket, spoken: Spoken): SocketEvents | undefined {
    const id = `${this.#idPrefix}${++this.#lastId}`;
    try {
      const connection = new Connection(id, socket, spoken, this);
      this.#connections.set(id, connection);
      return connection;
    } catch (error) {
      this.failed({ ...netPeer(spoken), id }, asError(error));
      return undefined;
    }
  }

  /** Of whom there is no socket of his own: a peer that sends datagrams, or one that the gateway has let in. */
  open<Opened extends OpenConnection>(remoteAddress: string, make: (id: string) => Opened): Opened | AdmissionRefusal {
    const reason = this.#admission.admit(remoteAddress);
    if (reason !== undefined) {
      this.stats.countRefused(reason);
      this.#events.refused({ remoteAddress, reason });
      return reason;
    }
    try {
      const connection = make(`${this.#idPrefix}${++this.#lastId}`);
      this.#connections.set(connection.id, connection);
      this.stats.accepted++;
      return connection;
    } catch (error) {
      this.#admission.release(remoteAddress);
      throw error;
    }
  }

  sendOff(socket: ConnectionSocket, message: Uint8Array | undefined): void {
    this.#refused.sendOff(socket, message);
  }

  /** Those who came through this door and have no session yet are cut off. */
  cutOffWaiting(door: Door, reason: string): void {
    for (const doorstep of this.#doorsteps) if (doorstep.door === door) doorstep.abort(reason);
  }

  leftDoorstep(doorstep: Doorstep, reason?: string): void {
    this.#doorsteps.delete(doorstep);
    if (reason !== undefined) this.#ended(doorstep, reason, doorstep.remoteAddress);
  }

  openSession(type: SessionMaker, connection: ConnectionPort): SessionPort {
    return this.#system.openSession(type, connection);
  }

  loopTurned(): void {
    this.#system.scheduler.loopTurned();
  }

  /** What waits for the end of a step leaves soon. */
  stepEndsSoon(): void {
    this.#system.scheduler.ensureStep();
  }

  /** Called after each step, when all connections that were touched in it have had their `stepEnded`. */
  onFlushed(hook: () => void): void {
    this.#system.scheduler.onStepEnd("flush", hook);
  }

  touched(connection: StepParticipant): void {
    this.#touched.push(connection);
    this.#system.scheduler.ensureStep();
  }

  failed(who: NetPeer, error: Error): void {
    this.#events.failed({ ...netPeer(who), error });
  }

  closed(connection: ConnectionPort, reason: string, admittedFrom = connection.remoteAddress): void {
    if (!this.#connections.delete(connection.id)) return;
    if (this.#drainingFirst?.delete(connection) === true) this.#drainLast();
    this.stats.bytesOutOfClosed += connection.bytesOut;
    this.#ended(connection, reason, admittedFrom);
  }

  #ended(who: NetPeer, reason: string, admittedFrom: string): void {
    this.#admission.release(admittedFrom);
    this.stats.countEnded(reason);
    this.#events.ended({ ...netPeer(who), reason });
    if (this.connectionCount() === 0) this.#empty?.resolve();
  }

  /** Nobody is admitted any more. */
  get draining(): boolean {
    return this.#admission.closed;
  }

  /** Admits nobody, reads nothing more, answers what was read; of the last, last. Resolves when all are closed. */
  drain(): Promise<void> {
    this.#admission.close();
    for (const doorstep of this.#doorsteps) doorstep.shutDown();
    const first = Array.from(this.#connections.values()).filter(({ drainsLast }) => drainsLast !== true);
    this.#drainingFirst = new Set(first);
    for (const connection of first) connection.shutDown();
    this.#drainLast();
    if (this.connectionCount() === 0) return Promise.resolve();
    this.#empty ??= Promise.withResolvers();
    return this.#empty.promise;
  }

  #drainLast(): void {
    if (this.#drainingFirst?.size !== 0) return;
    for (const connection of this.#connections.values()) connection.shutDown();
  }

  /** Closes what is still open, at once. Returns how many connections lost something by it. */
  abortAll(reason: string): number {
    for (const doorstep of this.#doorsteps) doorstep.abort(reason);
    const open = Array.from(this.#connections.values());
    return open.filter((connection) => connection.abort(reason)).length;
  }

  /** What is touched meanwhile comes with the next step; its bytes stay until then. A fault of one is its own end. */
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
