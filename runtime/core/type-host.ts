// One actor type on this node: its resident actors, their crashes, and its figures.
import { type Linked, LinkedList } from "../base/linked-list.ts";
import { Timer, type TimerOwner } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import type { CellHost, NodeServices, ShutCell } from "./cell-host.ts";
import { Cell } from "./cell.ts";
import type { AnyActorType } from "./definition.ts";
import { RuntimeError } from "./errors.ts";
import type { MailboxBounds } from "./mailbox.ts";
import type { ConnectionPort } from "./ports.ts";
import { FailureRecord } from "./supervision.ts";
import { TurnStats } from "./turn-stats.ts";

export class TypeHost implements CellHost, TimerOwner {
  readonly type: AnyActorType;
  readonly index: number;
  readonly services: NodeServices;
  readonly stats = new TurnStats();
  readonly bounds: MailboxBounds;
  readonly idle = new LinkedList<Cell>();
  /** Idle actors leave memory some time: sessions only where their type says so. */
  readonly hibernates: boolean;
  usesAlarms = false;
  /** Inputs of calls count against the mailbox's bytes. */
  readonly weighs: boolean;
  readonly failures = new Map<string, FailureRecord>();
  /** Why a key is shut, by key. */
  readonly #quarantined = new Map<string, string>();
  /** Some key is shut. */
  anyQuarantined = false;
  readonly #cells = new Map<string, Cell>();
  readonly #hibernateAfterMs: number;
  readonly #timer = new Timer(this);

  constructor(type: AnyActorType, index: number, services: NodeServices) {
    const { mailbox = {}, hibernateAfterMs } = type.options;
    const { capacity = limits.mailboxMessagesMax, bytes = limits.mailboxBytesMax, keptForCalls = 0 } = mailbox;
    this.type = type;
    this.index = index;
    this.services = services;
    this.bounds = { capacity, bytesMax: bytes, keptForCalls };
    this.weighs = mailbox.bytes !== undefined && type.session === undefined;
    this.hibernates = type.session === undefined || hibernateAfterMs !== undefined;
    this.#hibernateAfterMs = hibernateAfterMs ?? limits.idleStopMs;
  }

  /** Resident actors by key, in the order they were started. */
  get cells(): ReadonlyMap<string, Cell> {
    return this.#cells;
  }

  start(key: string, connection?: ConnectionPort): Cell {
    const cell = new Cell(this, key, connection);
    this.#cells.set(key, cell);
    this.services.resident(1);
    if (this.hibernates) this.becameIdle(cell);
    return cell;
  }

  remove(cell: Cell): void {
    this.#cells.delete(cell.key);
    this.services.resident(-1);
    this.services.meter.recorder.forget(cell);
  }

  becameIdle(cell: Linked): void {
    this.idle.add(cell as Cell);
    if (!this.#timer.armed) this.services.wheel.arm(this.#timer, this.#hibernateAfterMs);
  }

  /** The actors that are idle longest leave memory when their time is over. */
  timerFired(): void {
    const nowMs = this.services.clock.monotonicMs();
    for (let cell = this.idle.first; cell !== undefined; cell = this.idle.first) {
      const leftMs = cell.idleSinceMs + this.#hibernateAfterMs - nowMs;
      if (leftMs > 0) return this.services.wheel.arm(this.#timer, leftMs);
      this.hibernateFirst();
    }
  }

  /** The one that is idle longest leaves memory. False when it cannot, for its timers: after their turns it is back. */
  hibernateFirst(): boolean {
    const cell = this.idle.first;
    if (cell === undefined) return false;
    if (cell.hibernate()) return true;
    this.idle.remove(cell);
    return false;
  }

  failureOf(key: string): FailureRecord {
    const record = this.failures.get(key) ?? new FailureRecord();
    this.failures.delete(key);
    this.failures.set(key, record);
    const [oldest] = this.failures.keys();
    if (this.failures.size > limits.failuresKept) this.failures.delete(oldest as string);
    return record;
  }

  /** Whoever watches the actor is told that it is gone for good. What is stored stays, and so does what it watches. */
  left({ key }: { readonly key: string }, reason: string): void {
    const { watches, topics } = this.services;
    const { name, options } = this.type;
    if (reason === "destroyed") this.failures.get(key)?.forgetMessages();
    if (options.durable !== true || reason === "destroyed") watches.leave({ type: name, key });
    watches.gone({ type: name, key, reason });
    topics.leave({ key, host: this, connection: undefined });
  }

  get quarantined(): ReadonlyMap<string, string> {
    return this.#quarantined;
  }

  /** As an earlier process left it. */
  shut(key: string, reason: string): void {
    this.#quarantined.set(key, reason);
    this.anyQuarantined = true;
  }

  quarantine(key: string, reason: string): boolean {
    const { services, type } = this;
    const wasShut = this.#quarantined.has(key);
    if (!wasShut && services.quarantinedKeys >= limits.quarantinedKeysMax) {
      this.stats.countRejected("actor.limit_reached");
      services.events.refused({ type: type.name, key, reason: "actor.limit_reached" });
      return false;
    }
    const why = reason.slice(0, limits.problemLengthMax);
    this.shut(key, why);
    services.quarantined(type.name, key, why);
    const cell = this.#cells.get(key);
    if (cell !== undefined) this.keepShut(cell);
    const isBusy = cell?.connection === undefined && cell?.quiet === false && !cell.gone;
    if (isBusy && !wasShut) cell.limitTurns();
    this.left({ key }, "quarantined");
    return true;
  }

  keepShut(cell: ShutCell): void {
    if (!this.#quarantined.has(cell.key)) return;
    if (cell.connection !== undefined) return cell.connection.end("quarantined");
    // Also what a turn that went on has begun since its key was shut.
    this.services.topics.leave({ key: cell.key, host: this, connection: undefined });
    if (this.type.options.durable !== true) this.services.watches.leave({ type: this.type.name, key: cell.key });
    cell.cancelTimers();
    cell.discardAll(this.quarantineError(cell.key));
    // Its timers kept it out of the list of those that leave memory.
    if (cell.quiet && this.hibernates) this.becameIdle(cell);
  }

  /** False when the key was not shut. Its crashes are forgotten. */
  release(key: string): boolean {
    this.failures.delete(key);
    const cell = this.#cells.get(key);
    if (cell !== undefined) cell.failure = undefined;
    const wasShut = this.#quarantined.delete(key);
    this.anyQuarantined = this.#quarantined.size > 0;
    return wasShut;
  }

  quarantineError(key: string): RuntimeError {
    const why = this.quarantined.get(key) ?? "";
    const state = `it is in quarantine until somebody releases it: ${why}`;
    const message = `Cannot deliver to "${this.type.name}/${key}": ${state}`;
    return new RuntimeError("actor.quarantined", message, { stood: "queued" });
  }
}
