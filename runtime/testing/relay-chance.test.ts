// What a network does to packets, drawn very often: how much of each fault there is, and that a seed repeats it.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { flipBit, FlowChance, type PacketFate, type SegmentFate } from "./relay-chance.ts";
import { linkOf, type NetworkFaults, type Way } from "./relay-faults.ts";

const DRAWS = 50_000;
const LENGTH_BYTES = 100;

const probability = fc.double({ min: 0, max: 1, noNaN: true });
const milliseconds = fc.integer({ min: 0, max: 1_000 });
const faultsOf: fc.Arbitrary<NetworkFaults> = fc.record(
  {
    loss: probability,
    burst: fc.record({ enter: probability, leave: probability, lossInside: probability, lossOutside: probability }),
    delayMs: milliseconds,
    jitterMs: milliseconds,
    reorder: probability,
    reorderByMs: milliseconds,
    duplicate: probability,
    corrupt: probability,
  },
  { requiredKeys: [] },
);
const lengths = fc.array(fc.integer({ min: 0, max: 1_500 }), { minLength: 1, maxLength: 50 });

interface Stream {
  readonly seed?: number;
  readonly way?: Way;
  readonly flow?: number;
}

function fates(faults: NetworkFaults, count = DRAWS, { seed = 7, way = "up", flow = 0 }: Stream = {}): PacketFate[] {
  const [chance, link] = [new FlowChance(seed, way, flow), linkOf(faults, way)];
  return Array.from({ length: count }, () => chance.packet(link, LENGTH_BYTES));
}

function segments(faults: NetworkFaults, roundTripMs = 0, count = DRAWS): SegmentFate[] {
  const [chance, link] = [new FlowChance(7, "up", 0), linkOf(faults, "up")];
  return Array.from({ length: count }, () => chance.segment(link, LENGTH_BYTES, roundTripMs));
}

function share<Item>(all: readonly Item[], holds: (item: Item) => boolean): number {
  return all.filter(holds).length / all.length;
}

