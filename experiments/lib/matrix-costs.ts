// What the runs cost: the generator's own share, lest it be the bottleneck unnoticed, and what the servers used.

import { max, median } from "simple-statistics";

import type { MatrixAnalysis } from "./matrix-analysis.ts";
import { valuesOf } from "./matrix-cells.ts";
import { type Block, details, heading, type Rows, subheading, table, text } from "./matrix-document.ts";
import { GENERATOR_CPU_MAX, GENERATOR_RATE_MAX, type GeneratorCost, sumOf } from "./matrix-generator.ts";
import { PLACE_HEADS, placeCells } from "./matrix-winners.ts";
import { capital, counted, matrixTitles, renderPercent, significant } from "./matrix-words.ts";
import { formatCount } from "./table.ts";

const MEBIBYTE = 2 ** 20;
const MICROSECONDS = 1e6;

export function costsSection(analysis: MatrixAnalysis): readonly Block[] {
  const { costs, data } = analysis;
  return [
    heading("What it cost"),
    subheading("The generator"),
    text(
      "One process plays all clients. " +
        (data.manifest.generatorCapacity.length === 0
          ? "What it can do was not measured. "
          : "Its limit was measured for each count of clients and messages, as the median of five runs against a " +
            "program that sends replies made before: with few messages that is connections and wake-ups. ") +
        `Where it used more than ${GENERATOR_CPU_MAX} of a core, or made more than ${GENERATOR_RATE_MAX * 100} % of ` +
        `its limit, the cell is called "limited by the generator": it says less about the servers.`,
    ),
    text(`${capital(limitedWords(costs))} ${sharedWords(analysis)}`),
    ...(costs.length === 0
      ? []
      : [
          table("The generator, by work, messages and implementation", generatorRows(analysis)),
          details("The generator in each cell", [table("The generator in each cell", everyCell(costs))]),
        ]),
    subheading("The servers"),
    ...serverBlocks(analysis),
  ];
}

/** A warning that the conclusions give too. */
export const sharedWords = ({ data }: MatrixAnalysis): string =>
  `WARNING: It shares the machine's ${counted(data.manifest.environment.cores, "core")} with the servers, so what it ` +
  "uses, they do not have.";

/** In one sentence; the conclusions say it too. */
export function limitedWords(costs: readonly GeneratorCost[]): string {
  const limited = costs.filter(({ isLimit }) => isLimit);
  if (limited.length === 0) return "the generator was the limit in no cell.";
  const counts = [...Map.groupBy(limited, ({ implementation }) => implementation)].map(
    ([name, own]) => `${matrixTitles[name]} ${formatCount(own.length)}`,
  );
  const all = `${formatCount(limited.length)} of ${formatCount(costs.length)}`;
  return `the generator was the limit in ${all} cells, each implementation's counted apart: ${counts.join(", ")}.`;
}

function generatorRows({ costs, present, cells }: MatrixAnalysis): Rows {
  const heads = [
    "work ms",
    "messages",
    "implementation",
    "CPU, cores: median",
    "most",
    "replies/s: most",
    "of its limit",
    "limited",
  ];
  const rows = valuesOf(cells, "workMs").flatMap((workMs) =>
    valuesOf(cells, "messages").flatMap((messages) =>
      present.flatMap((name) => {
        const own = costs.filter(
          ({ cell, implementation }) => cell.workMs === workMs && cell.messages === messages && implementation === name,
        );
        return own.length === 0 ? [] : [[String(workMs), formatCount(messages), matrixTitles[name], ...summaryOf(own)]];
      }),
    ),
  );
  return [heads, ...rows];
}

function summaryOf(costs: readonly GeneratorCost[]): readonly string[] {
  const shares = costs.map(({ cpuShare }) => cpuShare);
  return [
    median(shares).toFixed(2),
    max(shares).toFixed(2),
    formatCount(max(costs.map(({ repliesPerSecond }) => repliesPerSecond))),
    renderLimit(costs),
    `${formatCount(costs.filter(({ isLimit }) => isLimit).length)} of ${formatCount(costs.length)}`,
  ];
}

/** Of cells of one count of messages. */
const renderLimit = (costs: readonly GeneratorCost[]): string =>
  renderPercent(max(costs.map(({ rateShare }) => rateShare)));

function everyCell(costs: readonly GeneratorCost[]): Rows {
  const heads = [...PLACE_HEADS, "implementation", "CPU, cores", "replies/s", "of its limit", "verdict"];
  const rows = costs.map((cost) => {
    const { cell, implementation, cpuShare, repliesPerSecond, isLimit } = cost;
    return [
      ...placeCells(cell),
      matrixTitles[implementation],
      cpuShare.toFixed(2),
      formatCount(repliesPerSecond),
      renderLimit([cost]),
      isLimit ? "limited by the generator" : "",
    ];
  });
  return [heads, ...rows];
}

function serverBlocks({ cells, present }: MatrixAnalysis): readonly Block[] {
  const rows = valuesOf(cells, "workMs").flatMap((workMs) =>
    present.flatMap((name) => {
      const runs = cells.filter((cell) => cell.workMs === workMs).flatMap(({ series }) => series.get(name)?.runs ?? []);
      const replies = sumOf(runs, "replies");
      if (replies === 0) return [];
      const bytes = runs.map(({ serverBytes, servers }) => serverBytes / servers / MEBIBYTE);
      return [
        [
          String(workMs),
          matrixTitles[name],
          significant((sumOf(runs, "serverCpuSeconds") / replies) * MICROSECONDS),
          significant(median(bytes)),
          significant(max(bytes)),
        ],
      ];
    }),
  );
  if (rows.length === 0) return [text("No valid runs.")];
  const heads = ["work ms", "implementation", "CPU µs a message", "MiB a server: median", "most"];
  return [
    text("Processor time of all servers over all messages; resident memory after a run over the count of servers."),
    table("Servers' processor time and memory", [heads, ...rows]),
  ];
}
