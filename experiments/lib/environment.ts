// Where and when a number was taken: without this, it is not a result.

import { readFileSync } from "node:fs";
import { cpus, release } from "node:os";

export interface Environment {
  readonly command: string;
  readonly date: string;
  /** Abbreviated, with "+" when files differed from it; "none" outside a repository or before the first commit. */
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
    command: ["bun", ...process.argv.slice(1)].join(" "),
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

function describeCommit(): string {
  const commit = git("rev-parse", "--short", "HEAD");
  if (commit === undefined) return "none";
  return git("status", "--porcelain") === "" ? commit : `${commit}+`;
}

function git(...words: string[]): string | undefined {
  if (Bun.which("git") === null) return undefined;
  const result = Bun.spawnSync(["git", ...words], { cwd: import.meta.dirname, stderr: "ignore" });
  return result.success ? result.stdout.toString().trim() : undefined;
}
