// Records processes and their network over time, in phases that have names, beside what the recording itself costs.

import { RecordedCounts, type RecordedRate } from "./recorder-counts.ts";
import { type NetworkCount, type NetworkCounter, networkOctets, startNetworkCounter } from "./recorder-network.ts";
import { type ProcessReading, RecordedProcess } from "./recorder-process.ts";

export const MEGABYTE = 1e6;

/** Packets are counted one by one, which costs; octets are what the kernel has counted anyway. */
export type RecordedNetwork = "packets" | "octets" | "none";

export interface RecordedPhase {
  readonly name: string;
  /** From the beginning of the recording. */
  readonly fromSeconds: number;
}

/** One figure for each sample; null before the process was there and after it was gone. */
export interface RecordedCurves {
  readonly name: string;
  /** Of one core, in percent, since the sample before. */
  readonly cpuPercent: readonly (number | null)[];
  readonly residentMegabytes: readonly (number | null)[];
  /** In all, since it was watched. */
  readonly cpuSeconds: number;
}

export interface RecordedSeries extends RecordedCurves {
  /** When it was last asked for, at the end of a phase. */
  readonly proportionalMegabytes: number | null;
}

/** What can be read of a process, or of several as one. */
interface Readable {
  /** Undefined once it is gone. */
  read(): Pick<ProcessReading, "cpuSeconds" | "residentBytes"> | undefined;
  /** Asked for at the end of each phase. */
  proportionalBytes?(): number | undefined;
}

export interface RecordingCost {
  readonly samples: number;
  /** Of one core, in percent, over the recording: this process while it read, and the packet counter. */
  readonly samplerPercent: number;
  readonly counterPercent: number;
  /** How much later than it was due a sample was taken, at most. */
  readonly lateMaxMs: number;
}

export interface Recording {
  readonly everyMs: number;
  readonly atSeconds: readonly number[];
  readonly phases: readonly RecordedPhase[];
  readonly series: readonly RecordedSeries[];
  readonly cost: RecordingCost;
  /** Of IP, all headers included, since the sample before; null where the network is not this program's own. */
  readonly octetsPerSecond: readonly (number | null)[];
  /** Of the counts that were watched. */
  readonly rates: readonly RecordedRate[];
  /** Absent where packets are not counted. The first step begins with the recording. */
  readonly network?: NetworkCount;
  /** Octets of IP that the packet counter saw, for each that the kernel counted meanwhile. */
  readonly seenShare?: number;
}

interface Watched {
  readonly name: string;
  readonly process: Readable;
  readonly cpuPercent: (number | null)[];
  readonly residentMegabytes: (number | null)[];
  proportionalMegabytes: number | null;
  /** Of the sample before. */
  seenAtMs: number;
  cpuSeconds: number;
  /** When it began to be watched. */
  readonly cpuSecondsBefore: number;
}

export class Recorder {
  readonly #everyMs: number;
  readonly #ownsNetwork: boolean;
  readonly #counter: NetworkCounter | undefined;
  readonly #octetsPerSecond: (number | null)[] = [];
  readonly #octetsAtStart = networkOctets();
  #octets = this.#octetsAtStart;
  readonly #startedMs = performance.now();
  readonly #atSeconds: number[] = [];
  readonly #phases: RecordedPhase[] = [];
  readonly #watched: Watched[] = [];
  readonly #counts: RecordedCounts[] = [];
  readonly #timer: Timer;
  #busyUs = 0;
  #lateMaxMs = 0;
  /** When the sample before was complete. */
  #completeMs = performance.now();

  private constructor(everyMs: number, network: RecordedNetwork, counter: NetworkCounter | undefined) {
    this.#everyMs = everyMs;
    this.#ownsNetwork = network !== "none";
    this.#counter = counter;
    this.#timer = setInterval(() => this.#sample(), everyMs);
  }

  /** A network other than "none" must be this process's own (`inOwnNetwork`). */
  static async start(everyMs: number, network: RecordedNetwork): Promise<Recorder> {
    return new Recorder(everyMs, network, network === "packets" ? await startNetworkCounter(everyMs) : undefined);
  }

