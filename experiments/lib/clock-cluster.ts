// Five servers that synchronise their clocks in one of the two ways, on a network that misbehaves as a scenario asks.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createRandom } from "#runtime/base/random.ts";
import type { RelayFigures } from "#runtime/testing/mod.ts";

import type { ClockSample, ShownClock } from "./clock-figures.ts";
import {
  clockErrorsOf,
  type ClockScenario,
  type ClockSuccession,
  type ClockWay,
  type ClockWork,
  LIAR_INDEX,
} from "./clock-plan.ts";
import { ClockServer } from "./clock-server.ts";

export interface ClockClusterOptions {
  readonly way: ClockWay;
  readonly scenario: ClockScenario;
  readonly seed: number;
  readonly heartbeatMs: number;
}

export class ClockCluster {
  readonly samples: ClockSample[] = [];
  readonly #options: ClockClusterOptions;
  readonly #servers: readonly ClockServer[];

  private constructor(options: ClockClusterOptions, servers: readonly ClockServer[]) {
    this.#options = options;
    this.#servers = servers;
  }

  /** One after the other: so each has the rank of its place, and the last one the highest. */
  static async start(options: ClockClusterOptions, stack: AsyncDisposableStack): Promise<ClockCluster> {
    const { way, scenario, seed, heartbeatMs } = options;
    const { faults, lieMs } = scenario;
    const folder = mkdtempSync(join(tmpdir(), "correio-clocks-"));
    stack.defer(() => rmSync(folder, { recursive: true, force: true }));
    const servers: ClockServer[] = [];
    stack.defer(async () => void (await Promise.all(servers.map((server) => server.end()))));
    for (const [index, error] of clockErrorsOf(scenario, seed).entries()) {
      const [name, home] = [`server ${index + 1}`, servers[0]];
      const own = { name, error, seed: seed * 100 + index, dataFolder: join(folder, String(index)) };
      servers.push(await ClockServer.start({ ...own, way, faults, heartbeatMs, home }));
    }
    const random = createRandom(seed);
    if (lieMs !== undefined) servers[LIAR_INDEX]?.lie(() => lieMs(random.next()));
    return new ClockCluster(options, servers);
  }

  /** In the order of their ranks. Of liars it is not known what time they have, nor does it matter. */
  get honestNames(): readonly string[] {
    return this.#honest.map(({ name }) => name);
  }

  /** The last to come, whose rank is the highest, coordinates. */
  get isInOrder(): boolean {
    return this.#servers.at(-1)?.coordinates === true;
  }

  sample(nowMs: number): void {
    this.samples.push({
      atMs: nowMs,
      shown: this.#honest.map((server): ShownClock | undefined => server.shownAt(nowMs)),
    });
  }

  turnRound(): void {
    const { scenario, seed } = this.#options;
    clockErrorsOf(scenario, seed).forEach(({ driftPpm }, index) => this.#servers[index]?.setDrift(-driftPpm));
  }

  killCoordinator(): void {
    void this.#servers.find(({ coordinates }) => coordinates)?.end();
  }

  work(): ClockWork {
    const relayed = this.#servers.map((server) => server.relayed);
    const sum = (of: (figures: RelayFigures) => number): number =>
      relayed.reduce((all, figures) => all + of(figures), 0);
    const corrections = this.#servers.flatMap((server) => server.corrections);
    const refused = corrections.filter(({ isRefused }) => isRefused).length;
    return {
      requests: sum(({ up }) => up.packetsOut),
      replies: sum(({ down }) => down.packetsOut),
      lostSegments: sum(({ up, down }) => up.lost + down.lost),
      corrections: corrections.length - refused,
      correctionsRefused: refused,
      rounds: corrections.filter(({ isOwn }) => isOwn).length,
    };
  }

  succession(killedMs: number): ClockSuccession {
    const living = this.#servers.filter(({ isDead }) => !isDead);
    const elected = living
      .flatMap(({ log }) => log.roles)
      .filter(({ atMs, isCoordinator }) => isCoordinator && atMs > killedMs);
    const electedMs = Math.min(...elected.map(({ atMs }) => atMs));
    const corrected = living.map(
      ({ corrections }) => corrections.find(({ atMs }) => atMs > electedMs)?.atMs ?? Infinity,
    );
    return {
      electedAfterMs: finite(electedMs - killedMs),
      correctedAfterMs: finite(Math.max(...corrected) - killedMs),
    };
  }

  get errors(): readonly string[] {
    return this.#servers.flatMap(({ name, log }) => log.errors.map((error) => `${name} logged ${error}`));
  }

  get #honest(): readonly ClockServer[] {
    const hasLiar = this.#options.scenario.lieMs !== undefined;
    return this.#servers.filter((_, index) => !(hasLiar && index === LIAR_INDEX));
  }
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