/** Within a hundredth: the seeds are fixed, and so many draws come as near as that. */
function expectAbout(found: number, expected: number): void {
  expect(Math.abs(found - expected)).toBeLessThan(0.01);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** Lengths of runs of losses. */
function runsOfLosses(all: readonly PacketFate[]): number[] {
  const marks = all.map(({ lost }) => (lost === "no" ? " " : "x")).join("");
  return marks.split(" ").flatMap((run) => (run === "" ? [] : [run.length]));
}

describe("the same seed and the same packets", () => {
  test("come to the same end, datagrams and segments", () => {
    fc.assert(
      fc.property(faultsOf, lengths, fc.integer(), fc.constantFrom<Way>("up", "down"), (faults, sizes, seed, way) => {
        const link = linkOf(faults, way);
        const once = (): unknown => {
          const chance = new FlowChance(seed, way, 3);
          return sizes.map((size) => (size % 2 ? chance.packet(link, size) : chance.segment(link, size, 50)));
        };
        expect(once()).toEqual(once());
      }),
    );
  });

  test("come to another end with another seed, in the other direction and in another flow", () => {
    const faults = { loss: 0.5 };
    const marks = (stream: Stream): string =>
      fates(faults, 64, stream)
        .map(({ lost }) => lost)
        .join();
    const all = [{}, { seed: 8 }, { way: "down" as const }, { flow: 1 }, { seed: 8, flow: 1 }].map(marks);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("neighbouring streams", () => {
  test.each([
    ["seeds", { seed: 8 }],
    ["flows", { flow: 1 }],
    ["directions", { way: "down" as const }],
  ])("of %s have nothing to do with each other", (_, other) => {
    const [one, two] = [fates({ loss: 0.5 }), fates({ loss: 0.5 }, DRAWS, other)];
    const alike = one.filter(({ lost }, index) => lost === two[index]?.lost).length / DRAWS;
    expectAbout(alike, 0.5);
  });
});

describe("one fault", () => {
  test("changes nothing about another", () => {
    fc.assert(
      fc.property(faultsOf, fc.integer(), (faults, seed) => {
        const all = fates({ ...faults, loss: 0.3 }, 50, { seed });
        const alone = fates({ loss: 0.3, ...(faults.burst && { burst: faults.burst }) }, 50, { seed });
        expect(all.map(({ lost }) => lost)).toEqual(alone.map(({ lost }) => lost));
      }),
    );
  });

  test("that is not asked for does not happen", () => {
    const quiet = { lost: "no", delayMs: 0, copyDelayMs: undefined, reordered: false, flippedBit: undefined };
    expect(new Set(fates({}, 1_000).map((fate) => JSON.stringify(fate)))).toEqual(new Set([JSON.stringify(quiet)]));
  });

  test("that always happens always happens", () => {
    const all = fates({ loss: 1, reorder: 1, duplicate: 1, corrupt: 1 }, 1_000);
    expect(share(all, ({ lost, reordered }) => lost !== "no" && reordered)).toBe(1);
    expect(share(all, ({ copyDelayMs, flippedBit }) => copyDelayMs !== undefined && flippedBit !== undefined)).toBe(1);
  });
});

describe("of many packets", () => {
  test.each([0.01, 0.05, 0.2, 0.5])("a share of %p is lost", (loss) => {
    const lost = share(fates({ loss }), (fate) => fate.lost === "chance");
    expect(Math.abs(lost - loss)).toBeLessThan(5 * Math.sqrt((loss * (1 - loss)) / DRAWS));
  });

  test("losses by chance do not come in bursts", () => {
    expect(mean(runsOfLosses(fates({ loss: 0.2 })))).toBeCloseTo(1 / (1 - 0.2), 1);
  });

  test("losses in bursts are as many, and in runs as long, as Gilbert's model says", () => {
    const all = fates({ burst: { enter: 0.02, leave: 0.25 } });
    expectAbout(
      share(all, (fate) => fate.lost === "burst"),
      0.02 / (0.02 + 0.25),
    );
    expect(mean(runsOfLosses(all))).toBeCloseTo(1 / 0.25, 0);
  });

  test("some are lost inside a burst and some outside, where Elliott's model has both", () => {
    const burst = { enter: 0.1, leave: 0.1, lossInside: 0.5, lossOutside: 0.1 };
    const all = fates({ burst });
    expectAbout(
      share(all, (fate) => fate.lost === "burst"),
      0.25,
    );
    expectAbout(
      share(all, (fate) => fate.lost === "chance"),
      0.05,
    );
  });

  test.each(["duplicate", "reorder", "corrupt"] as const)("the share that is asked for meets %s", (name) => {
    const met = { duplicate: "copyDelayMs", reorder: "reordered", corrupt: "flippedBit" } as const;
    const all = fates({ [name]: 0.1 });
    expect(share(all, (fate) => fate[met[name]] !== undefined && fate[met[name]] !== false)).toBeCloseTo(0.1, 2);
  });

  test("delays spread evenly over the jitter, to both sides", () => {
    const delays = fates({ delayMs: 50, jitterMs: 20 }).map(({ delayMs }) => delayMs);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(30);
    expect(Math.max(...delays)).toBeLessThanOrEqual(70);
    for (const quarter of [40, 50, 60]) {
      expectAbout(
        share(delays, (delay) => delay < quarter),
        (quarter - 30) / 40,
      );
    }
  });

  test("none arrives before it was sent, however large the jitter", () => {
    expect(Math.min(...fates({ delayMs: 5, jitterMs: 20 }).map(({ delayMs }) => delayMs))).toBe(0);
  });

  test("wrong bits are anywhere in the packet, and nowhere else", () => {
    const bits = fates({ corrupt: 1 }).map(({ flippedBit }) => flippedBit ?? -1);
    expect(new Set(bits).size).toBe(LENGTH_BYTES * 8);
    expect([Math.min(...bits), Math.max(...bits)]).toEqual([0, LENGTH_BYTES * 8 - 1]);
  });
});

describe("a packet that is taken out of line", () => {
  test("comes as much later as was asked for", () => {
    const [fate] = fates({ delayMs: 20, reorder: 1, reorderByMs: 7 }, 1);
    expect(fate?.delayMs).toBe(27);
  });
});

describe("an empty packet", () => {
  test("has no bit that could be wrong", () => {
    const chance = new FlowChance(1, "up", 0);
    expect(chance.packet(linkOf({ corrupt: 1 }, "up"), 0).flippedBit).toBeUndefined();
  });
});

describe("a lost segment", () => {
  test("comes 200 ms later, and after each further loss twice as long again", () => {
    const later = new Map(segments({ loss: 0.5 }).map(({ losses, heldMs }) => [losses, heldMs]));
    expect([0, 1, 2, 3].map((losses) => later.get(losses))).toEqual([0, 200, 600, 1_400]);
  });

  test("whose first loss is noticed waits for its further ones alone", () => {
    const later = new Map(segments({ loss: 0.5 }).map(({ losses, heldOnceNoticedMs }) => [losses, heldOnceNoticedMs]));
    expect([0, 1, 2, 3].map((losses) => later.get(losses))).toEqual([0, 0, 200, 600]);
  });

  test("takes as long as any other once it comes through", () => {
    expect(new Set(segments({ loss: 0.5, delayMs: 10 }).map(({ delayMs }) => delayMs))).toEqual(new Set([10]));
  });

  test("comes a round trip later where that is longer", () => {
    const later = new Map(segments({ loss: 0.5 }, 300).map(({ losses, heldMs }) => [losses, heldMs]));
    expect([1, 2].map((losses) => later.get(losses))).toEqual([300, 900]);
  });

  test("is lost again as often as any other", () => {
    const all = segments({ loss: 0.2 });
    expectAbout(
      share(all, ({ losses }) => losses >= 1),
      0.2,
    );
    expectAbout(
      share(all, ({ losses }) => losses >= 2),
      0.04,
    );
  });

  test("is given up losing after as many tries as Linux makes", () => {
    const [fate] = segments({ loss: 1 }, 0, 1);
    expect(fate?.losses).toBe(15);
    expect(fate?.heldMs).toBe(200 * (2 ** 10 - 1) + 5 * 120_000);
  });

  test("counts the times that it was lost in a burst apart", () => {
    const [fate] = segments({ burst: { enter: 1, leave: 0 } }, 0, 1);
    expect(fate).toMatchObject({ losses: 15, burstLosses: 15 });
  });
});

describe("a flipped bit", () => {
  test("is counted from the first one of the first byte, and flipped back by flipping it again", () => {
    const bytes = new Uint8Array(3);
    for (const bit of [0, 9, 23]) flipBit(bytes, bit);
    expect([...bytes]).toEqual([0b1000_0000, 0b0100_0000, 0b0000_0001]);
    for (const bit of [0, 9, 23]) flipBit(bytes, bit);
    expect([...bytes]).toEqual([0, 0, 0]);
  });
});
