// Appending whole lines: over restarts, torn ends, folders that are not there, and files that take nothing.
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { AppendFile } from "./append-file.ts";

const folder = mkdtempSync(join(tmpdir(), "correio-append-"));
const header = "name,count\n";

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(path: string, options: { header?: string; failures?: unknown[] } = {}) {
  const clock = new FakeClock();
  const onFailure = (error: unknown): void => void options.failures?.push(error);
  const file = new AppendFile({ path, header: options.header ?? header, clock, onFailure });
  file.open();
  return { clock, file };
}

const paths = { made: 0 };
const newPath = (...folders: string[]): string => join(folder, ...folders, `${++paths.made}.csv`);
const contentOf = (path: string): string => readFileSync(path, "utf8");

describe("an append file", () => {
  test("makes its folders and begins with its header", () => {
    const path = newPath("not", "there", "yet");
    open(path).file.close();
    expect(contentOf(path)).toBe(header);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  });

  test("writes its header once over any number of restarts", () => {
    const path = newPath();
    for (const line of ["a,1\n", "b,2\n", "c,3\n"]) {
      const { file } = open(path);
      file.append(line);
      expect(file.close()).toBe(0);
    }
    expect(contentOf(path)).toBe(`${header}a,1\nb,2\nc,3\n`);
  });

  test("has a thousand appended lines in the file after one flush, in order, and none before", () => {
    const path = newPath();
    const { file } = open(path);
    const lines = Array.from({ length: 1_000 }, (_, index) => `joão ${index},${index}\n`);
    for (const line of lines) file.append(line);
    expect(contentOf(path)).toBe(header);
    expect(file.stats.lines).toBe(0);
    file.flush();
    expect(contentOf(path)).toBe(header + lines.join(""));
    expect(file.stats).toEqual({ lines: 1_000, failures: 0, lost: 0 });
    file.close();
  });

  test("is set aside when it has grown beyond its bound, and begun anew with its header", () => {
    const path = newPath();
    const file = new AppendFile({ path, header, clock: new FakeClock(), bytesMax: 30, onFailure: () => undefined });
    file.open();
    for (const line of ["first,1\n", "second,2\n", "third,3\n", "fourth,4\n"]) {
      file.append(line);
      file.flush();
    }
    file.close();
    expect(contentOf(`${path}.1`)).toBe(`${header}first,1\nsecond,2\nthird,3\n`);
    expect(contentOf(path)).toBe(`${header}fourth,4\n`);
  });

  test("flushes nothing when nothing was appended, and writes what is left when it is closed", () => {
    const path = newPath();
    const { file } = open(path);
    file.flush();
    file.append("last,1\n");
    expect(file.close()).toBe(0);
    expect(contentOf(path)).toBe(`${header}last,1\n`);
    expect(file.stats.lines).toBe(1);
  });
});

describe("a file that a crash left behind", () => {
  test.each([
    ["a torn last line", `${header}a,1\nb,`, `${header}a,1\n`],
    ["a torn first line", `${header}a`, header],
    ["a torn header", "name,co", header],
    ["a torn line longer than any block", `${header}a,1\n${"x".repeat(60_000)}`, `${header}a,1\n`],
    ["nothing", "", header],
    ["whole lines only", `${header}a,1\n`, `${header}a,1\n`],
    ["many lines and a torn one", header + "a,1\n".repeat(50_000) + "b", header + "a,1\n".repeat(50_000)],
  ])("with %s goes on with whole lines", (_, before, kept) => {
    const path = newPath();
    writeFileSync(path, before);
    const { file } = open(path);
    file.append("new,9\n");
    file.close();
    expect(contentOf(path)).toBe(`${kept}new,9\n`);
  });
});

describe("a path that cannot be written", () => {
  test("that is a folder, or lies below a file, is an error that names it", () => {
    expect(() => open(folder)).toThrow("EISDIR");
    const path = newPath();
    writeFileSync(path, "");
    expect(() => open(join(path, "below.csv"))).toThrow(path);
  });

  // Root may write whatever the permissions say.
  test.skipIf(process.getuid?.() === 0)("that is read-only is an error at once, not at the first line", () => {
    const path = newPath();
    writeFileSync(path, header);
    chmodSync(path, 0o400);
    expect(() => open(path)).toThrow("EACCES");
  });

  test("on a full disk cannot take the header: an error at once", () => {
    expect(() => open("/dev/full")).toThrow("ENOSPC");
  });
});

