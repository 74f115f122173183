// The matrix as a whole: it measures, is killed, goes on, and makes the same report of the same files.

import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { MatrixManifest } from "./lib/matrix-data.ts";
import { MatrixFolder } from "./lib/matrix-folder.ts";
import { orderOf } from "./lib/matrix-plan.ts";
import { programsWith } from "./lib/process-facts.ts";
import { createWorkspace } from "./lib/program.ts";
import { testCommandLine } from "./lib/test-command-line.ts";

const workspace = createWorkspace();
afterAll(() => workspace.remove());

const program = join(import.meta.dirname, "matrix.ts");
const small = ["--servers", "1,2", "--clients", "3", "--messages", "1,5", "--runs", "2", "--cold", "--disturbance=99"];

function start(...words: readonly string[]): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  return Bun.spawn([process.execPath, program, ...words], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
}

async function run(...words: readonly string[]) {
  const child = start(...words);
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exitCode: await child.exited, stdout, stderr };
}

/** Every run of the plan counts exactly once, and has a row for each client in both of its files. */
function expectWhole(path: string): void {
  const { plan, missing } = JSON.parse(readFileSync(join(path, "manifest.json"), "utf8")) as MatrixManifest;
  const absent = missing.map(({ name }) => name);
  const wanted = orderOf(plan).flatMap(({ cells }) =>
    cells.flatMap(({ order, ...cell }) =>
      order.filter((name) => !absent.includes(name)).map((implementation) => ({ implementation, ...cell })),
    ),
  );
  const valid = MatrixFolder.read(path)
    .data()
    .runs.filter(({ verdict }) => verdict === "valid");
  expect(valid).toHaveLength(wanted.length);
  for (const each of wanted) expect(valid.filter((found) => Bun.deepMatch(each, found))).toHaveLength(1);
  for (const { clients, responseSeconds } of valid) expect(responseSeconds).toHaveLength(clients);
  for (const { workMs, implementation } of valid) {
    const rows = readFileSync(join(path, `work-${workMs}ms`, `sessions_${implementation}.csv`), "utf8");
    const own = valid.filter((one) => one.workMs === workMs && one.implementation === implementation);
    const sessions = own.reduce((sum, { clients }) => sum + clients, 0);
    expect(rows.trimEnd().split("\n")).toHaveLength(sessions + 1);
  }
}

const reports = (path: string): readonly string[] =>
  ["report.md", "report.html"].map((name) => readFileSync(join(path, name), "utf8"));

