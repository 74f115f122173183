// The report of a matrix: each section from runs so few that its figures can be worked out by hand.
import { describe, expect, test } from "bun:test";

import { analyseMatrix } from "./matrix-analysis.ts";
import type { MatrixImplementation } from "./matrix-plan.ts";
import { renderMatrixReport } from "./matrix-report.ts";
import { concludeMatrix } from "./matrix-result.ts";
import { type Example, exampleMatrix, type ExampleRun } from "./test-matrix-data.ts";

const ONE_CELL = { workMs: [0], servers: [2], clients: [10], messages: [100], runs: 5 };
/** Milliseconds of both sessions of a run, in block 1 of each implementation: one below and one above the mean. */
const MEANS_MS: Readonly<Record<MatrixImplementation, number>> = { correio: 2, raw: 1, go: 4, python: 8 };

/** Block 1 has the mean, and each later block a tenth of a millisecond more. */
const steady = ({ implementation, block }: ExampleRun): readonly number[] => {
  const ms = MEANS_MS[implementation] + (block - 1) / 10;
  return [(ms - 0.5) / 1_000, (ms + 0.5) / 1_000];
};
const swapped = (run: ExampleRun): readonly number[] =>
  steady({
    ...run,
    implementation:
      run.implementation === "correio" ? "go" : run.implementation === "go" ? "correio" : run.implementation,
  });

/** One session in twenty, in one block, takes a second instead of about eleven milliseconds. */
const oneSecondOnce = (run: ExampleRun): readonly number[] => [
  ...Array.from({ length: 19 }, (_, index) => (10 + (index % 3)) / 1_000),
  run.block === 1 ? 1 : 0.011,
];
/** Go takes 1 ms; Correio half of it with ten clients, and eightfold with others. */
const halfAndEightfold = (run: ExampleRun): readonly number[] => [
  run.implementation === "go" ? 0.001 : run.clients === 10 ? 0.0005 : 0.008,
];
/** Go takes 100 ms; Correio a tenth of it with 100 messages, and eightfold with ten: overall it is ahead. */
const tenthAndEightfold = ({ implementation, messages, block }: ExampleRun): readonly number[] => [
  (implementation === "go" ? 0.1 : messages === 100 ? 0.01 : 0.8) + block / 1e6,
];
const aboveFloor =
  (ratio: number) =>
  ({ messages, block }: ExampleRun): readonly number[] => [(messages / 1_000) * (ratio + block / 1e6)];
/** Both take 10 to 14 ms, in another order. */
const noise = ({ implementation, block }: ExampleRun): readonly number[] => [
  (10 + (((implementation === "go" ? 7 : 3) * block) % 5)) / 1_000,
];
const goDiesOnce = ({ block, implementation }: ExampleRun) =>
  block === 2 && implementation === "go" ? { verdict: "died" as const, detail: "server 1 ended | code 137" } : {};
/** Correio takes a tenth of a millisecond more than Go, where runs differ by up to four. */
const aHairSlower = ({ implementation, block }: ExampleRun): readonly number[] => [
  0.1 + (implementation === "correio" ? block % 5 : (block * 2) % 5) / 1_000 + (implementation === "go" ? 0 : 0.0001),
];

