// Where a number was taken: the command stands as it was typed.

import { expect, test } from "bun:test";
import { join } from "node:path";

import { describeEnvironment } from "./environment.ts";

test("the command is what was typed, with a relative path, and quotes where a shell needs them", () => {
  const program = join(import.meta.dirname, "stand-in-program.ts");
  const code = `process.argv.splice(1, 99, ${JSON.stringify(program)}, "--only", "a,b", "two words", "it's");
    const { describeEnvironment } = await import("./environment.ts"); console.log(describeEnvironment().command)`;
  const { stdout } = Bun.spawnSync([process.execPath, "-e", code], { cwd: import.meta.dirname });
  expect(stdout.toString()).toBe(`bun stand-in-program.ts --only a,b 'two words' 'it'\\''s'\n`);
});

test("the commit is one of this repository, or none", () => {
  expect(describeEnvironment().commit).toMatch(/^(?:[0-9a-f]{7,}\+?|none)$/);
});
