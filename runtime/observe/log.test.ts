// The log: JSON lines on standard error, and no reason that can flood it.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";

import { limits } from "../limits.ts";

const clockFile = JSON.stringify(join(import.meta.dirname, "../testing/fake-clock.ts"));
const logFile = JSON.stringify(join(import.meta.dirname, "log.ts"));

interface Line {
  readonly level: number;
  readonly time: string;
  readonly reason?: string;
  readonly suppressed?: number;
}

/** Standard error belongs to a process, so one of its own runs the steps, which know `log` and `clock`. */
function linesOf(steps: string, level = "info"): Line[] {
  const script = `
    import { FakeClock } from ${clockFile};
    import { createLog } from ${logFile};
    const clock = new FakeClock();
    const log = createLog(${JSON.stringify(level)}, clock);
    ${steps}
  `;
  const { stderr, stdout, exitCode } = Bun.spawnSync([process.execPath, "-e", script]);
  expect({ exitCode, output: String(stdout) }).toEqual({ exitCode: 0, output: "" });
  return String(stderr)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}

const max = limits.logLinesPerReasonPerSecond;
const flood = (reason: string, count: number): string =>
  `for (let line = 0; line < ${count}; line++) log.limited("warn", "${reason}", { line });`;

describe("the log", () => {
  test("writes a JSON line with level, time, reason and what was given", () => {
    const [line, ...more] = linesOf('log.limited("error", "actor.crashed", { key: "a", err: new Error("why") });');
    expect(more).toEqual([]);
    expect(line).toMatchObject({ level: 50, reason: "actor.crashed", key: "a", err: { message: "why" } });
    expect(line?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test("keeps to its level", () => {
    const steps = 'log.limited("info", "a", {}); log.limited("warn", "b", {}); log.limited("error", "c", {});';
    expect(linesOf(steps, "warn").map(({ reason }) => reason)).toEqual(["b", "c"]);
    expect(linesOf(steps, "silent")).toEqual([]);
  });

  test("writes as many lines of one reason as a second may have, and no word more", () => {
    const lines = linesOf(`${flood("a", max)} await clock.advance(1_000);`);
    expect(lines).toHaveLength(max);
  });

  test("counts the lines past that, and names them in one line when the second is over", () => {
    const lines = linesOf(`${flood("a", max + 1_000)} await clock.advance(999); log.limited("warn", "b", {});
      await clock.advance(1);`);
    expect(lines).toHaveLength(max + 2);
    expect(lines.slice(max).map(({ reason, suppressed }) => [reason, suppressed])).toEqual([
      ["b", undefined],
      ["a", 1_000],
    ]);
  });

  test("bounds each reason by itself, and each second anew", () => {
    const second = `${flood("a", max + 1)} ${flood("b", 1)} await clock.advance(1_000);`;
    const lines = linesOf(`${second} await clock.advance(5_000); ${second}`);
    const written = (reason: string): number =>
      lines.filter((line) => line.reason === reason && line.suppressed === undefined).length;
    expect([written("a"), written("b")]).toEqual([2 * max, 2]);
    expect(lines.filter(({ suppressed }) => suppressed === 1)).toHaveLength(2);
  });
});
