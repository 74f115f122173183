// The README's program with actors of its own, as whoever embeds Correio runs it.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import packageFile from "../package.json" with { type: "json" };
import { projectFolder } from "./lib/source-files.ts";

const readme = readFileSync(join(projectFolder, "README.md"), "utf8");
const [, program = ""] = /^```ts\n(import [\s\S]*?correio\/node[\s\S]*?)^```$/m.exec(readme) ?? [];
const folder = mkdtempSync(join(tmpdir(), "correio-embedded-"));
mkdirSync(join(folder, "node_modules"));
symlinkSync(projectFolder, join(folder, "node_modules", "correio"));
writeFileSync(join(folder, "program.ts"), program);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(): Promise<{ readonly output: string; readonly errors: string; readonly exitCode: number }> {
  const child = Bun.spawn([process.execPath, "program.ts"], { cwd: folder, stderr: "pipe" });
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { output, errors, exitCode: await child.exited };
}

describe("the README's program", () => {
  test("asks an actor, keeps what it answered in its own folder, and ends by itself", async () => {
    expect(await run()).toEqual({ output: "2\n", errors: "", exitCode: 0 });
    expect(await run()).toEqual({ output: "4\n", errors: "", exitCode: 0 });
  });
});

describe("what package.json gives to others", () => {
  test.each(Object.entries(packageFile.exports))("%s is there", async (_, path) => {
    expect(Object.keys((await import(join(projectFolder, path))) as object)).not.toEqual([]);
  });
});