describe("the report of a matrix", () => {
  test("is the same to the byte from the same data, however often it is made", () => {
    expect(reportOf({})).toBe(reportOf({}));
    expect(reportOf({ plan: { seed: 8 } })).not.toBe(reportOf({}));
  });

  test("opens with the answer, and says where and how it was measured", () => {
    const report = reportOf({ plan: ONE_CELL, respond: steady });
    expect(report).toContain(
      "Without work, Correio takes 0.524 [0.510, 0.537] of Go's time and 0.268 [0.257, 0.279] of Python's " +
        "(in one cell); a session of 100 messages takes 2.20 ms on average.",
    );
    expect(report).toContain("The plan is done: 20 valid runs in 1 cell.");
    expect(report).toContain("| processors | 2 × Example \\<CPU> \\| 3 GHz |");
    expect(report).toContain("in an order drawn from seed 7");
    expect(report).toContain("| Python | Python 3.13.5 |");
  });

  test("gives the statistics of runs and of sessions, raw beside filtered", () => {
    const report = reportOf({ plan: ONE_CELL, respond: steady });
    // Means 2.0, 2.1, 2.2, 2.3, 2.4: sd = √0.025; sessions 1.5 … 1.9 and 2.5 … 2.9: sd = √(2.7 / 9).
    expect(rowOf(report, "Runs without work", "100 | Correio")).toMatch(
      /^5 \| 2\.20 \[2\.\d\d, 2\.\d\d\] \| 2\.20 \| 0\.158 \| 2\.00 \| 2\.40 \| 0\.100 \| 2\.20 \| 0\.158 \| 0 \| 0$/,
    );
    expect(rowOf(report, "Sessions without work", "100 | Correio")).toMatch(
      /^10 \| 2\.\d\d \[.*\] \| – \| – \| 2\.20 \| 0\.548 \| 2\.20 \| 0\.548 \| 0$/,
    );
    expect(report).toContain("On runs it can remove nothing here");
  });

  test("filters within a cell, and counts what it removed", () => {
    const report = reportOf({ plan: { ...ONE_CELL, implementations: ["correio"], runs: 11 }, respond: oneSecondOnce });
    expect(rowOf(report, "Runs without work", "100 | Correio")).toMatch(/\| 1 \| \d+$/);
    expect(rowOf(report, "Sessions without work", "100 | Correio")).toMatch(/\| 1$/);
    expect(report).toContain("On runs it works on the 11 of a cell.");
  });

  test("names the quickest of each cell, with its lead, and how sure that is", () => {
    const report = reportOf({ plan: ONE_CELL, respond: steady });
    expect(rowOf(report, "Cells won, among all", "0 | raw Bun")).toBe("1 of 1 | 1 | 1");
    expect(rowOf(report, "Cells won, without the floor", "0 | Correio")).toBe("1 of 1 | 1 | 1");
    // All of ours below all of theirs, five against five: p = 2 / 252; 4.2 / 2.2 = 1.909.
    expect(rowOf(report, "The quickest of each cell without work, without the floor", "0 | 2 | 10 | 100")).toMatch(
      /^Correio \| 2\.20 \[.*\] \| Go \| 1\.909 \[.*\] \| 0\.008 \| 0\.008 \| 0\.00 \| large \| 5, 5 \| $/,
    );
  });

  test("lists the largest differences in both directions", () => {
    const report = reportOf({ plan: ONE_CELL, respond: steady });
    // 2.2 / 8.2 and 2.2 / 1.2; three tests with the least p there is: Holm makes it 6 / 252.
    expect(rowOf(report, "Correio is quicker: the largest differences", "0 | 2 | 10 | 100 | Python")).toMatch(
      /^0\.268 \[.*\] \| 0\.024 \| large/,
    );
    expect(rowOf(report, "Correio is slower: the largest differences", "0 | 2 | 10 | 100 | raw Bun")).toMatch(
      /^1\.833 \[.*\] \| 0\.024 \| large/,
    );
    expect(rowOf(report, "By clients, without work", "10")).toMatch(/^1\.833 .* \| 0\.524 .* \| 0\.268 .* \| 1 of 1$/);
  });

  test("takes ratios over several cells as geometric means", () => {
    const plan = { ...ONE_CELL, implementations: ["correio", "go"] as const, clients: [10, 40] };
    // 0.5 and 8: their geometric mean is 2.
    expect(rowOf(reportOf({ plan, respond: halfAndEightfold }), "By messages, without work", "100")).toBe(
      "2.000 [2.000, 2.000] | 2 of 2",
    );
  });
});

