// A simulated group of clocks on a simulated network: seeded, so that it does the same again, and without waiting.
import type { Oscillator } from "#runtime/testing/mod.ts";

import { berkeleyRound, type PolledClock } from "./berkeley.ts";
import type { ClockReading } from "./clock-line.ts";
import type { ClockSample } from "./clock-sample.ts";
import { GroupClock } from "./group-clock.ts";
import { MemberClock } from "./member-clock.ts";

export interface ClusterOptions {
  readonly oscillators: readonly Oscillator[];
  /** At least 0 and less than 1. */
  readonly chance: () => number;
  /** How long a message takes from one node to another; undefined: it is lost. */
  readonly delayMs: (from: number, to: number) => number | undefined;
  /** What a node tells of its clocks. */
  readonly told?: (node: number, reading: ClockReading) => ClockReading;
}

/** The clocks of all nodes at one true time; undefined for the dead. */
export interface Observation {
  readonly trueMs: number;
  readonly readings: readonly (ClockReading | undefined)[];
}

interface Event {
  readonly atMs: number;
  readonly run: () => void;
}

const OBSERVE_MS = 100;
const CORRECT_MS = 1_000;
/** A coordinator that does not know the time of the group yet listens for this time before it begins. */
const LISTEN_MS = 3_000;
const ROUND_MS = 10_000;
const ANSWER_MS = 1_000;
const BERKELEY_BOUNDS = { agreementMs: 2_000, roundTripMsMax: 500 };

/**
 * At least 0 and less than 1, the same for the same seed of 1 to 2³¹ - 2 (Park and Miller, "Random Number Generators:
 * Good Ones Are Hard to Find", 1988, with the multiplier that they recommended later).
 */
export function seededChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Nodes are counted from 0. Their virtual clocks begin with what their hardware shows. */
export class TestCluster {
  readonly observations: Observation[] = [];
  readonly #options: ClusterOptions;
  readonly #members: readonly MemberClock[];
  readonly #dead = new Set<number>();
  readonly #events: Event[] = [];
  #trueMs = 0;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.#members = options.oscillators.map((oscillator) => new MemberClock(oscillator.at(0), oscillator.at(0)));
    this.#repeat(
      () => this.#observe(),
      () => OBSERVE_MS,
    );
  }

  /** What is due by then. */
  run(untilMs: number): void {
    for (let event = this.#events[0]; event !== undefined && event.atMs <= untilMs; event = this.#events[0]) {
      this.#events.shift();
      this.#trueMs = event.atMs;
      event.run();
    }
  }

  at(trueMs: number, run: () => void): void {
    const index = this.#events.findIndex(({ atMs }) => atMs > trueMs);
    this.#events.splice(index === -1 ? this.#events.length : index, 0, { atMs: trueMs, run });
  }

  kill(node: number): void {
    this.#dead.add(node);
  }

  /**
   * From now on that node tracks all others and corrects them. It goes on with the time that it has been told. Without
   * `pollMs` it polls as its group clock wants it.
   */
  lead(node: number, pollMs?: number): void {
    const member = this.#members[node] as MemberClock;
    const group = new GroupClock(String(node));
    const succession = member.succession(this.#hardwareMs(node));
    const sinceMs = this.#trueMs;
    if (succession !== undefined) group.resume(succession, this.#hardwareMs(node));
    for (const peer of this.#others(node)) {
      const name = String(peer);
      this.#repeat(
        () => this.#poll(node, peer, (sample, reading) => group.observe(name, sample, reading)),
        () => pollMs ?? group.pollAfterMs(name, this.#hardwareMs(node)),
      );
    }
    this.#repeat(
      () => {
        if (this.#dead.has(node) || this.#trueMs < sinceMs + LISTEN_MS) return;
        const hardwareMs = this.#hardwareMs(node);
        if (group.line === undefined) group.begin(member.reading(hardwareMs));
        group.advance(hardwareMs);
        const own = group.ownCorrection(hardwareMs);
        if (own !== undefined) member.follow(own, hardwareMs);
        for (const peer of this.#others(node)) {
          const correction = group.correctionFor(String(peer), hardwareMs);
          if (correction === undefined) continue;
          this.#send(node, peer, () => this.#members[peer]?.follow(correction, this.#hardwareMs(peer)));
        }
      },
      () => CORRECT_MS,
    );
  }

  /** From now on that node asks all others once a round, as in Berkeley. */
  leadAsInBerkeley(node: number): void {
    this.#repeat(
      () => {
        const polled: PolledClock[] = [];
        for (const peer of this.#others(node)) {
          this.#poll(node, peer, ({ sentMs, receivedMs }, { timeMs }) => {
            const roundTripMs = receivedMs - sentMs;
            const ownMs = this.#reading(node).timeMs;
            polled.push({ name: String(peer), offsetMs: timeMs + roundTripMs / 2 - ownMs, roundTripMs });
          });
        }
        this.at(this.#trueMs + ANSWER_MS, () => {
          for (const [name, differenceMs] of berkeleyRound(String(node), polled, BERKELEY_BOUNDS).corrections) {
            const peer = Number(name);
            const slew = (): void => void this.#members[peer]?.slewBy(differenceMs, this.#hardwareMs(peer));
            if (peer === node) slew();
            else this.#send(node, peer, slew);
          }
        });
      },
      () => ROUND_MS,
    );
  }

  #poll(from: number, to: number, answered: (sample: ClockSample, reading: ClockReading) => void): void {
    const sentMs = this.#hardwareMs(from);
    this.#send(from, to, () => {
      const reading = this.#options.told?.(to, this.#reading(to)) ?? this.#reading(to);
      const peer = { peerReceivedMs: reading.hardwareMs, peerSentMs: reading.hardwareMs };
      this.#send(to, from, () => answered({ sentMs, ...peer, receivedMs: this.#hardwareMs(from) }, reading));
    });
  }

  #send(from: number, to: number, arrive: () => void): void {
    const delayMs = this.#options.delayMs(from, to);
    if (delayMs === undefined || this.#dead.has(from)) return;
    this.at(this.#trueMs + delayMs, () => {
      if (!this.#dead.has(to)) arrive();
    });
  }

  /** Not quite regularly, so that nothing depends on the moment. */
  #repeat(run: () => void, afterMs: () => number): void {
    this.at(this.#trueMs + afterMs() * (0.9 + 0.2 * this.#options.chance()), () => {
      run();
      this.#repeat(run, afterMs);
    });
  }

  #others(node: number): readonly number[] {
    return this.#members.map((_, index) => index).filter((index) => index !== node);
  }

  #observe(): void {
    const readings = this.#members.map((_, node) => (this.#dead.has(node) ? undefined : this.#reading(node)));
    this.observations.push({ trueMs: this.#trueMs, readings });
  }

  #reading(node: number): ClockReading {
    return (this.#members[node] as MemberClock).reading(this.#hardwareMs(node));
  }

  #hardwareMs(node: number): number {
    return (this.#options.oscillators[node] as Oscillator).at(this.#trueMs);
  }
}