/** `/dev/full` answers every write with ENOSPC, as a full disk does; without a header it can be opened. */
const openFull = (failures: unknown[] = []) => open("/dev/full", { header: "", failures });

describe("a file that takes nothing", () => {
  test("keeps its lines, reports each failure, and tries again after a second, not at each flush", async () => {
    const failures: unknown[] = [];
    const { file, clock } = openFull(failures);
    file.append("a,1\n");
    file.flush();
    expect(failures).toHaveLength(1);
    expect(String(failures[0])).toContain("ENOSPC");
    file.append("b,2\n");
    file.flush();
    expect(failures).toHaveLength(1);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(limits.ledgerRetryMs - 1);
    expect(failures).toHaveLength(1);
    await clock.advance(1);
    expect(failures).toHaveLength(2);
    expect(clock.pendingTimers).toBe(1);
    expect(file.stats).toEqual({ lines: 0, failures: 2, lost: 0 });
    expect(file.close()).toBe(2);
  });

  test("says when it is closed how many lines it never took, and tries no more", () => {
    const { file, clock } = openFull();
    for (let line = 0; line < 3; line++) file.append(`${line}\n`);
    file.flush();
    expect(file.close()).toBe(3);
    expect(clock.pendingTimers).toBe(0);
  });

  test("holds lines up to the bound in bytes; the line past it is lost and counted", () => {
    const { file } = openFull();
    const line = `${"é".repeat(512 * 1_024 - 1)}x\n`;
    expect(Buffer.byteLength(line) * 8).toBe(limits.ledgerPendingBytesMax);
    for (let count = 0; count < 8; count++) file.append(line);
    expect(file.stats.lost).toBe(0);
    file.append("\n");
    expect(file.stats.lost).toBe(1);
    file.flush();
    file.append("\n");
    expect(file.stats.lost).toBe(2);
    expect(file.close()).toBe(8);
  });
});

describe("a file that others touch", () => {
  test("that begins with another header is refused, and left as it is", () => {
    const path = newPath();
    writeFileSync(path, "a;b;c\n1;2;3\n");
    expect(() => open(path)).toThrow("begins with another header");
    expect(contentOf(path)).toBe("a;b;c\n1;2;3\n");
  });

  test("that is removed is begun anew with its header, and somebody hears of it", () => {
    const path = newPath();
    const problems: unknown[] = [];
    const { file } = open(path, { failures: problems });
    unlinkSync(path);
    file.append("row\n");
    file.flush();
    expect(contentOf(path)).toBe(`${header}row\n`);
    expect(String(problems[0])).toContain("was removed");
  });

  test("takes nothing once it is closed: a late line is counted as lost", () => {
    const { file } = open(newPath());
    file.close();
    file.append("late\n");
    file.flush();
    expect(file.stats.lost).toBe(1);
  });
});

test("of several processes that start together on new files one writes the header of each", async () => {
  const [first, go] = [newPath(), newPath()];
  const pathAt = (index: number): string => `${first}.${index}`;
  const source = `
    import { existsSync } from "node:fs";
    import { AppendFile } from ${JSON.stringify(join(import.meta.dirname, "append-file.ts"))};
    import { systemClock } from ${JSON.stringify(join(import.meta.dirname, "../base/clock.ts"))};
    process.stdout.write("ready");
    while (!existsSync(${JSON.stringify(go)}));
    for (let index = 0; index < 20; index++) {
      const path = ${JSON.stringify(first)} + "." + index;
      const file = new AppendFile({ path, header: "h\\n", clock: systemClock, onFailure: console.error });
      file.open();
      file.append("row\\n");
      file.flush();
    }`;
  const children = Array.from({ length: 4 }, () => Bun.spawn([process.execPath, "-e", source]));
  await Promise.all(children.map((child) => child.stdout.getReader().read()));
  writeFileSync(go, "");
  expect(await Promise.all(children.map((child) => child.exited))).toEqual([0, 0, 0, 0]);
  for (let index = 0; index < 20; index++) expect(contentOf(pathAt(index))).toBe(`h\n${"row\n".repeat(4)}`);
});
