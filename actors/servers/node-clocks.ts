// The clocks of this process: logical, hybrid and virtual, over one hardware clock; every server has one set.
import { limits } from "#runtime/mod.ts";

import type { ClockCorrection } from "../clocks/clock-line.ts";
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
  #hasJoined = false;
  #requestCount = 0;

  /** `readHardwareMs`: Unix milliseconds as the hardware has them, with fractions; never going back. */
  constructor(readHardwareMs: () => number, lamport = new KeptLamportClock()) {
    this.lamport = lamport;
    const startedMs = readHardwareMs();
    const clock = new HybridClock();
    this.#readHardwareMs = readHardwareMs;
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

  get hardwareMs(): number {
    return this.#readHardwareMs();
  }

  /** Unix milliseconds, as the group has agreed on. */
  get timeMs(): number {
    return this.member.reading(this.hardwareMs).timeMs;
  }

  get timeS(): number {
    return this.timeMs / MS_PER_S;
  }

  get lamportNow(): number {
    return this.lamport.now;
  }

  /** By the coordinator. The first line is stepped to, for nobody has relied on this clock yet; others slewed to. */
  correct({ correction, differenceMs }: Corrected): string | undefined {
    const { hardwareMs, member } = this;
    if (correction === undefined) return member.slewBy(differenceMs ?? 0, hardwareMs);
    const problem = this.#hasJoined ? member.follow(correction, hardwareMs) : member.join(correction, hardwareMs);
    if (problem === undefined) this.#hasJoined = true;
    return problem;
  }

  /**
   * By an operator, or an existing program: slews to that time, which must be near. Nobody knows who says so, so it is
   * no further from the hardware clock either than one such instruction may go, however many there are.
   */
  setTo(timeS: number): string | undefined {
    const { hardwareMs, timeMs } = this;
    const toMs = timeS * MS_PER_S;
    const distanceMs = Math.max(Math.abs(toMs - timeMs), Math.abs(toMs - hardwareMs));
    if (distanceMs > limits.clockInstructionMsMax) return "too_far";
    return this.member.slewBy(toMs - timeMs, hardwareMs);
  }

  timeText(): string {
    return timeTextAt(this.timeMs);
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
