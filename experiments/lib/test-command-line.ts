// What the command line of an experiment has to do, as tests: it lists its flags, and says what is wrong with others.

import { describe, expect, test } from "bun:test";
import { join } from "node:path";

const experimentsFolder = join(import.meta.dirname, "..");

/** `program` is a file of the experiments' folder; each word of `wrong` alone is one that it cannot begin with. */
export function testCommandLine(program: string, flags: readonly string[], wrong: readonly string[]): void {
  const run = (word: string) =>
    Bun.spawnSync([process.execPath, join(experimentsFolder, program), word], { stdin: "ignore" });

  describe("its command line", () => {
    test("lists its flags", () => {
      const { exitCode, stdout } = run("--help");
      expect(exitCode).toBe(0);
      for (const flag of flags) expect(stdout.toString()).toContain(flag);
    });

    test.each(wrong.map((word) => [word]))("says what is wrong with %s", (word) => {
      const { exitCode, stderr } = run(word);
      expect(exitCode).toBe(2);
      expect(stderr.toString()).toContain("See --help");
    });
  });
}
