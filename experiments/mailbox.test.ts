// The mailbox experiment runs with tiny parameters, verifies what arrived, and names the peers it did without.

import { describe, expect, test } from "bun:test";

import { compareMailboxes } from "./lib/mailbox-comparison.ts";
import { renderMailbox } from "./lib/mailbox-report.ts";
import { isVerified, type MailboxSample, rowKinds, sumOfAmounts } from "./lib/mailbox-rows.ts";
import { type MailboxOptions, runMailbox } from "./mailbox.ts";

const tiny: Omit<MailboxOptions, "rows" | "subjects"> = {
  rounds: 1,
  sampleMs: 1,
  warmUpMs: 1,
  burst: 30,
  inFlight: 20,
  sleepers: 40,
  held: [50],
  concurrent: [1, 4],
};
/** Each sample is a process: on a busy machine a dozen of them take a while. */
const timeoutMs = 60_000;
const rowsInMemory = ["ask", "in-flight", "tell", "chain", "activation", "memory"] as const;

describe("the mailbox experiment", () => {
  test(
    "verifies every row of the floor",
    async () => {
      const report = await runMailbox({ ...tiny, rows: rowKinds, subjects: ["floor"] });
      expect(report.rows).toHaveLength(rowKinds.length + 1);
      expect(report.rows.flatMap((row) => row.samples).filter(({ verified }) => !verified)).toEqual([]);
    },
    timeoutMs,
  );

  test(
    "verifies every row of Correio, and sets its levels beside what it measured",
    async () => {
      const report = await runMailbox({ ...tiny, rows: rowKinds, subjects: ["correio"] });
      expect(report.rows.flatMap((row) => row.samples).filter(({ verified }) => !verified)).toEqual([]);
      const page = renderMailbox(report);
      expect(page).toContain("ask in sequence, M/s");
      expect(page).toContain("verified: each of");
      expect(page).not.toContain("activation with state from SQLite, a second  ≥ 100000  not measured");
    },
    timeoutMs,
  );

  test(
    "verifies the peers from npm, and puts a dash where they have no such thing",
    async () => {
      const report = await runMailbox({ ...tiny, rows: rowsInMemory, subjects: ["floor", "nact", "xstate"] });
      const samples = report.rows.flatMap((row) => row.samples);
      expect(samples.filter(({ verified }) => !verified)).toEqual([]);
      expect(samples.filter(({ name }) => name === "nact")).toHaveLength(rowsInMemory.length);
      expect(report.rows.filter((row) => row.samples.some(({ name }) => name === "xstate"))).toHaveLength(3);
      expect(renderMailbox(report)).toMatch(/XState +—/);
    },
    timeoutMs,
  );

  test(
    "names Erlang as missing where it is not installed",
    async () => {
      const report = await runMailbox({ ...tiny, rows: ["ask"], subjects: ["floor", "erlang"], searchPath: "" });
      expect(report.missing).toEqual([{ name: "erlang", why: "erl or erlc is not installed" }]);
      expect(renderMailbox(report)).toContain("MISSING: Erlang");
    },
    timeoutMs,
  );

  // Erlang is no part of what the tests need; where it is, it must not rot either.
  test.if(Bun.which("erl") !== null && Bun.which("erlc") !== null)(
    "verifies Erlang",
    async () => {
      const report = await runMailbox({ ...tiny, rows: rowsInMemory, subjects: ["erlang"] });
      const samples = report.rows.flatMap((row) => row.samples);
      expect(samples).toHaveLength(rowsInMemory.length);
      expect(samples.filter(({ verified }) => !verified)).toEqual([]);
    },
    timeoutMs,
  );
});

describe("a sample of the mailbox experiment", () => {
  const sample: MailboxSample = { operations: 5, seconds: 1, sent: 5, counted: [{ count: 5, sum: 15 }] };

  test("is verified when everything that was sent is counted, with its amount", () => {
    expect(isVerified(sample)).toBe(true);
    expect(isVerified({ ...sample, counted: [...sample.counted, { count: 5, sum: 15 }] })).toBe(true);
  });

  test.each([
    ["a message is missing", [{ count: 4, sum: 10 }]],
    ["a message came twice", [{ count: 6, sum: 20 }]],
    ["an amount is another", [{ count: 5, sum: 16 }]],
    [
      "only the asker counted them",
      [
        { count: 5, sum: 15 },
        { count: 0, sum: 0 },
      ],
    ],
    ["nobody counted them", []],
  ])("is not verified when %s", (_, counted) => {
    expect(isVerified({ ...sample, counted })).toBe(false);
  });

  test("is not verified when nothing was sent", () => {
    expect(isVerified({ ...sample, sent: 0, counted: [{ count: 0, sum: 0 }] })).toBe(false);
  });

  test("has amounts whose sum is known for any number of them", () => {
    expect([0, 1, 5, 1_000, 1_001, 2_002].map(sumOfAmounts)).toEqual([0, 1, 15, 500_500, 500_501, 1_001_003]);
  });
});

describe("the comparison of mailboxes", () => {
  const sample = { seconds: 1, sent: 1, counted: [], verified: true };

  test("takes ratios of speed within rounds", () => {
    const samples = [30, 10, 60, 20].map((operations, index) => ({
      ...sample,
      name: index % 2 === 0 ? ("correio" as const) : ("erlang" as const),
      operations,
    }));
    const { levels } = compareMailboxes([{ kind: "ask", size: 1, samples }]);
    const level = levels.find(({ what }) => what === "ask in sequence / Erlang");
    expect(level).toMatchObject({ measured: { count: 2, median: 3 }, reached: true });
  });

  test("counts bytes for each actor, and no remains of less than half a byte", () => {
    const asleep = { ...sample, name: "correio" as const, operations: 1_000, heapBytes: 400 };
    const held = { ...asleep, heapBytes: 300_400, residentBytes: 500_000, processBytes: 700_000_000 };
    const { levels, rows } = compareMailboxes([
      { kind: "asleep", size: 1_000, samples: [asleep] },
      { kind: "memory", size: 1_000_000, samples: [held] },
    ]);
    expect(rows.map(({ subjects }) => subjects[0]?.value.median)).toEqual([0, 300]);
    expect(levels.filter(({ reached }) => reached === true).map(({ what }) => what)).toEqual([
      "heap of an idle actor, 1 000 000 resident, B",
      "heap of a sleeping durable actor, B",
    ]);
    expect(levels.at(-1)).toMatchObject({ measured: { median: 0.7 }, reached: false });
  });
});
