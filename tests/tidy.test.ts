// The house rules that neither the formatter nor the linter checks: sizes, widths, openings, dead files, dead links.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

import {
  findings,
  importsOf,
  isTest,
  isTestAid,
  projectFolder,
  readProject,
  type SourceFile,
  sourceFile,
  topFolders,
} from "./lib/source-files.ts";

const FILE_LINES_MAX = 400;
const RUNTIME_FILE_LINES_MAX = 250;
const FUNCTION_LINES_MAX = 70;
const LINE_COLUMNS_MAX = 120;

/** Files of the engine that are longer than one idea should need, each with its reason. */
const LONG_WITH_REASON: ReadonlyMap<string, string> = new Map([
  ["runtime/core/cell.ts", "one state machine, read in one place; its parts are files of their own already"],
  ["runtime/net/connection.ts", "one state machine, read in one place; its parts are files of their own already"],
  ["runtime/limits.ts", "one list of bounds, each with its unit; nothing happens in it"],
  ["runtime/core/turn.ts", "all that a handler is given, method by method; what they do is in other files"],
]);

/** Programs that are started by path; what none of them and no test reaches is dead. */
const ENTRIES: readonly RegExp[] = [
  /^runtime\/(?:main|mod|node|testing\/relay|zmtp\/mod)\.ts$/,
  /^gateway\/pages\/[^/]+\/main\.tsx$/,
  /^(?:experiments|clients)\/[^/]+\.ts$/,
  /^experiments\/baselines\/[^/]+\.ts$/,
  /^experiments\/lib\/idle-holder\.ts$/,
];

