// Who may import whom, and who may ask what time it is: the table of the design as a test.
import { describe, expect, test } from "bun:test";
import { posix } from "node:path";

import {
  findings,
  type Import,
  importsOf,
  isTest,
  isTestAid,
  readProject,
  type SourceFile,
  sourceFile,
} from "./lib/source-files.ts";

interface Rule {
  /** A file, or a folder with `/` at its end. The first rule that fits a file is its rule. */
  readonly files: string;
  /** Files and folders of the project. */
  readonly may: readonly string[];
  /** Without disk, sockets or process: neither Node's modules nor Bun's. */
  readonly pure?: boolean;
}

const LEAVES: readonly string[] = ["runtime/base/", "runtime/limits.ts"];
const LIMITS_BY_FAMILY: readonly string[] = ["runtime/messaging-limits.ts", "runtime/observe-limits.ts"];
/** What of the core bytes and sockets may know: what it needs of them, what can go wrong, how messages look. */
const CORE_EDGE: readonly string[] = ["ports", "stored", "errors", "shape"].map((name) => `runtime/core/${name}.ts`);
const EVERYTHING: readonly string[] = ["runtime/", "actors/", "gateway/"];

const RULES: readonly Rule[] = [
  { files: "runtime/main.ts", may: ["runtime/"] },
  { files: "runtime/server.ts", may: EVERYTHING },
  { files: "runtime/system-start.ts", may: ["runtime/", "actors/"] },
  { files: "runtime/observers.ts", may: ["runtime/"], pure: true },
  { files: "runtime/mod.ts", may: ["runtime/core/", "runtime/wire/", ...LEAVES], pure: true },
  { files: "runtime/limits.ts", may: LIMITS_BY_FAMILY, pure: true },
  ...LIMITS_BY_FAMILY.map((files): Rule => ({ files, may: [], pure: true })),
  {
    files: "runtime/config.ts",
    may: ["runtime/settings.ts", "runtime/setting-values.ts", "runtime/messaging-config.ts"],
  },
  { files: "runtime/settings.ts", may: LEAVES, pure: true },
  { files: "runtime/node-files.ts", may: ["runtime/"] },
  { files: "runtime/passwords.ts", may: LEAVES },
  { files: "runtime/timer-slack.ts", may: [] },
  { files: "runtime/quiet-collector.ts", may: LEAVES, pure: true },
  { files: "runtime/certificates.ts", may: [...LEAVES, "runtime/storage/owner-alone.ts"] },
  { files: "runtime/text-services.ts", may: ["runtime/"] },
  { files: "runtime/match-services.ts", may: ["runtime/"] },
  { files: "runtime/announce.ts", may: ["runtime/"], pure: true },
  {
    files: "runtime/setting-values.ts",
    may: [...LEAVES, "runtime/settings.ts", "runtime/server-address.ts", "runtime/wire/host-address.ts"],
  },
  { files: "runtime/messaging-config.ts", may: ["runtime/settings.ts"] },
  { files: "runtime/messaging-services.ts", may: ["runtime/"] },
  { files: "runtime/messaging-start.ts", may: ["runtime/"], pure: true },
  { files: "runtime/joined-worker.ts", may: ["runtime/"], pure: true },
  { files: "runtime/server-port.ts", may: ["runtime/"] },
  { files: "runtime/messaging-listeners.ts", may: ["runtime/"] },
  { files: "runtime/publication-proxy.ts", may: ["runtime/"], pure: true },
  { files: "runtime/server-address.ts", may: ["runtime/wire/"], pure: true },
  { files: "runtime/server-links.ts", may: ["runtime/"], pure: true },
  { files: "runtime/administration-links.ts", may: ["runtime/"], pure: true },
  { files: "runtime/gateway-parts.ts", may: [...EVERYTHING, "package.json"], pure: true },
  { files: "runtime/domain/", may: EVERYTHING, pure: true },
  { files: "runtime/live-limits.ts", may: ["runtime/"], pure: true },
  { files: "runtime/process-parts.ts", may: ["runtime/"], pure: true },
  { files: "runtime/ledger-download.ts", may: ["runtime/"] },
  { files: "runtime/servers-view.ts", may: ["runtime/"], pure: true },
  { files: "runtime/services.ts", may: ["runtime/"] },
  { files: "runtime/connections.ts", may: ["runtime/"], pure: true },
  { files: "runtime/match-listeners.ts", may: ["runtime/"] },
  { files: "runtime/listeners.ts", may: ["runtime/"] },
  { files: "runtime/node.ts", may: ["runtime/"] },
  { files: "runtime/base/", may: [], pure: true },
  { files: "runtime/core/", may: LEAVES, pure: true },
  { files: "runtime/wire/", may: [...LEAVES, ...CORE_EDGE], pure: true },
  { files: "runtime/datagrams/checksum.ts", may: LEAVES },
  { files: "runtime/datagrams/deflate.ts", may: LEAVES },
  { files: "runtime/datagrams/secrets.ts", may: LEAVES },
  { files: "runtime/datagrams/", may: [...LEAVES, "runtime/core/errors.ts"], pure: true },
  { files: "runtime/storage/", may: [...LEAVES, "runtime/core/"] },
  { files: "runtime/observe/", may: [...LEAVES, "runtime/core/"] },
  {
    files: "runtime/net/",
    may: [...LEAVES, "runtime/wire/", "runtime/datagrams/", ...CORE_EDGE, "runtime/core/ref.ts"],
  },
  {
    files: "runtime/zmtp/",
    may: [...LEAVES, "runtime/wire/", "runtime/net/", ...CORE_EDGE, "runtime/core/scheduler.ts"],
  },
  { files: "runtime/testing/", may: ["runtime/"] },
  { files: "runtime/", may: [] },
  { files: "actors/", may: ["runtime/mod.ts"], pure: true },
  {
    files: "gateway/",
    may: [
      "runtime/mod.ts",
      ...["view", "live-view", "log-view", "process-view"].map((name) => `runtime/observe/${name}.ts`),
      "runtime/net/web-socket-port.ts",
      "actors/",
    ],
  },
  { files: "experiments/", may: EVERYTHING },
  { files: "clients/", may: EVERYTHING },
  { files: "tests/", may: [...EVERYTHING, "package.json"] },
];

