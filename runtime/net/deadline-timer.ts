// One timer for all deadlines of a connection, and the times they count from: moved only when a nearer one comes.
import type { Clock } from "../base/clock.ts";
import { Timer, type TimerOwner, type TimerWheel } from "../base/timer-wheel.ts";
import type { SessionPort } from "../core/ports.ts";
import {
  type ConnectionTimes,
  type DeadlineSettings,
  judgeDeadlines,
  type TimeoutReason,
} from "./connection-deadlines.ts";
import type { ConnectionReader } from "./connection-reader.ts";
import { Heartbeat } from "./heartbeat.ts";

interface TimerHost {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly deadlines: DeadlineSettings;
}

export class DeadlineTimer {
  readonly #timer: Timer;
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  readonly #reader: ConnectionReader;
  readonly #heartbeat: Heartbeat | undefined;
  /** The host's, as they are now. */
  readonly #deadlines: DeadlineSettings;
  /** In place of the host's. */
  #idleMs: number | undefined;
  #dueMs = 0;
  #blockedSinceMs: number | undefined;
  #drainedMs = 0;
  #inputEndedMs: number | undefined;

  /** Of a connection that opens now. `idleMs` stands in place of the host's; infinite where it is never idle. */
  constructor(owner: TimerOwner, { clock, wheel, deadlines }: TimerHost, reader: ConnectionReader, idleMs?: number) {
    this.#timer = new Timer(owner);
    this.#clock = clock;
    this.#wheel = wheel;
    this.#reader = reader;
    this.#heartbeat = reader.pinger && new Heartbeat(reader.pinger, reader);
    this.#deadlines = deadlines;
    this.#idleMs = idleMs;
    this.watch(idleMs ?? deadlines.idleMs);
  }

  /** Bytes wait for the peer: its time to take some of them runs from now on, unless it does already. */
  blocked(): void {
    if (this.#blockedSinceMs !== undefined) return;
    this.#blockedSinceMs = this.#clock.monotonicMs();
    this.watch(this.#deadlines.writeStallMs);
  }

  /** The peer has taken some: its time for those that still wait runs anew. */
  drained(stillBlocked: boolean): void {
    this.#drainedMs = this.#clock.monotonicMs();
    this.#blockedSinceMs = stillBlocked ? this.#drainedMs : undefined;
  }

  /** Nothing more is read: what was is to be answered, one turn after the other, and none of them for ever. */
  inputEnded(): void {
    if (this.#inputEndedMs !== undefined) return;
    this.#inputEndedMs = this.#clock.monotonicMs();
    this.watch(this.#deadlines.answerMs);
  }

  /** A message is not whole. */
  partial(): void {
    this.watch(Math.min(this.#deadlines.messageMs, this.#reader.quietMs));
  }

  /** Whether a message that only silence ends has become whole by it; when it may later, the timer fires then. */
  quietIsOver(session: SessionPort): boolean {
    const leftMs = this.#reader.awaitQuiet(session, this.#clock.monotonicMs());
    if (leftMs !== undefined && leftMs > 0) this.watch(leftMs);
    return leftMs === 0;
  }

  /** The peer has said something: that it wants to be given up after less silence, perhaps. */
  heard(): void {
    const idleMs = this.#heartbeat?.silenceMaxMs ?? Number.POSITIVE_INFINITY;
    if (idleMs >= (this.#idleMs ?? this.#deadlines.idleMs)) return;
    this.#idleMs = idleMs;
    this.watch(idleMs);
  }

  /** Fires no later than `delayMs` from now; never for what never comes. */
  watch(delayMs: number): void {
    if (delayMs === Number.POSITIVE_INFINITY) return;
    const dueMs = this.#clock.monotonicMs() + delayMs;
    if (this.#timer.armed && this.#dueMs <= dueMs) return;
    this.#dueMs = dueMs;
    this.#wheel.arm(this.#timer, delayMs);
  }

  /** Fires `delayMs` from now and not before. */
  set(delayMs: number): void {
    this.disarm();
    this.watch(delayMs);
  }

  disarm(): void {
    this.#wheel.disarm(this.#timer);
  }

  /** What is late; undefined when nothing is: then it fires again when something may be. */
  late(session: SessionPort, open: boolean): TimeoutReason | "heartbeat_missed" | undefined {
    const nowMs = this.#clock.monotonicMs();
    const times = this.#times(session, open);
    const idleMs = this.#idleMs;
    const settings = idleMs === undefined ? this.#deadlines : { ...this.#deadlines, idleMs };
    const verdict = judgeDeadlines(times, settings, nowMs);
    if ("lookAgainMs" in verdict) return this.watch(verdict.lookAgainMs) as undefined;
    if (verdict.reason !== "idle_timeout" || this.#heartbeat === undefined) return verdict.reason;
    const beatAgainMs = this.#heartbeat.beat(nowMs);
    if (beatAgainMs === undefined) return "heartbeat_missed";
    const others = judgeDeadlines({ ...times, quietSinceMs: undefined }, settings, nowMs);
    this.watch("lookAgainMs" in others ? Math.min(beatAgainMs, others.lookAgainMs) : beatAgainMs);
    return undefined;
  }

  /** Of a connection that is ending only the flush is watched. */
  #times(session: SessionPort, open: boolean): ConnectionTimes {
    const reader = this.#reader;
    const { idleSinceMs, quiet } = session;
    // While the peer takes nothing no turn begins: its own time is watched then.
    const endedMs = open && !quiet && this.#blockedSinceMs === undefined ? this.#inputEndedMs : undefined;
    return {
      partialSinceMs: open ? reader.partialSinceMs : undefined,
      blockedSinceMs: this.#blockedSinceMs,
      quietSinceMs: open && quiet ? Math.max(reader.lastByteMs, idleSinceMs) : undefined,
      unansweredSinceMs: endedMs === undefined ? undefined : Math.max(endedMs, idleSinceMs, this.#drainedMs),
    };
  }
}