  /** From now on, also before it is ready: what starting costs belongs to it. A process is named by its id. */
  watch(name: string, watched: number | Readable): void {
    const missed = this.#atSeconds.map(() => null);
    const process = typeof watched === "number" ? new RecordedProcess(watched) : watched;
    const cpuSeconds = process.read()?.cpuSeconds ?? 0;
    this.#watched.push({
      name,
      process,
      cpuPercent: [...missed],
      residentMegabytes: [...missed],
      proportionalMegabytes: null,
      seenAtMs: performance.now(),
      cpuSeconds,
      cpuSecondsBefore: cpuSeconds,
    });
  }

  /** From now on; `read` gives a count for each name, or none at all. */
  watchCounts(names: readonly string[], read: () => readonly number[] | undefined): void {
    this.#counts.push(new RecordedCounts(names, read, this.#atSeconds.length));
  }

  /** Begins a phase, which lasts until the next. */
  phase(name: string): void {
    this.#weigh();
    this.#phases.push({ name, fromSeconds: (performance.now() - this.#startedMs) / 1_000 });
  }

  /** What has passed so far; undefined where nothing is counted. */
  async count(): Promise<NetworkCount | undefined> {
    return await this.#counter?.count();
  }

  async stop(): Promise<Recording> {
    clearInterval(this.#timer);
    const network = await this.#counter?.count();
    this.#sample();
    const seconds = (performance.now() - this.#startedMs) / 1_000;
    await this.#counter?.stop();
    return {
      everyMs: this.#everyMs,
      atSeconds: this.#atSeconds,
      phases: this.#phases,
      series: this.#watched.map(seriesOf),
      cost: {
        samples: this.#atSeconds.length,
        samplerPercent: (this.#busyUs / 1e6 / seconds) * 100,
        counterPercent: ((network?.cpuSeconds ?? 0) / seconds) * 100,
        lateMaxMs: this.#lateMaxMs,
      },
      octetsPerSecond: this.#octetsPerSecond,
      rates: this.#counts.flatMap((each) => each.rates()),
      ...(network && { network, seenShare: network.octets / (this.#octets - this.#octetsAtStart) }),
    };
  }

  /** For those that did not come to `stop`. */
  async abandon(): Promise<void> {
    clearInterval(this.#timer);
    await this.#counter?.stop();
  }

  #sample(): void {
    const before = process.cpuUsage();
    const sinceMs = performance.now() - this.#startedMs;
    const lastMs = (this.#atSeconds.at(-1) ?? 0) * 1_000;
    // Right behind one that was late: the kernel books time in ticks, and would seem to give more than there is.
    if (sinceMs + this.#startedMs - this.#completeMs < this.#everyMs / 2) return;
    this.#lateMaxMs = Math.max(this.#lateMaxMs, sinceMs - lastMs - this.#everyMs);
    this.#atSeconds.push(sinceMs / 1_000);
    const octets = networkOctets();
    this.#octetsPerSecond.push(this.#ownsNetwork ? ((octets - this.#octets) / (sinceMs - lastMs)) * 1_000 : null);
    this.#octets = octets;
    for (const each of this.#watched) sampleProcess(each);
    for (const each of this.#counts) each.sample();
    this.#completeMs = performance.now();
    const { user, system } = process.cpuUsage(before);
    this.#busyUs += user + system;
  }

  #weigh(): void {
    for (const each of this.#watched) {
      const bytes = each.process.proportionalBytes?.();
      if (bytes !== undefined) each.proportionalMegabytes = bytes / MEGABYTE;
    }
  }
}

function seriesOf({ name, cpuPercent, residentMegabytes, proportionalMegabytes, ...own }: Watched): RecordedSeries {
  const cpuSeconds = own.cpuSeconds - own.cpuSecondsBefore;
  return { name, cpuPercent, residentMegabytes, proportionalMegabytes, cpuSeconds };
}

function sampleProcess(each: Watched): void {
  const reading = each.process.read();
  const nowMs = performance.now();
  if (reading === undefined) {
    each.cpuPercent.push(null);
    each.residentMegabytes.push(null);
    return;
  }
  const seconds = (nowMs - each.seenAtMs) / 1_000;
  each.cpuPercent.push(((reading.cpuSeconds - each.cpuSeconds) / seconds) * 100);
  each.residentMegabytes.push(reading.residentBytes / MEGABYTE);
  each.seenAtMs = nowMs;
  each.cpuSeconds = reading.cpuSeconds;
}