const FORBIDDEN: readonly (readonly [pattern: RegExp, where: "code" | "comments", what: string])[] = [
  [/^export \*(?! as)/gm, "code", "Name what is exported, one by one"],
  [/^(?:export )?let .*/gm, "code", "No state in modules: use a const, or an object somebody owns"],
  [/\b(?:test|it|describe)\.only\b/g, "code", "Other tests would not run"],
  [/\b(?:TODO|FIXME|XXX|HACK)\b.*/g, "comments", "Do it, or say what is missing in an issue"],
];
const SKIP = /\b(?:test|it|describe)\.(?:skip|todo|failing)\b/;
/** A line that begins a function's body; `describe` only groups. */
const FUNCTION_START = /^(?!\s*(?:describe|if|for|while|switch|else|\} else|class)\b).*(?:\)(?:: [^=]+)?|=>) \{$/;

const project = readProject();
const documents = [
  "README.md",
  "CHANGELOG.md",
  "experiments/README.md",
  ...new Bun.Glob("docs/**/*.md").scanSync(projectFolder),
].sort();

describe("every source file", () => {
  test("is short enough to be one idea", () => {
    expect(project.flatMap(sizeProblems)).toEqual([]);
  });

  test(`has no line over ${LINE_COLUMNS_MAX} columns`, () => {
    expect(project.flatMap(widthProblems)).toEqual([]);
  });

  test(`has no function over ${FUNCTION_LINES_MAX} lines`, () => {
    expect(project.flatMap(functionProblems)).toEqual([]);
  });

  test("opens with a comment that says what it is for", () => {
    expect(project.flatMap(openingProblems)).toEqual([]);
  });

  test("keeps to what is forbidden everywhere", () => {
    expect(project.flatMap(forbiddenProblems)).toEqual([]);
  });

  test("says why, where it leaves a test out", () => {
    expect(project.flatMap(skipProblems)).toEqual([]);
  });

  test("is reached from a program, or is an aid that tests use", () => {
    expect(deadFiles(project)).toEqual([]);
  });

  test("exports no function, class or constant that it alone uses", () => {
    expect(needlessExports(project)).toEqual([]);
  });
});

describe("every document", () => {
  test("links only to what exists", () => {
    expect(documents.flatMap((path) => linkProblems(path, readDocument(path)))).toEqual([]);
  });

  test("names only files that exist", () => {
    expect(documents.flatMap((path) => nameProblems(path, readDocument(path)))).toEqual([]);
  });
});

test("each file of the core has its place in the table of docs/architecture.md", () => {
  const [, table = ""] = /^### The core, by subject$([\s\S]*?)^## /m.exec(readDocument("docs/architecture.md")) ?? [];
  expect(coreFilesMissing(project, table)).toEqual([]);
});

describe("the checks can fail: they find", () => {
  test("a file, a line and a function that are one too long", () => {
    expect(sizeProblems(core(repeated(RUNTIME_FILE_LINES_MAX, "x();")))).toEqual([]);
    expect(sizeProblems(core(repeated(RUNTIME_FILE_LINES_MAX + 1, "x();")))).toHaveLength(1);
    expect(sizeProblems(core(repeated(FILE_LINES_MAX + 1, "x();"), "tests/x.ts"))).toHaveLength(1);
    expect(widthProblems(core(`${"é".repeat(LINE_COLUMNS_MAX)}\n${"x".repeat(LINE_COLUMNS_MAX + 1)}`))).toHaveLength(1);
    expect(functionProblems(core(`function f(): void {\n${repeated(FUNCTION_LINES_MAX - 2, "  x();")}}\n`))).toEqual(
      [],
    );
    expect(
      functionProblems(core(`function f(): void {\n${repeated(FUNCTION_LINES_MAX - 1, "  x();")}}\n`)),
    ).toHaveLength(1);
    expect(functionProblems(core(`  async #f(\n  ) {\n${repeated(FUNCTION_LINES_MAX, "    x();")}  }\n`))).toHaveLength(
      1,
    );
  });

  test.each(["import x from 'y';", "// no capital.", "// No end", "/** Doc. */", ""])("the opening %p", (opening) => {
    expect(openingProblems(core(`${opening}\nx();`))).toHaveLength(1);
  });

  test.each(['export * from "./x.ts";', "let count = 0;", 'test.only("x", y);', "x(); // TODO later"])("%s", (code) => {
    expect(forbiddenProblems(core(code))).toHaveLength(1);
    expect(forbiddenProblems(core(`const text = ${JSON.stringify(code)};`))).toEqual([]);
  });

  test("a test left out without a comment above", () => {
    expect(skipProblems(core('x();\ntest.skip("x", y);'))).toHaveLength(1);
    expect(skipProblems(core('// Needs a browser.\ntest.skip("x", y);'))).toEqual([]);
  });

  test("a file that nobody reaches, and one that only its test does", () => {
    const files = [
      core('import "./a.ts";', "runtime/main.ts"),
      core("", "runtime/a.ts"),
      core("", "runtime/dead.ts"),
      core("", "runtime/tested.ts"),
      core("", "runtime/test-aid.ts"),
      core('import "./tested.ts";\nimport "./test-aid.ts";', "runtime/x.test.ts"),
    ];
    expect(deadFiles(files).map((line) => line.split(":")[0])).toEqual(["runtime/dead.ts", "runtime/tested.ts"]);
  });

  test("an export that no other file uses, and a file of the core that the table has not", () => {
    const files = [
      core("export const used = 1;\nexport function alone(): void {}\nexport interface Alone {}", "runtime/core/a.ts"),
      core('import { used } from "./a.ts";\nused;', "runtime/core/b.ts"),
      core('import "./a.ts";\nexport const lone = 1;', "runtime/core/test-c.ts"),
      core("export const alone = 1;", "runtime/core/a.test.ts"),
    ];
    expect(needlessExports(files)).toEqual([
      "runtime/core/a.ts:2: alone is used in this file alone",
      "runtime/core/test-c.ts:2: lone is used in this file alone",
    ]);
    expect(coreFilesMissing(files, "`b.ts`, `old-a.ts`")).toEqual(["runtime/core/a.ts"]);
  });

  test("a dead link and a file that is not there", () => {
    const text =
      "[here](../README.md#top) [gone](gone.md) [out](https://example.org)\n`runtime/gone.ts` `runtime/main.ts`";
    expect(linkProblems("docs/x.md", text)).toEqual(['docs/x.md:1: Dead link "gone.md"']);
    expect(nameProblems("docs/x.md", text)).toEqual(['docs/x.md:2: No such file "runtime/gone.ts"']);
  });
});

function core(text: string, path = "runtime/core/x.ts"): SourceFile {
  return sourceFile(path, text);
}

function repeated(count: number, line: string): string {
  return `${line}\n`.repeat(count);
}

function sizeProblems({ path, text }: SourceFile): readonly string[] {
  const count = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  const isEngine = path.startsWith("runtime/") && !isTest(path);
  const most = isEngine && !LONG_WITH_REASON.has(path) ? RUNTIME_FILE_LINES_MAX : FILE_LINES_MAX;
  return count > most ? [`${path}:${count}: ${count} lines, at most ${most}`] : [];
}

function widthProblems({ path, text }: SourceFile): readonly string[] {
  return text.split("\n").flatMap((line, index) => {
    const columns = [...line].length;
    return columns > LINE_COLUMNS_MAX ? [`${path}:${index + 1}: ${columns} columns`] : [];
  });
}

/** The formatter ends a body with a `}` that stands as far in as the line that begins it. */
function functionProblems({ path, bare }: SourceFile): readonly string[] {
  const lines = bare.split("\n");
  return lines.flatMap((line, start) => {
    if (!FUNCTION_START.test(line)) return [];
    const end = `${indentOf(line)}}`;
    const count = lines.slice(start).findIndex((later) => later.startsWith(end)) + 1;
    return count > FUNCTION_LINES_MAX ? [`${path}:${start + 1}: a function of ${count} lines`] : [];
  });
}

function openingProblems({ path, text }: SourceFile): readonly string[] {
  const lines = text.replace(/^#!.*\n/, "").split("\n");
  const end = lines.findIndex((line) => !line.startsWith("// "));
  const opening = lines.slice(0, Math.max(end, 0)).join(" ");
  return /^\/\/ [\p{Lu}`\d].*[.?]$/u.test(opening)
    ? []
    : [`${path}:1: Open with one sentence: // What this file is for.`];
}

function forbiddenProblems(file: SourceFile): readonly string[] {
  const comments = commentsOf(file);
  return FORBIDDEN.flatMap(([pattern, where, what]) =>
    findings(file, where === "code" ? file.bare : comments, pattern, what),
  );
}

function skipProblems({ path, text, bare }: SourceFile): readonly string[] {
  const lines = text.split("\n");
  return bare.split("\n").flatMap((line, index) => {
    const hasReason = /^\s*(?:\/\/|\*|\/\*\*) ?\S/.test(lines[index - 1] ?? "");
    return SKIP.test(line) && !hasReason ? [`${path}:${index + 1}: Say why in a comment above (${line.trim()})`] : [];
  });
}

function deadFiles(files: readonly SourceFile[]): readonly string[] {
  const paths = files.map((file) => file.path);
  const fromPrograms = reach(
    files,
    paths.filter((path) => ENTRIES.some((entry) => entry.test(path))),
  );
  const fromTests = reach(files, paths.filter(isTest));
  return paths.flatMap((path) => {
    if (isTest(path) || fromPrograms.has(path)) return [];
    if (!fromTests.has(path)) return [`${path}: reached from nowhere`];
    return isTestAid(path) ? [] : [`${path}: reached from tests only, and not named as an aid of tests`];
  });
}

/** Types are exported for who reads a signature, and tests export to the compiler. */
function needlessExports(files: readonly SourceFile[]): readonly string[] {
  const importers = files.map((file) => ({
    targets: new Set(importsOf(file).map(({ target }) => target)),
    words: new Set(file.bare.match(/\w+/g)),
  }));
  const exported = /^export (?:async )?(?:const|function\*?|(?:abstract )?class) (\w+)/gm;
  return files.flatMap(({ path, bare }) => {
    const users = isTest(path) ? [] : importers.filter(({ targets }) => targets.has(path));
    return (isTest(path) ? [] : matches(bare, exported)).flatMap(([name, line]) =>
      users.some(({ words }) => words.has(name)) ? [] : [`${path}:${line}: ${name} is used in this file alone`],
    );
  });
}

function coreFilesMissing(files: readonly SourceFile[], table: string): readonly string[] {
  const inCore = files.map(({ path }) => path).filter((path) => path.startsWith("runtime/core/"));
  return inCore.filter((path) => !isTest(path) && !isTestAid(path) && !table.includes(`\`${posix.basename(path)}\``));
}

function reach(files: readonly SourceFile[], from: readonly string[]): ReadonlySet<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set(from);
  for (const path of reached) {
    const file = byPath.get(path);
    for (const { target } of file === undefined ? [] : importsOf(file)) reached.add(target);
  }
  return reached;
}

function linkProblems(path: string, text: string): readonly string[] {
  return matches(text, /\]\((?!\w+:|#)([^)#\s]+)/g).flatMap(([link, line]) =>
    existsSync(join(projectFolder, posix.dirname(path), link)) ? [] : [`${path}:${line}: Dead link "${link}"`],
  );
}

/** A name with a folder is a path, from the project, `runtime/` or `docs/`; one without is that of some file. */
function nameProblems(path: string, text: string): readonly string[] {
  return matches(text, /`#?((?:[\w.-]+\/)*[\w.-]+\.(?:ts|md|json|toml|html|js|py|go)|(?:[\w.-]+\/)+)`/g).flatMap(
    ([name, line]) => {
      const isPath = name.includes("/");
      if (isPath && name.endsWith("/") && !topFolders.includes(name.split("/")[0] ?? "")) return [];
      const places = isPath ? ["", "runtime", "docs"] : ["", "docs"];
      const exists =
        places.some((place) => existsSync(join(projectFolder, place, name))) ||
        (!isPath && project.some((file) => posix.basename(file.path) === name));
      return exists ? [] : [`${path}:${line}: No such file "${name}"`];
    },
  );
}

function matches(text: string, pattern: RegExp): readonly (readonly [found: string, line: number])[] {
  return [...text.matchAll(pattern)].map((match) => [match[1] ?? "", text.slice(0, match.index).split("\n").length]);
}

/** What `code` has blanked, and only that. */
function commentsOf({ text, code }: SourceFile): string {
  return Array.from(text, (character, index) =>
    character === code[index] && character !== "\n" ? " " : character,
  ).join("");
}

function indentOf(line: string): string {
  return /^ */.exec(line)?.[0] ?? "";
}

function readDocument(path: string): string {
  return readFileSync(join(projectFolder, path), "utf8");
}
