// The list of experiments is whole, their results are kept as they should be, and the table says what those say.

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { EXPERIMENTS, fullWords, RESULTS_FOLDER, smallWords } from "./lib/experiment-list.ts";
import { readResult, withTable } from "./lib/results-table.ts";
import { testCommandLine } from "./lib/test-command-line.ts";

const projectFolder = join(import.meta.dirname, "..");
const document = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
const names = EXPERIMENTS.map(({ name }) => name);

const run = (...words: readonly string[]) =>
  Bun.spawnSync([process.execPath, ...words], { cwd: projectFolder, stdin: "ignore" });

/** Names of files without their ending. */
const namesIn = (pattern: string): readonly string[] =>
  [...new Bun.Glob(pattern).scanSync(projectFolder)].map((path) => path.replace(/^.*\/|\.\w+$/g, "")).sort();

describe("the list of experiments", () => {
  test("has every program in experiments/", () => {
    const programs = namesIn("experiments/*.ts").filter((name) => !name.endsWith(".test") && name !== "all");
    expect([...names].sort()).toEqual([...programs]);
  });

  test.each(EXPERIMENTS.filter(({ full }) => full !== undefined).map((each) => [each.name, each] as const))(
    "%s says how its result is kept, and refuses a place where none can be before it measures",
    (_, experiment) => {
      const [program = "", ...words] = smallWords(experiment);
      expect(run(program, "--help").stdout.toString()).toContain("--result FILE");
      const { exitCode, stdout, stderr } = run(program, ...words, "--result", "no/such/folder.json");
      expect(stderr.toString()).toBe(
        'Cannot write "no/such/folder.json": ENOENT: no such file or directory\nSee --help\n',
      );
      expect([exitCode, stdout.toString()]).toEqual([2, ""]);
    },
  );
});

describe("the results", () => {
  test("belong to experiments of the list", () => {
    expect(namesIn(`${RESULTS_FOLDER}/*`).filter((name) => !names.includes(name))).toEqual([]);
  });

  test.each(names.map((name) => [name]))("%s: is whole, made by its program, and in the table", (name) => {
    const result = readResult(projectFolder, name);
    if (result === undefined) return;
    const [program] = fullWords(EXPERIMENTS.find((each) => each.name === name)!) ?? [];
    expect(result.name).toBe(name);
    expect(result.command).toStartWith(`bun ${program}`);
    expect(result.command).toEndWith(` --result ${RESULTS_FOLDER}/${name}.json`);
    expect(document).toContain(`\`${result.command}\``);
  });

  test("are what the table in experiments/README.md says: bun experiments/all.ts --table", () => {
    expect(document).toBe(withTable(document, EXPERIMENTS, projectFolder));
  });
});

describe("all experiments", () => {
  test("are run one by one, and counted", () => {
    const { exitCode, stdout } = run("experiments/all.ts", "--only", "datagrams");
    expect(stdout.toString()).toMatch(/^datagrams +… passed, .* s\n[\s\S]*\n1 passed; \d+ s\n$/);
    expect(exitCode).toBe(0);
  });
});

testCommandLine("all.ts", ["--only", "--full", "--table"], ["--only=nothing", "--nothing", "nothing"]);
