// How fast are actors, and how small? Correio beside bare Bun doing the same work, and beside nact, XState and Erlang.

import { statfsSync } from "node:fs";
import { parseArgs } from "node:util";

import { parseNames, parsePositive, runCommandLine } from "./lib/command-line.ts";
import { describeEnvironment } from "./lib/environment.ts";
import { compareMailboxes, type RowSamples, type SubjectSample } from "./lib/mailbox-comparison.ts";
import {
  hasRow,
  type MissingSubject,
  prepareSubject,
  subjectNames,
  type SubjectProgram,
  takeSample,
} from "./lib/mailbox-programs.ts";
import {
  concludeMailbox,
  type MailboxParameters,
  type MailboxReport,
  renderMailbox,
  titleOf,
} from "./lib/mailbox-report.ts";
import { isVerified, type MailboxSample, type Row, rowKinds } from "./lib/mailbox-rows.ts";
import { createWorkspace, type Workspace } from "./lib/program.ts";
import { openResult, RESULT_FLAG } from "./lib/result.ts";

export interface MailboxOptions extends MailboxParameters {
  /** Where tools of the peers are looked for; `PATH` unless told otherwise. */
  readonly searchPath?: string;
  readonly progress?: (line: string) => void;
}

const defaultMailboxOptions: MailboxOptions = {
  rounds: 5,
  sampleMs: 500,
  warmUpMs: 1_000,
  burst: 1_000,
  inFlight: 1_000,
  sleepers: 50_000,
  held: [100_000, 1_000_000],
  concurrent: [1, 16, 256],
  rows: rowKinds,
  subjects: subjectNames,
};

const quickMailboxOptions: MailboxOptions = {
  ...defaultMailboxOptions,
  rounds: 3,
  sampleMs: 200,
  warmUpMs: 200,
  sleepers: 20_000,
  held: [100_000],
};

/** What `statfs` says, for the file systems on which a commit means something else, and the most common ones. */
const fileSystems: ReadonlyMap<number, string> = new Map([
  [0xef53, "ext4"],
  [0x01021994, "tmpfs: in memory, where fsync costs nothing"],
  [0x58465342, "xfs"],
  [0x9123683e, "btrfs"],
  [0x794c7630, "overlayfs"],
]);

export async function runMailbox(options: MailboxOptions): Promise<MailboxReport> {
  const { progress, searchPath, ...parameters } = options;
  const environment = describeEnvironment();
  const workspace = createWorkspace();
  const programs: SubjectProgram[] = [];
  const missing: MissingSubject[] = [];
  try {
    for (const name of options.subjects) {
      const prepared = prepareSubject(name, workspace, searchPath);
      if ("why" in prepared) missing.push(prepared);
      else programs.push(prepared);
    }
    const rows: RowSamples[] = [];
    for (const row of rowsOf(parameters)) {
      progress?.(`${titleOf(row)} …`);
      rows.push(await measureRow(row, programs, { parameters, workspace, progress }));
    }
    const fileSystem = fileSystemOf(workspace.folder);
    return { environment, fileSystem, parameters, missing, rows, comparison: compareMailboxes(rows) };
  } finally {
    workspace.remove();
  }
}

interface Measuring {
  readonly parameters: MailboxParameters;
  readonly workspace: Workspace;
  readonly progress: ((line: string) => void) | undefined;
}

/**
 * One after the other, round by round, so that what disturbs the machine disturbs all of them. A sample that fails is
 * taken once more; then it ends the experiment.
 */
async function measureRow(
  row: Row,
  programs: readonly SubjectProgram[],
  { parameters, workspace, progress }: Measuring,
): Promise<RowSamples> {
  const samples: SubjectSample[] = [];
  const taking = programs.filter(({ name }) => hasRow(name, row));
  for (let round = 0; round < parameters.rounds; round++) {
    for (const program of taking) {
      const take = (): Promise<MailboxSample> => takeSample(program, row, parameters, workspace);
      const sample = await take().catch((error: Error) => {
        progress?.(`${error.message}\nOnce more …`);
        return take();
      });
      samples.push({ name: program.name, verified: isVerified(sample), ...sample });
    }
  }
  return { ...row, samples };
}

