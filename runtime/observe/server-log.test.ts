// The log of what clients do: every line in the file, and on the console no more than somebody can read.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { ServerLog } from "./server-log.ts";

function createLog() {
  const clock = new FakeClock();
  const printed: string[] = [];
  const written: string[] = [];
  const print = (line: string): void => void printed.push(line);
  const file = { append: (line: string): void => void written.push(line) };
  return { clock, printed, written, log: new ServerLog({ clock, print, file }) };
}

describe("the console", () => {
  test("shows so many lines a second, and how many more there were", async () => {
    const { clock, printed, log } = createLog();
    for (let count = 0; count < limits.consoleLinesPerSecond + 3; count++) log.console("oi\n");
    expect(printed).toHaveLength(limits.consoleLinesPerSecond);
    await clock.advance(1_000);
    expect(printed.at(-1)).toBe("[INFO] ... e mais 3 linhas em um segundo\n");
    log.console("de novo\n");
    expect(printed.at(-1)).toBe("de novo\n");
  });

  test("shows nothing where nobody looks, and the file has its lines all the same", () => {
    const written: string[] = [];
    const file = { append: (line: string): void => void written.push(line) };
    const log = new ServerLog({ clock: new FakeClock(), print: undefined, file });
    log.console("oi\n");
    log.file("oi\n");
    expect(written).toEqual(["oi\n"]);
  });
});
