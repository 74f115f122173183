// Snapshots of what the node does, from plain counters: one a second while somebody watches the live page, else fewer.
import type { Clock } from "../base/clock.ts";
import type { ActorSystem } from "../core/system.ts";
import type { TypeHost } from "../core/type-host.ts";
import { limits } from "../limits.ts";
import { BucketDifference } from "./bucket-difference.ts";
import { CellLook } from "./cell-look.ts";
import type { NetFigures } from "./figures.ts";
import type { LiveProtocol, LiveSnapshot, LiveType, LiveView, LiveWatcher } from "./live-view.ts";
import type { NotReady } from "./view.ts";

const SAMPLE_MS = 1_000;
/** While nobody watches, a page that is opened later has its past from one in so many seconds. */
const UNWATCHED_EVERY = 5;

export interface LiveSources {
  readonly system: Pick<ActorSystem, "clock" | "hosts" | "commits" | "letters">;
  readonly net: Pick<NetFigures, "stats" | "connections" | "bytesOut">;
  readonly notReady: () => NotReady | undefined;
}

interface TypeSamples {
  readonly host: TypeHost;
  readonly durations: BucketDifference;
  readonly latencies: BucketDifference;
}

export class LiveSampler implements LiveView {
  readonly #sources: LiveSources;
  readonly #clock: Clock;
  readonly #types: readonly TypeSamples[];
  readonly #look: CellLook;
  readonly #startedMs: number;
  readonly #history: LiveSnapshot[] = [];
  /** What each counter was at the last sample. */
  readonly #before = new Map<string, number>();
  #latest: LiveSnapshot | undefined;
  #seconds = 0;
  #sampledMs: number;

  constructor(sources: LiveSources) {
    const { clock, hosts } = sources.system;
    const nowMs = clock.monotonicMs();
    this.#sources = sources;
    this.#clock = clock;
    this.#startedMs = this.#sampledMs = nowMs;
    this.#types = hosts.map((host) => {
      const { durations, latencies } = host.stats;
      return { host, durations: new BucketDifference(durations), latencies: new BucketDifference(latencies) };
    });
    this.#look = new CellLook(hosts, nowMs);
    // From here on is counted.
    this.#read(nowMs);
  }

  start(watcher: LiveWatcher): () => void {
    let dueMs = this.#clock.monotonicMs() + SAMPLE_MS;
    let secondsLeft = UNWATCHED_EVERY;
    const sample = (): void => {
      const isWatched = watcher.isWatched();
      const nowMs = this.#clock.monotonicMs();
      // A second that was missed is not made up for.
      dueMs = Math.max(dueMs, nowMs - SAMPLE_MS) + SAMPLE_MS;
      cancel = this.#clock.after(dueMs - nowMs, sample);
      if (!isWatched && --secondsLeft > 0) return;
      secondsLeft = UNWATCHED_EVERY;
      watcher.sampled(this.#sample(isWatched));
    };
    let cancel = this.#clock.after(SAMPLE_MS, sample);
    return () => cancel();
  }

  latest(): LiveSnapshot {
    return this.#latest ?? this.#sample(false);
  }

  history(): readonly LiveSnapshot[] {
    return this.#history;
  }

  #sample(isWatched: boolean): LiveSnapshot {
    const nowMs = this.#clock.monotonicMs();
    this.#seconds = (nowMs - this.#sampledMs) / 1_000;
    this.#sampledMs = nowMs;
    this.#look.look(nowMs, isWatched ? limits.liveActorsLookedAtMax : limits.liveActorsLookedAtUnwatchedMax);
    for (const { durations, latencies } of this.#types) {
      durations.look();
      latencies.look();
    }
    const snapshot = this.#read(nowMs);
    this.#latest = snapshot;
    this.#history.push({ ...snapshot, busiest: [], deepest: [] });
    const sinceMs = snapshot.uptimeMs - limits.liveHistoryMax * SAMPLE_MS;
    while ((this.#history[0] as LiveSnapshot).uptimeMs <= sinceMs) this.#history.shift();
    return snapshot;
  }

  #read(nowMs: number): LiveSnapshot {
    const { system, net, notReady } = this.#sources;
    const { user, system: inKernel } = process.cpuUsage();
    const { rss: rssBytes, heapUsed: heapBytes } = process.memoryUsage();
    const not = notReady();
    return {
      at: this.#clock.unixMs(),
      ready: not === undefined,
      ...(not === undefined ? {} : { why: not.why }),
      uptimeMs: Math.round(nowMs - this.#startedMs),
      cpuShare: rounded(this.#perSecond("cpu", (user + inKernel) / 1e6), 1_000),
      rssBytes,
      heapBytes,
      connections: connectionsOf(net),
      bytesInPerSecond: Math.round(this.#perSecond("bytes in", net.stats.bytesIn)),
      bytesOutPerSecond: Math.round(this.#perSecond("bytes out", net.bytesOut())),
      protocols: this.#types.flatMap((type) => this.#protocol(type) ?? []),
      types: this.#types.map((type) => this.#type(type)).filter(({ live }) => live > 0),
      busiest: this.#look.busiest,
      deepest: this.#look.deepest,
      lookSeconds: this.#look.looks,
      deadLetters: system.letters.total,
      commitsPerSecond: rounded(this.#perSecond("commits", system.commits.batches), 10),
    };
  }

  /** Since the last reading; 0 at the first. */
  #perSecond(name: string, value: number): number {
    const before = this.#before.get(name) ?? value;
    this.#before.set(name, value);
    return this.#seconds > 0 ? Math.max(0, value - before) / this.#seconds : 0;
  }

  #protocol({ host, latencies }: TypeSamples): LiveProtocol | undefined {
    const { type, cells } = host;
    if (type.session === undefined || (cells.size === 0 && latencies.count === 0)) return undefined;
    return {
      type: type.name,
      connections: cells.size,
      messagesPerSecond: this.#seconds > 0 ? rounded(latencies.count / this.#seconds, 10) : 0,
      ...percentile("p50Ms", latencies, 0.5),
      ...percentile("p90Ms", latencies, 0.9),
      ...percentile("p99Ms", latencies, 0.99),
    };
  }

  #type({ host, durations }: TypeSamples): LiveType {
    const { name } = host.type;
    return {
      type: name,
      live: host.cells.size,
      turnsPerSecond: rounded(this.#perSecond(`turns of ${name}`, host.stats.turns), 10),
      mailbox: this.#look.mailbox(name),
      ...percentile("p99Ms", durations, 0.99),
    };
  }
}

function percentile<Name extends string>(
  name: Name,
  durations: BucketDifference,
  share: number,
): { readonly [Each in Name]?: number } {
  const milliseconds = durations.percentileMs(share);
  return (milliseconds === undefined ? {} : { [name]: Number(milliseconds.toPrecision(3)) }) as {
    [Each in Name]?: number;
  };
}

function connectionsOf({ connections }: LiveSources["net"]): LiveSnapshot["connections"] {
  const counts = { tcp: 0, tls: 0, udp: 0, datagram: 0, web: 0 };
  for (const { transport } of connections.values()) counts[transport]++;
  return counts;
}

function rounded(value: number, partsOfOne: number): number {
  return Math.round(value * partsOfOne) / partsOfOne;
}