function rowsOf({ rows, burst, inFlight, sleepers, held, concurrent }: MailboxParameters): Row[] {
  return rows.flatMap((kind): Row[] => {
    switch (kind) {
      case "ask":
      case "chain":
        return [{ kind, size: 1 }];
      case "in-flight":
      case "activation":
        return [{ kind, size: inFlight }];
      case "tell":
        return [{ kind, size: burst }];
      case "wake":
      case "hibernation":
        return [{ kind, size: sleepers }];
      case "asleep":
        // Some 45 KB are left once by each process, however many sleep: among more of them that is no byte each.
        return [{ kind, size: 4 * sleepers }];
      case "durable":
        return concurrent.map((size) => ({ kind, size }));
      case "memory":
        return held.map((size) => ({ kind, size }));
    }
  });
}

function fileSystemOf(folder: string): string {
  const { type } = statfsSync(folder);
  return fileSystems.get(type) ?? `file system 0x${type.toString(16)}`;
}

const help = `bun experiments/mailbox.ts: what asks, tells, activation, sleep, commits and idle actors cost

  --only LIST       rows, of ${rowKinds.join(", ")}
  --no-peers        Correio and the floor alone
  --rounds N        rounds, each running every program once (${defaultMailboxOptions.rounds})
  --sample-ms N     time measured in one run (${defaultMailboxOptions.sampleMs})
  --warm-up-ms N    time before it (${defaultMailboxOptions.warmUpMs})
  --burst N         messages told before the receiver is asked for its count (${defaultMailboxOptions.burst})
  --held LIST       resident actors (${defaultMailboxOptions.held.join(",")})
  --sleepers N      durable actors that wake; four times as many stay asleep (${defaultMailboxOptions.sleepers})
  --concurrent LIST durable askers (${defaultMailboxOptions.concurrent.join(",")})
  --quick           3 short rounds, fewer actors: for a look, not for a result
  --json            one JSON document with every sample
  --result FILE     the result in short, as in experiments/results/
  --help

One row of one program alone, as for a profile: bun --cpu-prof experiments/baselines/mailbox-correio.ts --row=ask`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      "no-peers": { type: "boolean", default: false },
      rounds: { type: "string" },
      "sample-ms": { type: "string" },
      "warm-up-ms": { type: "string" },
      burst: { type: "string" },
      held: { type: "string" },
      sleepers: { type: "string" },
      concurrent: { type: "string" },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      ...RESULT_FLAG,
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  const saveResult = openResult(values.result);
  const defaults = values.quick ? quickMailboxOptions : defaultMailboxOptions;
  const report = await runMailbox({
    ...defaults,
    rounds: parsePositive(values.rounds ?? defaults.rounds),
    sampleMs: parsePositive(values["sample-ms"] ?? defaults.sampleMs),
    warmUpMs: parsePositive(values["warm-up-ms"] ?? defaults.warmUpMs),
    burst: parsePositive(values.burst ?? defaults.burst),
    held: values.held?.split(",").map(parsePositive) ?? defaults.held,
    sleepers: parsePositive(values.sleepers ?? defaults.sleepers),
    concurrent: values.concurrent?.split(",").map(parsePositive) ?? defaults.concurrent,
    rows: parseNames(values.only, rowKinds) ?? defaults.rows,
    subjects: values["no-peers"] ? ["correio", "floor"] : defaults.subjects,
    progress: (line) => console.error(line),
  });
  console.log(values.json ? JSON.stringify(report, undefined, 2) : renderMailbox(report));
  if (report.rows.some((row) => row.samples.some(({ verified }) => !verified))) process.exitCode = 1;
  else saveResult(report.environment, concludeMailbox(report));
}

if (import.meta.main) await runCommandLine(main);
