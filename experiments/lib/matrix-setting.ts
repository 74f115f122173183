// The report's first section: where, by which plan and method the matrix was measured, and how much of it is done.

import type { Environment } from "./environment.ts";
import type { MatrixAnalysis } from "./matrix-analysis.ts";
import { type Verdict, VERDICTS } from "./matrix-data.ts";
import { type Block, heading, list, subheading, table, text } from "./matrix-document.ts";
import type { MatrixPlan } from "./matrix-plan.ts";
import { counted, listed, matrixTitles, renderCapacity, verdictTitles } from "./matrix-words.ts";
import { formatCount } from "./table.ts";

const GIBIBYTE = 2 ** 30;

export function settingSection(analysis: MatrixAnalysis): readonly Block[] {
  const { manifest } = analysis.data;
  return [
    heading("What was measured"),
    text(progressWords(analysis)),
    table("Environment", [["what", "value"], ...environmentRows(analysis)]),
    ...manifest.missing.map(({ name, why }) => text(`MISSING: ${matrixTitles[name]}, as ${why}.`)),
    subheading("Plan"),
    list(planItems(manifest.plan)),
    subheading("Method"),
    list(methodItems(analysis)),
  ];
}

/** In one sentence; the page says it too. */
export function progressWords({ progress, data }: MatrixAnalysis): string {
  const { plannedRuns, validRuns, plannedCells, wholeCells } = progress;
  const invalid = data.runs.length - validRuns;
  const repeated = invalid === 0 ? "" : ` Beside them, ${counted(invalid, "run")} did not count.`;
  if (validRuns >= plannedRuns && wholeCells === plannedCells) {
    return `The plan is done: ${counted(validRuns, "valid run")} in ${counted(plannedCells, "cell")}.${repeated}`;
  }
  return [
    `The plan is not done: ${formatCount(validRuns)} of ${counted(plannedRuns, "run")} are there and valid,`,
    `and ${formatCount(wholeCells)} of ${counted(plannedCells, "cell")} have all of theirs.${repeated}`,
  ].join(" ");
}

function environmentRows({ data, present }: MatrixAnalysis): readonly (readonly string[])[] {
  const { environment, resumed, versions, memoryBytes, load, generatorCapacity } = data.manifest;
  return [
    ["began", placeOf(environment)],
    ["command", environment.command],
    ...resumed.map((again) => ["taken up again", placeOf(again)]),
    ["processors", `${environment.cores} × ${environment.cpu}`],
    ["memory", `${(memoryBytes / GIBIBYTE).toFixed(1)} GiB`],
    ["kernel", `Linux ${environment.kernel}, TCP ${environment.congestionControl}`],
    ["load over 1, 5 and 15 minutes before", load.map((each) => each.toFixed(2)).join(", ")],
    ...present.map((name) => [matrixTitles[name], versions[name] ?? "version unknown"]),
    ["the clients' process can make at most", renderCapacity(generatorCapacity)],
  ];
}

const placeOf = ({ date, commit, bun }: Environment): string => `${date}, commit ${commit}, Bun ${bun}`;

function planItems(plan: MatrixPlan): readonly string[] {
  const { implementations, workMs, servers, clients, messages, runs, seed, spread, isWarm } = plan;
  return [
    `Implementations: ${listed(implementations.map((name) => matrixTitles[name]))}.`,
    `Simulated work for each message: ${counts(workMs)} ms.`,
    `Servers: ${counts(servers)} processes. Clients: ${counts(clients)}. Messages of each client: ${counts(messages)}.`,
    `${counted(runs, "run")} of each implementation in each cell, in an order drawn from seed ${seed}.`,
    spread === "ports"
      ? "Each server has a port of its own, and the clients are spread over them."
      : "All servers share one port, and the kernel spreads the clients over them.",
    isWarm
      ? "Servers are started anew for each block, and warmed up: 40 000 messages (with work 20 000) and 2 000 " +
        "sessions of each process where code is compiled while it runs, fewer where it was compiled before or never is."
      : "Servers are started anew for each block, and not warmed up.",
  ];
}

const counts = (values: readonly number[]): string => listed(values.map(formatCount));

function methodItems({ data }: MatrixAnalysis): readonly string[] {
  const { attempts, disturbanceMaxCores } = data.manifest.plan;
  const reasons = VERDICTS.filter((verdict: Verdict) => verdict !== "valid").map((verdict) => verdictTitles[verdict]);
  return [
    "Cells come in random order, and in each block the implementations run beside each other in time, in random " +
      "order: what the machine does meanwhile, all of them bear. Ratios pair the runs of one block.",
    "Response time is that of a client's session, by the client's clock: from its first request to its last reply. " +
      "Requests are pipelined. The files sessions_*.csv hold the servers' own clocks beside it, Correio's in whole " +
      "milliseconds.",
    "The measure of a run is the mean of its sessions, and the run is the unit of all statistics: sessions of one " +
      "run share its luck.",
    "Square brackets hold 95 % intervals, by a seeded percentile bootstrap: runs are drawn within each cell, for " +
      "ratios in the pairs of a block; for statistics that pool cells, whole blocks. With five or ten runs such " +
      "intervals are somewhat too narrow.",
    `A run does not count when ${reasons.join("; ")} (above ${disturbanceMaxCores} cores). It is kept, listed below, ` +
      `and repeated, up to ${counted(attempts, "attempt")} each time the matrix is worked on.`,
    "What other programs use is judged for every run, by the kernel's accounts of the machine and of the " +
      "experiment's own processes: over the run, or over the second up to its end where it was shorter, as they " +
      "count in ticks.",
    "Differences within a cell are tested with the exact Mann–Whitney test, adjusted by Holm's method over all " +
      "cells: Correio beside each other implementation is one family of tests, the winners of a table are another.",
    "Beyond chance means, in a cell, p below 0.05 after Holm's method; overall, a 95 % interval on one side of 1.",
    "A12 (Vargha and Delaney) is the chance that a run of the one takes longer than a run of the other.",
    "Raw Bun is the floor: the same platform, protocol and work, with no actors. Go and Python are small servers " +
      "that do the same work with the same simulated delay: a sleep for each message. Correio tells the kernel that " +
      "its timers may not be late (by default up to 50 µs); the others do not. One process plays all " +
      "clients, on the cores that the servers use too.",
  ];
}
