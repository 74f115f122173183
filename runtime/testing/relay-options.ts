// What every relay is told, and what every relay can do.
import type { Clock } from "../base/clock.ts";
import type { NetworkFaults } from "./relay-faults.ts";
import type { RelayFigures } from "./relay-figures.ts";
import type { Partitioned, PlannedPartition } from "./relay-partition.ts";

export interface RelayOptions {
  /** Where what comes in is passed on to. */
  readonly target: { readonly hostname?: string; readonly port: number };
  /** Where the relay listens: 127.0.0.1 and any free port unless given. */
  readonly hostname?: string;
  readonly port?: number;
  /** None unless given: the relay passes everything on. */
  readonly faults?: NetworkFaults;
  readonly planned?: readonly PlannedPartition[];
  /** 1 unless given. The same seed and the same packets come to the same end. */
  readonly seed?: number;
  /** The system's unless given; on a fake clock nothing that takes time arrives before the test lets it pass. */
  readonly clock?: Clock;
}

export interface Relay {
  readonly port: number;
  /** As they are now. */
  readonly figures: RelayFigures;
  /** Other faults, for what comes from now on. Throws a `TypeError`, and changes nothing, where one is wrong. */
  set(faults: NetworkFaults): void;
  /** Cuts the network one way or both, in addition to what is planned; `none` heals it. */
  partition(cut: Partitioned): void;
  /** Everything is closed, and what was on its way is lost. */
  stop(): void;
}

export const LOOPBACK = "127.0.0.1";
