// The result of an experiment as a document: what it says, that a bad one is refused, and how long an old one stays.

import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { EXPERIMENTS } from "./experiment-list.ts";
import { levelOf } from "./level.ts";
import { conclude, figuresOf, requireWritable } from "./result.ts";
import { readResult, withTable } from "./results-table.ts";
import { onceMeasured } from "./statistics.ts";

const projectFolder = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "correio-result-"));
const resultsFolder = join(folder, "experiments/results");
mkdirSync(resultsFolder, { recursive: true });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const datagrams = EXPERIMENTS.filter(({ name }) => name === "datagrams");
const emptyTable = withTable(
  "# Before\n\n<!-- made by: bun experiments/all.ts --table -->\n\n<!-- end of what is made -->\n\nbehind\n",
  datagrams,
  folder,
);

describe("a result", () => {
  test("says what was asked, by which command, and what came out, in its own file and in the table", () => {
    const file = join(resultsFolder, "datagrams.json");
    expect(emptyTable).toContain("none is kept yet");
    const words = ["experiments/datagrams.ts", "--messages", "100", "--result", file];
    const { stderr } = Bun.spawnSync([process.execPath, ...words], { cwd: projectFolder, stdin: "ignore" });
    expect(stderr.toString()).toBe("");
    const result = readResult(folder, "datagrams");
    expect(result?.command).toBe(["bun", ...words].join(" "));
    expect(result?.question).toBe(datagrams[0]?.question ?? "");
    expect(result?.result).toMatch(/^100 B, 1 at once: [\d ]+ ns, [\d.]+ packets/);
    const table = withTable(emptyTable, datagrams, folder);
    expect(table).toContain(`| \`${result?.command}\` | ${result?.result}.`);
    expect(table).toMatch(/^# Before\n\n<!--[\s\S]*-->\n\nbehind\n$/);
    expect(withTable(table, datagrams, folder)).toBe(table);
    expect(readdirSync(resultsFolder)).toEqual(["datagrams.json"]);
  });

  test("has the figures of its levels, and leaves out what was not measured", () => {
    const interval = { count: 5, median: 1.094, low: 0.79, high: 1.43 };
    const levels = [
      levelOf("ours / theirs", "at least", 1, interval),
      levelOf("octets", "at most", 5, onceMeasured(7)),
      levelOf("another", "at most", 1, undefined),
    ];
    expect(conclude(levels, [undefined, ...figuresOf(levels)])).toEqual({
      result: "ours / theirs: 1.09 [0.79, 1.43]; octets: 7",
      levels,
    });
  });

  test("is refused where it is not whole", () => {
    writeFileSync(join(resultsFolder, "fallback.json"), `{ "name": "fallback" }`);
    expect(() => readResult(folder, "fallback")).toThrow(/fallback\.json: \/question/);
  });
});

describe("a place for a result", () => {
  test("is tried without a trace, and what is there stays", () => {
    const file = join(folder, "kept.json");
    writeFileSync(file, "old");
    requireWritable(file);
    expect(readFileSync(file, "utf8")).toBe("old");
    expect(readdirSync(folder).filter((name) => name.startsWith("kept"))).toEqual(["kept.json"]);
  });

  test("must not be a folder, nor in one that is not there", () => {
    expect(() => requireWritable(folder)).toThrow(/^Cannot write ".*": it is a folder$/);
    expect(() => requireWritable(join(folder, "no/x.json"))).toThrow(/no such file or directory$/);
  });
});
