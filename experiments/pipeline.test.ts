// The pipeline experiment runs with tiny parameters, verifies what it measures, and names the peers it did without.

import { describe, expect, test } from "bun:test";

import { renderPipeline } from "./lib/pipeline-report.ts";
import { runPipeline } from "./pipeline.ts";

const tiny = { rounds: 1, requests: 400, connections: [1, 4], inFlight: [1, "all"], searchPath: "" } as const;

describe("the pipeline experiment", () => {
  test("verifies every reply of both raw programs, and names absent peers as missing", async () => {
    const report = await runPipeline({ ...tiny, only: ["raw", "raw-template", "go", "python"] });
    expect(report.missing.map(({ name }) => name)).toEqual(["go", "python"]);
    expect(report.cells).toHaveLength(4);
    const samples = report.cells.flatMap((cell) => cell.samples);
    expect(new Set(samples.map(({ name }) => name))).toEqual(new Set(["raw", "raw-template"]));
    expect(samples.every(({ verified }) => verified)).toBe(true);
    const page = renderPipeline(report);
    expect(page).toContain("MISSING: Go, buffered: go is not installed");
    expect(page).toContain("not measured");
  });

  test("compares Correio with the raw program, cell by cell", async () => {
    const report = await runPipeline({ ...tiny, only: ["correio", "raw"] });
    expect(report.cells.flatMap((cell) => cell.samples).every(({ verified }) => verified)).toBe(true);
    const raws = report.comparison.cells.map((cell) => cell.implementations.find(({ name }) => name === "raw"));
    expect(raws.every((raw) => raw?.correioRatio?.count !== undefined)).toBe(true);
    const [single] = report.comparison.cells;
    expect(single?.implementations.find(({ name }) => name === "correio")?.p50AboveRawUs).toBeDefined();
  });
});
