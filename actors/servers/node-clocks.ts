// The clocks of this process: logical, hybrid and virtual, over one hardware clock; every server has one set.
import { limits } from "#runtime/mod.ts";

import { type ClockCorrection, type ClockReading, timeOn } from "../clocks/clock-line.ts";
import { formatHybridTime, HybridClock, parseHybridTime } from "../clocks/hybrid-clock.ts";
import { KeptLamportClock, type Received } from "../clocks/kept-lamport.ts";
import { MemberClock } from "../clocks/member-clock.ts";
import type { ClockProblem, RequestClocks } from "../messaging/desk.ts";

/** The servers give times as they are three hours behind UTC. */
const ZONE_MS = -3 * 3_600_000;
const MS_PER_S = 1_000;

/** One of the two. */
interface Corrected {
  readonly correction?: ClockCorrection;
  readonly differenceMs?: number;
}

export class NodeClocks implements RequestClocks {
  readonly lamport: KeptLamportClock;
  readonly member: MemberClock;
  readonly hybrid: RequestClocks["hybrid"];
  /** The same for requests of clients, which are counted by their logical times. */
  readonly ofRequests: RequestClocks;
  /** The same for messages of whoever may be a server. */
  readonly ofPeers: RequestClocks;
  readonly #readHardwareMs: () => number;
  readonly #readSleepCount: () => number;
  #sleepCount: number;
  #hasJoined = false;
  /** Somebody has set it by hand: until then the coordinator's lines are not followed. */
  #byHandUntilMs = -Infinity;
  #requestCount = 0;

  /**
   * `readHardwareMs`: Unix milliseconds as the hardware has them, with fractions; never going back, but forward each
   * time that `readSleepCount` is one more.
   */
  constructor(readHardwareMs: () => number, lamport = new KeptLamportClock(), readSleepCount: () => number = () => 0) {
    this.lamport = lamport;
    const startedMs = readHardwareMs();
    const clock = new HybridClock();
    this.#readHardwareMs = readHardwareMs;
    this.#readSleepCount = readSleepCount;
    this.#sleepCount = readSleepCount();
    this.member = new MemberClock(startedMs, startedMs);
    this.hybrid = {
      receive: (received) => receiveHybrid(clock, received, this.timeMs),
      tick: () => formatHybridTime(clock.tick(this.timeMs)),
    };
    this.ofRequests = this.#receivingBy((received) => this.#receiveRequest(received));
    this.ofPeers = this.#receivingBy((received) => lamport.receiveOfPeer(received));
  }

  /** Requests of clients that this process has served. */
  get requestCount(): number {
    return this.#requestCount;
  }

  /** After a sleep the server joins anew. */
  get hardwareMs(): number {
    const hardwareMs = this.#readHardwareMs();
    if (this.#readSleepCount() !== this.#sleepCount) {
      this.#sleepCount = this.#readSleepCount();
      this.#hasJoined = false;
      this.member.forget();
    }
    return hardwareMs;
  }

  /** Times that this machine has slept, as far as the hardware clock was read. */
  get sleepCount(): number {
    return this.#sleepCount;
  }

  /** Unix milliseconds, as the group has agreed on. */
  get timeMs(): number {
    return this.member.reading(this.hardwareMs).timeMs;
  }

  get timeS(): number {
    return this.timeMs / MS_PER_S;
  }

  /** Of the virtual clock, for the coordinator and whoever asks for the time. */
  readingAt(hardwareMs: number): ClockReading {
    return { ...this.member.reading(hardwareMs), hasJoined: this.#hasJoined };
  }

  get lamportNow(): number {
    return this.lamport.now;
  }

  /**
   * By the coordinator. The first time is stepped to, for nobody has relied on this clock yet; others are slewed to.
   * After a sleep it is stepped forward only.
   */
  correct({ correction, differenceMs = 0 }: Corrected): string | undefined {
    const { hardwareMs } = this;
    const problem =
      correction === undefined ? this.#change(differenceMs, hardwareMs) : this.#follow(correction, hardwareMs);
    if (problem === undefined) this.#hasJoined = true;
    return problem;
  }

  /**
   * By an operator, or an existing program: slews to that time, which must be near. Nobody knows who says so, so it is
   * no further from the hardware clock either than one such instruction may go, however many there are. For
   * `limits.clockByHandMs` the coordinator's lines are not followed: else the next would undo it before anybody saw it.
   */
  setTo(timeS: number): string | undefined {
    const { hardwareMs, timeMs } = this;
    const toMs = timeS * MS_PER_S;
    const distanceMs = Math.max(Math.abs(toMs - timeMs), Math.abs(toMs - hardwareMs));
    if (distanceMs > limits.clockInstructionMsMax) return "too_far";
    const problem = this.member.slewBy(toMs - timeMs, hardwareMs);
    if (problem === undefined) this.#byHandUntilMs = hardwareMs + limits.clockByHandMs;
    return problem;
  }

  timeText(): string {
    return timeTextAt(this.timeMs);
  }

  #follow(correction: ClockCorrection, hardwareMs: number): string | undefined {
    if (hardwareMs < this.#byHandUntilMs) return "set_by_hand";
    const aheadMs = timeOn(correction.line, hardwareMs) - this.member.reading(hardwareMs).timeMs;
    return this.#mayStep(aheadMs)
      ? this.member.join(correction, hardwareMs)
      : this.member.follow(correction, hardwareMs);
  }

  #change(differenceMs: number, hardwareMs: number): string | undefined {
    return this.#mayStep(differenceMs)
      ? this.member.joinBy(differenceMs, hardwareMs)
      : this.member.slewBy(differenceMs, hardwareMs);
  }

  #mayStep(differenceMs: number): boolean {
    return !this.#hasJoined && (this.#sleepCount === 0 || differenceMs > 0);
  }

  #receivingBy(receive: (received: unknown) => Received): RequestClocks {
    const lamport = { receive, tick: () => this.lamport.tick() };
    return { lamport, hybrid: this.hybrid, timeText: () => this.timeText() };
  }

  #receiveRequest(received: unknown): Received {
    this.#requestCount++;
    return this.lamport.receiveOfClient(received);
  }
}

/** `HH:MM:SS`, as servers and whoever asks them write times. */
export function timeTextAt(unixMs: number): string {
  return new Date(unixMs + ZONE_MS).toISOString().slice("2026-01-01T".length, "2026-01-01T00:00:00".length);
}

function receiveHybrid(clock: HybridClock, received: unknown, nowMs: number): ClockProblem | undefined {
  const time = typeof received === "string" ? parseHybridTime(received) : undefined;
  return time === undefined ? "bad_clock" : clock.receive(time, nowMs);
}
