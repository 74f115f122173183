// The README's program with actors of its own, as whoever embeds Correio runs it.
import { afterAll, describe, expect, test } from "bun:test";
import { lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import packageFile from "../package.json" with { type: "json" };
import { projectFolder } from "./lib/source-files.ts";

const readme = readFileSync(join(projectFolder, "README.md"), "utf8");
const [, program = ""] = /^```ts\n(import [\s\S]*?correio\/node[\s\S]*?)^```$/m.exec(readme) ?? [];
const folder = mkdtempSync(join(tmpdir(), "correio-embedded-"));
const [, scheme = ""] = /`bun add (\w+:)\.\.\/correio`/.exec(readme) ?? [];
writeFileSync(join(folder, "package.json"), "{}");
writeFileSync(join(folder, "program.ts"), program);
Bun.spawnSync([process.execPath, "add", `${scheme}${projectFolder}`], { cwd: folder });

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

describe("the README's `bun add`", () => {
  test("makes a link: no copy of the clone that grows old, and none of its data", () => {
    expect(lstatSync(join(folder, "node_modules", "correio")).isSymbolicLink()).toBe(true);
  });
});

describe("what package.json gives to others", () => {
  test.each(Object.entries(packageFile.exports))("%s is there", async (_, path) => {
    expect(Object.keys((await import(join(projectFolder, path))) as object)).not.toEqual([]);
  });
});
