// A disk that fills up in the middle of a line and is emptied again, acted by a limit for the size of files.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "correio-full-"));
const path = join(folder, "rows.csv");
const line = "a line of thirty octets, whole\n";
const capBytes = 1_024;

/** Appends a hundred lines, and once told to, lets the second before the next try pass and closes. */
const program = `
const path = ${JSON.stringify(path)};
import { AppendFile } from ${JSON.stringify(join(import.meta.dirname, "append-file.ts"))};
const retries = [];
const clock = { after: (_, callback) => { retries.push(callback); return () => undefined; } };
const codes = [];
const file = new AppendFile({ path, header: "rows\\n", clock, onFailure: (error) => codes.push(error.code) });
file.open();
for (let count = 0; count < 100; count++) file.append(${JSON.stringify(line)});
file.flush();
console.log(JSON.stringify({ ...file.stats, codes }));
process.stdin.once("data", () => {
  for (const retry of retries.splice(0)) retry();
  const unwritten = file.close();
  console.log(JSON.stringify({ ...file.stats, unwritten }));
  process.exit(0);
});
`;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function* linesOf(output: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let text = "";
  for await (const chunk of output) {
    text += new TextDecoder().decode(chunk);
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}

describe("a disk that is full", () => {
  // Without prlimit, which is in util-linux, the limit of a running process cannot be lifted.
  test.skipIf(Bun.which("prlimit") === null)("tears a line, which is made whole when there is room again", async () => {
    const script = join(folder, "program.ts");
    writeFileSync(script, program);
    const shell = `trap "" XFSZ; ulimit -S -f ${capBytes / 512}; exec "$0" "$1"`;
    const child = Bun.spawn(["sh", "-c", shell, process.execPath, script], { stdin: "pipe", stdout: "pipe" });
    const output = linesOf(child.stdout);
    const written = Math.floor((capBytes - "rows\n".length) / line.length);
    const full = await output.next();
    expect(JSON.parse(full.value ?? "")).toEqual({ lines: written, failures: 1, lost: 0, codes: ["EFBIG"] });
    expect(readFileSync(path)).toHaveLength(capBytes);

    Bun.spawnSync(["prlimit", "--pid", String(child.pid), "--fsize=unlimited:"]);
    child.stdin.write("go\n");
    await child.stdin.end();
    const emptied = await output.next();
    expect(JSON.parse(emptied.value ?? "")).toEqual({ lines: 100, failures: 1, lost: 0, unwritten: 0 });
    expect(readFileSync(path, "utf8")).toBe(`rows\n${line.repeat(100)}`);
    expect(await child.exited).toBe(0);
  });
});
