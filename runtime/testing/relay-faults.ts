// What a network does to what passes through it, as a test asks for it: each fault, its default and its range.
import { relayLimits } from "./relay-limits.ts";

/** From the client to the server, or back. */
export type Way = "up" | "down";

/**
 * Losses that come in bursts: the model of Gilbert (Capacity of a burst-noise channel, 1960) and Elliott (Estimates of
 * error rates for codes on burst-noise channels, 1963). Before each packet the link may enter or leave its bad state.
 * It is bad for `enter / (enter + leave)` of all packets, and for `1 / leave` packets in a row on average.
 */
export interface Burst {
  readonly enter: number;
  readonly leave: number;
  /** How likely a packet is lost in the bad state; 1 unless given. */
  readonly lossInside?: number;
  /** And in the good one; 0 unless given. */
  readonly lossOutside?: number;
}

/** Faults of one way. Probabilities are from 0 to 1 and for each packet; what is not given does not happen. */
export interface LinkFaults {
  readonly loss?: number;
  readonly burst?: Burst;
  /** Every packet takes this long, */
  readonly delayMs?: number;
  /** and up to this much more or less, all equally likely, but never less than nothing. */
  readonly jitterMs?: number;
  /** Unless false, jitter lets no packet of a flow pass another. Bytes of TCP always keep their order. */
  readonly keepOrder?: boolean;
  /** Datagrams that come `reorderByMs` (10 unless given) later than they would, and hold nobody behind them up. */
  readonly reorder?: number;
  readonly reorderByMs?: number;
  /** Datagrams that come twice. */
  readonly duplicate?: number;
  /** Packets in which one bit is not what was sent. */
  readonly corrupt?: number;
  /**
   * A token bucket: so many bits a second for all flows together, up to `rateBurstBytes` (3 000) at once. Up to
   * `rateQueueBytes` (65 536) wait; a datagram that finds no room is dropped, a sender of TCP is not read meanwhile.
   */
  readonly rateBitsPerSecond?: number;
  readonly rateBurstBytes?: number;
  readonly rateQueueBytes?: number;
  /** TCP: when so many bytes of a connection have passed this way, both its ends are reset. */
  readonly resetAfterBytes?: number;
}

/** Faults of both ways; what `up` or `down` say of their way wins. */
export interface NetworkFaults extends LinkFaults {
  readonly up?: LinkFaults;
  readonly down?: LinkFaults;
}

/** The faults of one way, complete. */
export interface Link {
  readonly loss: number;
  readonly burst: Required<Burst> | undefined;
  readonly delayMs: number;
  readonly jitterMs: number;
  readonly keepOrder: boolean;
  readonly reorder: number;
  readonly reorderByMs: number;
  readonly duplicate: number;
  readonly corrupt: number;
  /** 0 = as fast as it comes. */
  readonly rateBitsPerSecond: number;
  readonly rateBurstBytes: number;
  readonly rateQueueBytes: number;
  /** 0 = never. */
  readonly resetAfterBytes: number;
}

type LinkNumber = Exclude<keyof LinkFaults, "burst" | "keepOrder">;
type NumberKind = "probability" | "milliseconds" | "count";

/** Every fault that is one number. */
const LINK_NUMBERS: Readonly<Record<LinkNumber, NumberKind>> = {
  loss: "probability",
  delayMs: "milliseconds",
  jitterMs: "milliseconds",
  duplicate: "probability",
  reorder: "probability",
  reorderByMs: "milliseconds",
  corrupt: "probability",
  rateBitsPerSecond: "count",
  rateBurstBytes: "count",
  rateQueueBytes: "count",
  resetAfterBytes: "count",
};

const NO_FAULTS: Link = {
  loss: 0,
  burst: undefined,
  delayMs: 0,
  jitterMs: 0,
  keepOrder: true,
  reorder: 0,
  reorderByMs: relayLimits.reorderByMs,
  duplicate: 0,
  corrupt: 0,
  rateBitsPerSecond: 0,
  rateBurstBytes: relayLimits.rateBurstBytes,
  rateQueueBytes: relayLimits.rateQueueBytes,
  resetAfterBytes: 0,
};

/** The faults of that way, complete; throws a `TypeError` that names each wrong one. */
export function linkOf(faults: NetworkFaults, way: Way): Link {
  const { up, down, ...both } = faults;
  const given = { ...both, ...(way === "up" ? up : down) };
  const problems = faultProblems(given);
  if (problems.length > 0) throw new TypeError(problems.join("; "));
  const burst = given.burst && { lossInside: 1, lossOutside: 0, ...given.burst };
  return { ...NO_FAULTS, ...withoutUndefined(given), burst };
}

/** What the number should have been; undefined when it is that. */
function wantedNumber(kind: NumberKind, value: number): string | undefined {
  const most = { probability: 1, milliseconds: relayLimits.faultMsMax, count: relayLimits.faultCountMax }[kind];
  return value >= 0 && value <= most ? undefined : `a number from 0 to ${most}`;
}

function faultProblems(given: LinkFaults): readonly string[] {
  const numbers = (Object.keys(LINK_NUMBERS) as LinkNumber[]).map((name) => [name, LINK_NUMBERS[name], given[name]]);
  const { burst } = given;
  const parts = burst === undefined ? [] : Object.entries(burst).map(([name, value]) => [name, "probability", value]);
  return ([...numbers, ...parts] as [string, NumberKind, number | undefined][]).flatMap(([name, kind, value]) => {
    const wanted = value === undefined ? undefined : wantedNumber(kind, value);
    return wanted === undefined ? [] : [`Cannot use ${name}=${value}: it must be ${wanted}`];
  });
}

function withoutUndefined(given: LinkFaults): Partial<Link> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
