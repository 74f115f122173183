// Programs in turn: what becomes of one that fails, that takes too long or that is interrupted, and of those behind it.

import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { runInTurn, type Task } from "./run-in-turn.ts";

const LONG_MS = 60_000;
const folder = mkdtempSync(join(tmpdir(), "correio-in-turn-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const taskOf = (name: string, code: string, withinMs = LONG_MS): Task => ({
  name,
  command: [process.execPath, "-e", code],
  withinMs,
});
const succeeds = taskOf("succeeds", `console.log("MISSING: Go: go is not installed")`);
const fails = taskOf("fails", `console.log("said"); console.error("because"); process.exit(3)`);
const hangs = taskOf("hangs", "setInterval(() => undefined, 1_000)", 50);

/** Starts a process of its own, says which in `file`, and waits for it. */
const parentOf = (file: string): Task =>
  taskOf(
    "parent",
    `const child = Bun.spawn(["sleep", "600"]); await Bun.write("${file}", String(child.pid)); await child.exited`,
  );

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(5);
}

/** One that has ended and that nobody has asked about is still listed, as a zombie. */
function isAlive(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  try {
    return !/\) Z /.test(readFileSync(stat, "latin1"));
  } catch {
    return false;
  }
}

describe("programs in turn", () => {
  test("run in their order, whatever becomes of those before", async () => {
    const began: string[] = [];
    const ends = await runInTurn([fails, hangs, succeeds], { began: ({ name }) => began.push(name) });
    expect(ends.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["fails", "failed"],
      ["hangs", "too long"],
      ["succeeds", "passed"],
    ]);
    expect(began).toEqual(["fails", "hangs", "succeeds"]);
  });

  test("are told of with what they said, on both ways out", async () => {
    const [end] = await runInTurn([fails]);
    expect(end?.output).toBe("said\nbecause\n");
  });

  test("are told of with what they did without", async () => {
    const [end] = await runInTurn([succeeds]);
    expect(end?.missing).toEqual(["MISSING: Go: go is not installed"]);
  });

  test("run where they are told to", async () => {
    const [end] = await runInTurn([taskOf("place", "console.log(process.cwd())")], { folder: "/" });
    expect(end?.output).toBe("/\n");
  });

  test("leave no temporary files", async () => {
    const code = `console.log("{temporary}", require("node:os").tmpdir())`;
    const [end] = await runInTurn([taskOf("leaves", code)]);
    const [told, found] = end?.output.trim().split(" ") ?? [];
    expect(told).toBe(found ?? "");
    expect(told).toStartWith("/");
    expect(existsSync(told ?? "")).toBe(false);
  });

  test("end when they are interrupted, with all that they started, and those behind do not begin", async () => {
    const file = join(folder, "child");
    const interrupt = new AbortController();
    const running = runInTurn([parentOf(file), succeeds], { signal: interrupt.signal });
    await until(() => existsSync(file) && readFileSync(file, "utf8") !== "");
    const childPid = Number(readFileSync(file, "utf8"));
    expect(isAlive(childPid)).toBe(true);
    interrupt.abort();
    expect((await running).map(({ name, outcome }) => [name, outcome])).toEqual([["parent", "interrupted"]]);
    await until(() => !isAlive(childPid));
  });

  test("do not begin at all when it was too late before", async () => {
    expect(await runInTurn([succeeds], { signal: AbortSignal.abort() })).toEqual([]);
  });
});