describe("the matrix", () => {
  test("measures all of its plan, and makes its report again from its files, byte for byte", async () => {
    const path = join(workspace.folder, "whole");
    const { exitCode, stdout } = await run(...small, "--out", path);
    expect(stdout).toContain(`${path}/report.html`);
    expect(exitCode).toBe(0);
    expectWhole(path);
    const before = reports(path);
    const again = await run("--report", path);
    expect(again.exitCode).toBe(0);
    expect(reports(path)).toEqual(before);
    expect(readdirSync(path).toSorted()).toEqual([
      "manifest.json",
      "report.html",
      "report.md",
      "runs.csv",
      "work-0ms",
      "work-1ms",
    ]);
  }, 60_000);

  test("that is killed goes on where it was, no run lost and none twice, and leaves no server behind", async () => {
    const path = join(workspace.folder, "killed");
    const child = start(...small, "--work", "0", "--only", "raw,python", "--runs", "6", "--out", path);
    await untilRuns(path, 10);
    child.kill("SIGKILL");
    await child.exited;
    await eventually(() => programsWith(join(path, "servers")).length === 0);
    const measured = MatrixFolder.read(path).runs;
    const went = await run("--resume", path);
    expect(went.stderr).toContain(`Going on with ${path}: ${measured.length} runs are there`);
    expect(went.exitCode).toBe(0);
    expectWhole(path);
    const folder = MatrixFolder.read(path);
    expect(folder.runs.slice(0, measured.length)).toEqual([...measured]);
    expect(folder.manifest.resumed).toHaveLength(1);
    expect(readFileSync(join(path, "report.md"), "utf8")).toContain("taken up again");
  }, 60_000);

  test("that is interrupted ends after its run, with a report, and says how to go on", async () => {
    const path = join(workspace.folder, "interrupted");
    const child = start(...small, "--work", "0", "--only", "raw", "--runs", "50", "--out", path);
    await untilRuns(path, 5);
    child.kill("SIGINT");
    expect(await child.stdout.text()).toContain(`--resume ${path}`);
    expect(await child.exited).toBe(130);
    expect(existsSync(join(path, "report.html"))).toBe(true);
    expect(programsWith(join(path, "servers"))).toEqual([]);
  }, 60_000);

  test("does without what is not installed, and says so", async () => {
    const path = join(workspace.folder, "missing");
    const words = [
      "--only",
      "raw,go",
      "--servers",
      "1",
      "--clients",
      "2",
      "--messages",
      "1",
      "--work",
      "0",
      "--runs",
      "1",
      "--cold",
      "--disturbance=99",
    ];
    const child = Bun.spawn([process.execPath, program, ...words, "--out", path], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      env: { ...Bun.env, PATH: "/nowhere" },
    });
    expect(await child.stderr.text()).toContain("MISSING: go: go is not installed");
    expect(await child.exited).toBe(0);
    expect(readFileSync(join(path, "report.md"), "utf8")).toContain("MISSING: Go");
  }, 60_000);

  test("says which port another program has, before anything is begun", async () => {
    const path = join(workspace.folder, "taken");
    const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
    const { exitCode, stderr } = await run(...small, "--only", "raw", "--port", String(taken.port), "--out", path);
    taken.stop(true);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`Cannot use port ${taken.port}`);
    expect(existsSync(path)).toBe(false);
  });

  test("goes on when servers are killed in it: their runs are marked, kept, and repeated", async () => {
    const path = join(workspace.folder, "deaths");
    const plan = ["--servers", "2", "--clients", "2,4", "--messages", "20,40", "--work", "5", "--runs", "2", "--cold"];
    const child = start(...plan, "--only", "raw,python", "--disturbance=99", "--out", path);
    for (const count of [2, 5, 8]) {
      await untilRuns(path, count);
      const [pid] = programsWith(join(path, "servers"));
      if (pid !== undefined) process.kill(pid, "SIGKILL");
    }
    expect(await child.stderr.text()).not.toContain("    at ");
    expect(await child.exited).toBe(0);
    expectWhole(path);
    const { runs } = MatrixFolder.read(path);
    const invalid = runs.filter(({ verdict }) => verdict !== "valid");
    expect(invalid.length).toBeWithin(1, 7);
    expect(new Set(invalid.map(({ verdict }) => verdict))).toEqual(new Set(["died"]));
  }, 60_000);

  test("does not write where something is already, nor where nothing can be written", async () => {
    const path = join(workspace.folder, "full");
    mkdirSync(path);
    writeFileSync(join(path, "mine.txt"), "mine");
    const { exitCode, stderr } = await run(...small, "--out", path);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("it is not empty");
    expect(readdirSync(path)).toEqual(["mine.txt"]);
    expect(await run(...small, "--out", "/proc/matrix")).toMatchObject({ exitCode: 2 });
  });

  test.each([
    [["--runs", "0"], '"0"'],
    [["--runs", "101"], '"101"'],
    [["--only", "correio,rust"], '"rust"'],
    [["--servers", "2,"], '""'],
    [["--clients", "1001"], '"1001"'],
    [["--messages", "many"], '"many"'],
    [["--work", "0.5"], '"0.5"'],
    [["--spread", "thin"], '"thin"'],
    [["--port", "65536"], '"65536"'],
    [["--disturbance=-1"], '"-1"'],
    [["--disturbance", "Infinity"], '"Infinity"'],
    [["--port", "65530", "--servers", "10"], "65536"],
    [["--clients", "1000", "--messages", "100000"], "10000000 messages"],
    [["--resume", "/nowhere", "--report", "/nowhere"], "--report"],
    [["--resume", "/nowhere", "--runs", "3"], "--runs"],
    [["--report", "/nowhere"], "/nowhere"],
  ])("refuses %j before anything is started", async (words, named) => {
    const { exitCode, stderr } = await run(...words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(named);
    expect(stderr).toContain("See --help");
  });

  testCommandLine("matrix.ts", ["--quick", "--resume", "--report", "--spread", "--seed"], ["--fast"]);
});

async function untilRuns(path: string, count: number): Promise<void> {
  await eventually(() => existsSync(join(path, "runs.csv")) && linesOf(join(path, "runs.csv")) > count);
}

const linesOf = (file: string): number => readFileSync(file, "utf8").split("\n").length - 1;

async function eventually(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error("It did not happen within 30 s");
    await Bun.sleep(10);
  }
}
