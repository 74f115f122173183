// What a relay counts, each way and in all.
import type { Way } from "./relay-faults.ts";

/** Packets are datagrams, or segments of a stream: pieces of at most 1 448 bytes, as the relay cut them. */
export interface WayFigures {
  readonly packetsIn: number;
  readonly bytesIn: number;
  readonly packetsOut: number;
  readonly bytesOut: number;
  /** Lost by chance, and in bursts. A segment is sent again until it comes through, and counts each time. */
  readonly lost: number;
  readonly lostInBursts: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly corrupted: number;
  /** Datagrams that found no room: behind the limited rate, among those on the way, or because the kernel had none. */
  readonly overflowed: number;
  /** Datagrams that came while the network was parted. */
  readonly cutOff: number;
  /** On their way now. */
  readonly packetsWaiting: number;
  readonly bytesWaiting: number;
}

export interface RelayFigures {
  readonly up: WayFigures;
  readonly down: WayFigures;
  /** Senders of datagrams, or connections: now, in all, and those that were too many. */
  readonly open: number;
  readonly opened: number;
  readonly refused: number;
  /** Connections that the relay has reset. */
  readonly resets: number;
}

/** The figures of one way, to be counted up. */
export type WayCounts = { -readonly [Name in keyof WayFigures]: WayFigures[Name] };

export class RelayCounts {
  readonly up = createWayCounts();
  readonly down = createWayCounts();
  open = 0;
  opened = 0;
  refused = 0;
  resets = 0;

  of(way: Way): WayCounts {
    return way === "up" ? this.up : this.down;
  }

  /** As they are now: later changes do not show. */
  snapshot(): RelayFigures {
    const { open, opened, refused, resets } = this;
    return { up: { ...this.up }, down: { ...this.down }, open, opened, refused, resets };
  }
}

export function createWayCounts(): WayCounts {
  return {
    packetsIn: 0,
    bytesIn: 0,
    packetsOut: 0,
    bytesOut: 0,
    lost: 0,
    lostInBursts: 0,
    duplicated: 0,
    reordered: 0,
    corrupted: 0,
    overflowed: 0,
    cutOff: 0,
    packetsWaiting: 0,
    bytesWaiting: 0,
  };
}
