// The clocks of this process: logical, hybrid and virtual, over one hardware clock; every server has one set.
import { limits } from "#runtime/mod.ts";

import type { ClockCorrection } from "../clocks/clock-line.ts";
import { formatHybridTime, HybridClock, parseHybridTime } from "../clocks/hybrid-clock.ts";
import { LamportClock } from "../clocks/lamport.ts";
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
  readonly lamport: RequestClocks["lamport"];
  readonly member: MemberClock;
  readonly hybrid: RequestClocks["hybrid"];
  readonly #readHardwareMs: () => number;
  readonly #lamport = new LamportClock();
  #hasJoined = false;
  /** Messages received, by their logical clocks. */
  messageCount = 0;

  /** `readHardwareMs`: Unix milliseconds as the hardware has them, with fractions; never going back. */
  constructor(readHardwareMs: () => number) {
    const startedMs = readHardwareMs();
    const lamport = this.#lamport;
    const clock = new HybridClock();
    this.#readHardwareMs = readHardwareMs;
    this.member = new MemberClock(startedMs, startedMs);
    this.lamport = {
      receive: (received) => {
        this.messageCount++;
        return lamport.receive(received);
      },
      tick: () => lamport.tick(),
    };
    this.hybrid = {
      receive: (received) => receiveHybrid(clock, received, this.timeMs),
      tick: () => formatHybridTime(clock.tick(this.timeMs)),
    };
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
    return this.#lamport.now;
  }

  /** By the coordinator. The first line is stepped to, for nobody has relied on this clock yet; others slewed to. */
  correct({ correction, differenceMs }: Corrected): string | undefined {
    const { hardwareMs, member } = this;
    if (correction === undefined) return member.slewBy(differenceMs ?? 0, hardwareMs);
    const problem = this.#hasJoined ? member.follow(correction, hardwareMs) : member.join(correction, hardwareMs);
    if (problem === undefined) this.#hasJoined = true;
    return problem;
  }

  /** By an operator, or an existing program: slews to that time, which must not be far. */
  setTo(timeS: number): string | undefined {
    const differenceMs = timeS * MS_PER_S - this.timeMs;
    if (Math.abs(differenceMs) > limits.clockInstructionMsMax) return "too_far";
    return this.member.slewBy(differenceMs, this.hardwareMs);
  }

  timeText(): string {
    return new Date(this.timeMs + ZONE_MS).toISOString().slice("2026-01-01T".length, "2026-01-01T00:00:00".length);
  }
}

function receiveHybrid(clock: HybridClock, received: unknown, nowMs: number): ClockProblem | undefined {
  const time = typeof received === "string" ? parseHybridTime(received) : undefined;
  return time === undefined ? "bad_clock" : clock.receive(time, nowMs);
}