describe("the levels", () => {
  const withWork = { ...ONE_CELL, workMs: [1], messages: [10, 100] };

  test("compare with the floor, which is the work of a session, and judge cells of 100 messages or more", () => {
    const near = reportOf({ plan: withWork, respond: aboveFloor(1.1) });
    expect(near).toMatch(/within 1\.15 times the floor.* \| 1\.100 \[.*within it in 1 of 1 cell \| reached \|/);
    expect(rowOf(near, "Response time over the floor", "1 | 10 | Correio")).toMatch(/^1\.100 .* \| 1 of 1$/);
    const far = reportOf({ plan: withWork, respond: aboveFloor(1.2) });
    expect(far).toMatch(/within 1\.15 times the floor.* \| 1\.200 \[.*within it in 0 of 1 cell \| NOT REACHED \|/);
  });

  test("are not reached when Correio is slower beyond chance, and the report says so in plain words", () => {
    const plan = { ...ONE_CELL, workMs: [0, 1], implementations: ["correio", "go"] as const };
    const report = reportOf({ plan, respond: swapped });
    expect(report).toMatch(/With work, Correio no slower than Go.* slower in 1 of 1 cell.* \| NOT REACHED \|/);
    expect(report).toMatch(/Without work, Correio ahead of Go.* ahead in 0 of 1 cell.* \| NOT REACHED \|/);
    expect(report).toMatch(/Without work, Correio takes 1\.909 \[.*\] times Go's time .* takes 4\.20 ms on average\./);
    expect(report).toMatch(/Without work, Correio was slower than Go: it took 1\.909 \[.*\] times as long/);
    expect(report).toContain("Without work, of 1 cell the quickest was Go in 1.");
    expect(report).toMatch(/- NOT REACHED: Without work, Correio ahead of Go in every cell/);
  });

  test("claim no difference where chance explains it", () => {
    const report = reportOf({ plan: { ...ONE_CELL, implementations: ["correio", "go"] }, respond: noise });
    expect(report).toContain("no difference between Correio and Go is beyond chance");
    expect(report).toMatch(/Correio takes [\d.]+ \[.*\] (of|times) Go's time, within chance/);
  });

  test("are undecided where Correio is the slower one, but within chance", () => {
    const report = reportOf({
      plan: { ...withWork, implementations: ["correio", "go"], messages: [100] },
      respond: aHairSlower,
    });
    expect(report).toMatch(
      /With work, Correio no slower than Go.* slower in 1 of 1 cell, beyond chance in 0 \| undecided \|/,
    );
    expect(report).toContain("- Undecided: With work, Correio no slower than Go");
  });

  test("are undecided by cells that no difference could tell from chance, as there are too few runs", () => {
    // Three against three: p is at least 2 / 20, and 0.2 of two tests.
    const plan = { ...withWork, implementations: ["correio", "go"] as const, runs: 3 };
    const report = reportOf({ plan, respond: tenthAndEightfold });
    const words = "With work, Correio no slower than Go.* slower in 1 of 2 cells, ";
    expect(report).toMatch(
      new RegExp(String.raw`${words}no cell could be told from chance with 3 runs \| undecided \|`),
    );
    expect(report).toContain("over 2 tests the least p (Holm) there can be is 0.200.");
    // Eight of each, as the quick plan has: 2 / 12 870 of two tests.
    const more = reportOf({ plan: { ...plan, runs: 8 }, respond: tenthAndEightfold });
    expect(more).toMatch(new RegExp(String.raw`${words}beyond chance in 1 \| NOT REACHED \|`));
    expect(more).not.toContain("the least p (Holm) there can be");
  });

  test("by the result of the experiment: what chance may explain is neither reached nor missed", () => {
    const plan = { ...withWork, implementations: ["correio", "go"] as const, messages: [100] };
    const { levels, result } = concludeMatrix(analyseMatrix(exampleMatrix({ plan, respond: aHairSlower })));
    expect(levels.map(({ wanted, reached }) => [wanted, reached])).toEqual([
      ["≤ 1.15 in every cell of 100 messages or more", true],
      ["not above 1 beyond chance, overall or in any cell", undefined],
      ["not above 1 beyond chance, overall or in any cell", undefined],
    ]);
    expect(result).toMatch(/^With 1 ms of work, Correio takes .* on average$/);
  });

  test("are not judged by an implementation that is missing, and that is said", () => {
    const report = reportOf({ missing: ["go"] });
    expect(report).toContain("MISSING: Go, as it is not installed.");
    expect(report).toMatch(
      /Without work, Correio ahead of Go in every cell \| not measured: it is not installed \| not judged/,
    );
  });
});

describe("what is not as planned", () => {
  test("runs that do not count are counted by reason, listed, and in no figure", () => {
    const report = reportOf({ plan: ONE_CELL, respond: steady, change: goDiesOnce });
    expect(report).toContain(
      "19 of 20 runs are there and valid, and 0 of 1 cell have all of theirs. Beside them, 1 run",
    );
    expect(rowOf(report, "Runs that do not count, by reason", "died")).toBe("a server died | 1 | 1");
    expect(rowOf(report, "Each run that does not count", "7 | 2 | 1 | Go")).toBe(
      String.raw`0 | 2 | 10 | 100 | died | server 1 ended \| code 137`,
    );
    expect(rowOf(report, "Runs without work", "100 | Go")).toStartWith("4 | 4.23 ");
    // In pairs, block 2 is out for both: (2.0 + 2.2 + 2.3 + 2.4) / (4.0 + 4.2 + 4.3 + 4.4).
    expect(rowOf(report, "By servers, without work", "2")).toContain(" | 0.527 [");
  });

  test("an unfinished matrix is reported as far as it goes", () => {
    const report = reportOf({ change: ({ clients }) => (clients === 20 ? null : {}) });
    expect(report).toContain("The plan is not done: 160 of 320 runs are there and valid, and 8 of 16 cells have all");
    expect(report).toContain("of 8 planned");
  });

  test("one run of each says nothing of chance, and the report claims nothing", () => {
    const report = reportOf({ plan: { ...ONE_CELL, runs: 1 }, respond: steady });
    expect(report).toContain("(in one cell, one run of each: nothing is known of chance)");
    expect(report).toContain(
      "with one run per cell, which says nothing of chance, Correio took 0.500 times as long as Go",
    );
    expect(report).toContain("No cell can be told from chance between Correio and the others with 1 run of each");
    expect(report).toContain("over 3 tests the least p (Holm) there can be is 1.000.");
  });

  test("with no runs at all there is still a report", () => {
    const report = reportOf({ change: () => null });
    expect(report).toContain("Correio has no valid runs yet: there is nothing to say.");
    expect(report).toContain("No cell has runs of two implementations: there are no winners.");
  });

  test("cells that the generator limited are named wherever they stand", () => {
    // 1 000 replies in 2.9 ms at most, where it can make 400 000 a second: 344 828, which is 86.2 %.
    const report = reportOf({
      plan: { ...ONE_CELL, implementations: ["correio", "go"] },
      respond: steady,
      change: ({ implementation }) =>
        implementation === "correio" ? { seconds: 0.0029, generatorCpuSeconds: 0.001 } : {},
      generatorRequestsPerSecond: 400_000,
    });
    expect(report).toContain(
      "The generator was the limit in 1 of 2 cells, each implementation's counted apart: Correio 1.",
    );
    expect(rowOf(report, "The generator in each cell", "0 | 2 | 10 | 100 | Correio")).toBe(
      "0.34 | 344 828 | 86.2 % | limited by the generator",
    );
    expect(rowOf(report, "The quickest of each cell without work, among all", "0 | 2 | 10 | 100")).toEndWith(
      " | Correio",
    );
  });
});

const reportOf = (example: Example): string => renderMatrixReport(analyseMatrix(exampleMatrix(example)));

/** What stands behind `start` in the row that begins so, of the table whose name begins so. */
function rowOf(report: string, name: string, start: string): string {
  const table = report.slice(report.indexOf(`**${name}`)).split("\n\n")[1] ?? "";
  const row = table.split("\n").find((line) => line.startsWith(`| ${start} | `));
  if (row === undefined) throw new Error(`No row "${start}" in the table "${name}"`);
  return row.slice(`| ${start} | `.length, -" |".length);
}
