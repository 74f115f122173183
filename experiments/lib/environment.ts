// Where and when a number was taken: without this, it is not a result.

import { readFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { relative } from "node:path";

/** What `bun experiments/all.ts --full` writes, one after the other. */
const KEPT_RESULTS = ["experiments/results", "experiments/README.md"].map((path) => `:(top,exclude)${path}`);

export interface Environment {
  /** As it was typed in the folder that it ran in. */
  readonly command: string;
  readonly date: string;
  /**
   * Abbreviated, with "+" when files differed from it, but for the kept results of other experiments; "none" outside a
   * repository or before the first commit.
   */
  readonly commit: string;
  readonly bun: string;
  readonly cpu: string;
  readonly cores: number;
  readonly kernel: string;
  readonly congestionControl: string;
}

export function describeEnvironment(): Environment {
  const processors = cpus();
  return {
    command: describeCommand(),
    date: new Date().toISOString(),
    commit: describeCommit(),
    bun: Bun.version,
    cpu: processors[0]?.model ?? "unknown",
    cores: processors.length,
    kernel: release(),
    congestionControl: readFileSync("/proc/sys/net/ipv4/tcp_congestion_control", "latin1").trim(),
  };
}

export function renderEnvironment(environment: Environment): string {
  const { date, commit, bun, cpu, cores, kernel, congestionControl } = environment;
  return [
    environment.command,
    `${date} · commit ${commit} · Bun ${bun} · ${cores} × ${cpu} · Linux ${kernel} · TCP ${congestionControl}`,
  ].join("\n");
}

function describeCommand(): string {
  const [, program = "", ...words] = process.argv;
  return ["bun", relative(process.cwd(), program), ...words].map(quoted).join(" ");
}

export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function describeCommit(): string {
  const commit = git("rev-parse", "--short", "HEAD");
  if (commit === undefined) return "none";
  return git("status", "--porcelain", "--", ":/", ...KEPT_RESULTS) === "" ? commit : `${commit}+`;
}

function git(...words: string[]): string | undefined {
  if (Bun.which("git") === null) return undefined;
  const result = Bun.spawnSync(["git", ...words], { cwd: import.meta.dirname, stderr: "ignore" });
  return result.success ? result.stdout.toString().trim() : undefined;
}