/** What the tests of a folder may import beyond its rule. */
const TESTS_MAY: readonly Rule[] = [
  { files: "runtime/", may: ["runtime/"] },
  { files: "actors/", may: ["runtime/testing/"] },
  { files: "gateway/", may: ["runtime/testing/"] },
];

/** Experiments measure through its relay. */
const TESTING_KIT = "runtime/testing/mod.ts";
const NOBODY_IMPORTS = "experiments/, clients/ and tests are imported by nobody";
const WALL_CLOCK = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b/g;
const LOOP_TIME =
  /\b(?:performance\.now|Bun\.(?:nanoseconds|sleep\w*)|setTimeout|setInterval|setImmediate|queueMicrotask)\b/g;
const PROCESS = /\bprocess\b(?!\.env)(?=[.[])/g;
const ENVIRONMENT = /\bprocess\s*\.\s*env\b|\b(?:Bun|import\.meta)\.env\b/g;

const project = readProject();

describe("the architecture", () => {
  test("a file imports only what its folder may", () => {
    expect(project.flatMap(importProblems)).toEqual([]);
  });

  test("there is no import cycle, type imports included", () => {
    expect(cycles(project)).toEqual([]);
  });

  test("time, randomness and the process are reached only where the design says", () => {
    expect(project.flatMap(ambientProblems)).toEqual([]);
  });

  test("every folder has a rule", () => {
    expect(project.filter((file) => ruleOf(file.path) === undefined).map((file) => file.path)).toEqual([]);
  });
});

describe("the checks can fail: they find", () => {
  test.each([
    ["runtime/core/x.ts", "../net/connection.ts"],
    ["runtime/core/x.ts", "node:fs"],
    ["runtime/base/x.ts", "../limits.ts"],
    ["runtime/wire/x.ts", "../core/system.ts"],
    ["runtime/datagrams/x.ts", "node:zlib"],
    ["runtime/datagrams/x.ts", "../net/connection.ts"],
    ["runtime/storage/x.ts", "../observe/log.ts"],
    ["runtime/config.ts", "#actors/catalog.ts"],
    ["actors/room/x.ts", "#runtime/core/system.ts"],
    ["actors/room/x.ts", "#runtime/testing/fake-clock.ts"],
    ["actors/room/x.ts", "node:net"],
    ["gateway/x.ts", "#runtime/net/connection.ts"],
    ["gateway/x.ts", "../actors/catalog.ts"],
    ["clients/x.ts", "../experiments/lib/table.ts"],
    ["runtime/core/x.ts", "./cell.test.ts"],
    ["gateway/x.ts", "./stand-in.ts"],
    ["runtime/observe/x.ts", "../testing/fake-clock.ts"],
    ["experiments/x.ts", "#runtime/testing/fake-clock.ts"],
  ])("%s importing %s", (path, name) => {
    expect(planted(path, name)).toHaveLength(1);
    expect(planted(path, name)[0]).toStartWith(`${path}:2: `);
  });

  test("a re-export, a dynamic import and a bare import", () => {
    const text = 'export * from "../net/a.ts";\nconst b = await import("../net/b.ts");\nimport "../net/c.ts";\n';
    expect(importProblems(sourceFile("runtime/core/x.ts", text))).toHaveLength(3);
  });

  test("a cycle of three files, once", () => {
    const files = [
      sourceFile("runtime/core/a.ts", 'import type { B } from "./b.ts";'),
      sourceFile("runtime/core/b.ts", 'export { c } from "./c.ts";'),
      sourceFile("runtime/core/c.ts", 'import { a } from "#runtime/core/a.ts";'),
    ];
    expect(cycles(files)).toEqual(["runtime/core/a.ts → runtime/core/b.ts → runtime/core/c.ts → runtime/core/a.ts"]);
  });

  test.each([
    ["runtime/core/x.ts", "setTimeout(stop, 1)"],
    ["runtime/core/x.ts", "process.exit(1)"],
    ["runtime/net/x.ts", "Date.now()"],
    ["gateway/x.ts", "Math.random()"],
    ["clients/x.ts", 'process.env["HOME"]'],
    ["actors/x.ts", "performance.now()"],
  ])("in %s: %s", (path, code) => {
    expect(ambientProblems(sourceFile(path, `// A file.\nconst x = ${code};\n`))).toHaveLength(1);
    expect(ambientProblems(sourceFile(path, `// ${code}\nconst x = \`${code}\`;\n`))).toEqual([]);
  });
});

function planted(path: string, name: string): readonly string[] {
  return importProblems(sourceFile(path, `// A file.\nimport type {\n  X,\n} from "${name}";\n`));
}

function importProblems(file: SourceFile): readonly string[] {
  return importsOf(file).flatMap((found) => {
    const why = whyNot(file.path, found);
    return why === undefined ? [] : [`${file.path}:${found.line}: Cannot import "${found.name}": ${why}`];
  });
}

function whyNot(path: string, { name, target }: Import): string | undefined {
  const folder = topOf(path);
  const isProjectFile = name.startsWith("#") || name.startsWith(".");
  const rule = ruleOf(path);
  if (!isProjectFile) {
    const isAmbient = name === "bun" || name.startsWith("node:") || name.startsWith("bun:");
    return rule?.pure === true && isAmbient && !isTest(path)
      ? `${rule.files} has no disk, sockets or process`
      : undefined;
  }
  if (isTest(target)) return "a test is imported by nobody";
  if (name.startsWith(".")) {
    const isPackageFile = target === "package.json" && covers(rule?.may ?? [], target);
    if (topOf(target) !== folder && !isPackageFile) return "a relative import never leaves a top-level folder";
  }
  if (folder !== topOf(target) && ["experiments", "clients", "tests"].includes(topOf(target))) return NOBODY_IMPORTS;
  const isKit = folder === "experiments" && target === TESTING_KIT;
  if (isTestAid(target) && !isKit && !isTest(path) && !isTestAid(path)) return "it is there for tests";
  const ownFolder = rule?.files.endsWith("/") === true && rule.files !== "runtime/" ? [rule.files] : [];
  if (covers([...ownFolder, ...allowed(path)], target)) return undefined;
  return `it is not among what ${rule?.files ?? path} may import`;
}

function allowed(path: string): readonly string[] {
  const more =
    isTest(path) || isTestAid(path)
      ? TESTS_MAY.filter((rule) => covers([rule.files], path)).flatMap((rule) => rule.may)
      : [];
  return [...(ruleOf(path)?.may ?? []), ...more];
}

function ruleOf(path: string): Rule | undefined {
  return RULES.find((rule) => covers([rule.files], path));
}

function covers(places: readonly string[], path: string): boolean {
  return places.some((place) => path === place || (place.endsWith("/") && path.startsWith(place)));
}

function topOf(path: string): string {
  return path.split("/", 1)[0] ?? path;
}

/** Each way round a cycle once, starting at its first file in alphabetical order. */
function cycles(files: readonly SourceFile[]): readonly string[] {
  const known = new Map(files.map((file) => [file.path, importsOf(file).map((found) => found.target)]));
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.add(asText(trail.slice(start)));
    if (start >= 0 || done.has(path)) return;
    for (const target of known.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of known.keys()) visit(path, []);
  return [...found].sort();
}

function asText(cycle: readonly string[]): string {
  const first = cycle.indexOf(cycle.toSorted()[0] as string);
  const turned = [...cycle.slice(first), ...cycle.slice(0, first)];
  return [...turned, turned[0]].join(" → ");
}

/**
 * Tests and programs that measure may look at the machine, and pages have only the browser's clock; of the rest, only a
 * settings file reads the environment.
 */
function ambientProblems(file: SourceFile): readonly string[] {
  const { path, bare } = file;
  if (isTest(path) || isTestAid(path) || covers(["experiments/", "gateway/pages/"], path)) return [];
  const isEngine = covers(["runtime/", "actors/"], path);
  const isClock = path === "runtime/base/clock.ts" || path === "runtime/base/random.ts";
  const ownsProcess = covers(
    ["runtime/main.ts", "runtime/server.ts", "runtime/system-start.ts", "runtime/config.ts", "runtime/observe/"],
    path,
  );
  const problems: (readonly string[])[] = [];
  if (!isClock) problems.push(findings(file, bare, WALL_CLOCK, "Time and chance come from base/clock.ts"));
  if (isEngine && !isClock) problems.push(findings(file, bare, LOOP_TIME, "Waiting is what base/clock.ts is for"));
  if (isEngine && !ownsProcess) problems.push(findings(file, bare, PROCESS, "The process belongs to main.ts"));
  if (posix.basename(path) !== "config.ts")
    problems.push(findings(file, bare, ENVIRONMENT, "Only config.ts reads this"));
  return problems.flat();
}
