// The file of the log, as a process of its own writes it: rotation, a folder that is missing, a full disk, kill -9.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = mkdtempSync(join(tmpdir(), "correio-log-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const modules = join(import.meta.dirname, "..");

/** A process of its own runs the steps, which know `log`, `lines` and `clock`. */
function run(folder: string, steps: string, more = "") {
  const script = `
    import { systemClock } from ${JSON.stringify(join(modules, "base/clock.ts"))};
    import { createLog } from ${JSON.stringify(join(modules, "observe/log.ts"))};
    const clock = systemClock;
    const file = { folder: ${JSON.stringify(folder)}, name: "correio.log", bytesMax: 1_000_000, filesMax: 2 ${more} };
    const log = createLog("info", clock, { stderr: false, file });
    const lines = (from, count) => { for (let n = from; n < from + count; n++) log.logger.info({ n }); };
    const told = (text) => new Promise((resolve) =>
      log.view.subscribe((entry) => entry.text.includes(text) && resolve(entry)));
    ${steps}
  `;
  const { exitCode, signalCode, stdout, stderr } = Bun.spawnSync([process.execPath, "-e", script]);
  return { exitCode, signalCode, output: String(stdout), errors: String(stderr) };
}

function numbersIn(folder: string, name = "correio.log"): unknown[] {
  const lines = readFileSync(join(folder, name), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => (JSON.parse(line) as { n?: number }).n);
}

describe("the log's file", () => {
  test("has every line, those from before it was opened too, in a folder that is made for it", () => {
    const folder = join(root, "missing/deeper");
    const { exitCode, errors } = run(folder, "lines(0, 3); log.openFile(); lines(3, 3); await log.close();");
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
    expect(numbersIn(folder)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(statSync(join(folder, "correio.log")).mode & 0o777).toBe(0o600);
  });

  test("is not there before it is opened", () => {
    const folder = join(root, "early");
    expect(run(folder, "lines(0, 3); await log.close();").exitCode).toBe(0);
    expect(existsSync(folder)).toBe(false);
  });

  test("goes on behind what an earlier process wrote", () => {
    const folder = join(root, "again");
    for (const from of [0, 2]) run(folder, `log.openFile(); lines(${from}, 2); await log.close();`);
    expect(numbersIn(folder)).toEqual([0, 1, 2, 3]);
  });

  test("is set aside when it has grown, and so many are kept", () => {
    const folder = join(root, "grown");
    run(folder, "log.openFile(); lines(0, 100); await log.close();", ", bytesMax: 1_000");
    expect(readdirSync(folder).sort()).toEqual(["correio.log", "correio.log.1", "correio.log.2"]);
    const kept = ["correio.log.2", "correio.log.1", "correio.log"].flatMap((name) => numbersIn(folder, name));
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => 100 - kept.length + index));
    expect(statSync(join(folder, "correio.log.1")).size).toBeLessThan(1_100);
  });

  test("has what was written, when the process is killed", () => {
    const folder = join(root, "killed");
    const steps = `const { existsSync, readFileSync } = await import("node:fs");
      const path = ${JSON.stringify(join(folder, "correio.log"))};
      log.openFile(); lines(0, 20);
      const isWritten = () => existsSync(path) && readFileSync(path, "utf8").split("\\n").length > 20;
      while (!isWritten()) await new Promise((resolve) => clock.afterIo(resolve));
      process.kill(process.pid, "SIGKILL");`;
    expect(run(folder, steps).signalCode).toBe("SIGKILL");
    expect(numbersIn(folder)).toHaveLength(20);
  });

  test("that cannot be written costs lines and nothing else: told once, counted, and tried until it can", () => {
    const folder = join(root, "shut");
    mkdirSync(join(folder, "correio.log"), { recursive: true });
    const steps = `
      const failed = told("Cannot write"), again = told("can be written again");
      log.openFile(); lines(0, 5); await failed; lines(5, 5);
      (await import("node:fs")).rmdirSync(${JSON.stringify(join(folder, "correio.log"))});
      const { fields } = await again; lines(10, 2); await log.close();
      console.log(fields.lost, log.view.tail({ limit: 99, contains: "Cannot write" }).items.length);`;
    const { exitCode, output, errors } = run(folder, steps);
    expect({ exitCode, output, errors }).toEqual({ exitCode: 0, output: "11 1\n", errors: "" });
    expect(numbersIn(folder)).toEqual([undefined, 10, 11]);
  });

  test("on a disk that is full loses lines, and the line that was cut hurts none that follows", () => {
    const folder = join(root, "full");
    mkdirSync(folder);
    // A limit on the size of files stands for the disk; it is lifted for the process while it runs.
    const steps = `
      process.on("SIGXFSZ", () => undefined);
      const failed = told("Cannot write"), again = told("can be written again");
      log.openFile(); lines(0, 100); await failed; lines(100, 10);
      Bun.spawnSync(["prlimit", "--fsize=unlimited:unlimited", "--pid", String(process.pid)]);
      const { fields } = await again; lines(110, 2); await log.close();
      console.log(fields.lost > 0);`;
    const limited = `Bun.spawnSync(["prlimit", "--fsize=2000:", "--pid", String(process.pid)]); ${steps}`;
    const { exitCode, output, errors } = run(folder, limited);
    expect({ exitCode, output, errors }).toEqual({ exitCode: 0, output: "true\n", errors: "" });
    const text = readFileSync(join(folder, "correio.log"), "utf8").trimEnd().split("\n");
    expect(text.slice(-2).map((line) => (JSON.parse(line) as { n: number }).n)).toEqual([110, 111]);
  });
});
