// The levels that Correio is held to in the matrix, each beside what was measured; none of them fails anything.

import { geometricMeanRatio, type Interval } from "./bootstrap.ts";
import type { MatrixAnalysis } from "./matrix-analysis.ts";
import { type CellResult, floorSeconds, valuesOf } from "./matrix-cells.ts";
import { type Comparison, isOnce, isSignificant, overallRatio } from "./matrix-comparisons.ts";
import { type Block, heading, table, text } from "./matrix-document.ts";
import type { MatrixImplementation } from "./matrix-plan.ts";
import { canTell, powerWords, runWords } from "./matrix-power.ts";
import { counted, matrixTitles, renderRatio, renderRatios } from "./matrix-words.ts";
import { formatCount } from "./table.ts";

export const FLOOR_RATIO_MAX = 1.15;
/** With fewer, a session is mostly its connection. */
const FLOOR_MESSAGES_MIN = 100;
const PEERS: readonly MatrixImplementation[] = ["go", "python"];

export interface FloorRatio {
  readonly implementation: MatrixImplementation;
  readonly workMs: number;
  readonly messages: number;
  /** Response over floor: geometric mean over the cells that differ in servers and clients. */
  readonly ratio: Interval;
  readonly least: number;
  readonly most: number;
  readonly cells: number;
  readonly cellsWithin: number;
}

/** Undecided: chance may explain what was measured. Not judged: nothing was measured. */
export type LevelVerdict = "reached" | "NOT REACHED" | "undecided" | "not judged";

export interface Level {
  readonly what: string;
  /** What `ratio` is, in few words. */
  readonly name: string;
  /** Over all cells that are judged; undefined when nothing was measured. */
  readonly ratio: Interval | undefined;
  /** The limit in few words. */
  readonly wanted: string;
  /** The figure that decides, beside what is wanted; empty when nothing was measured. */
  readonly decisive: string;
  readonly measured: string;
  readonly verdict: LevelVerdict;
}

export function levelsSection(analysis: MatrixAnalysis): readonly Block[] {
  const rows = levelsOf(analysis).map(({ what, measured, verdict }) => [what, measured, verdict]);
  const floors = floorRatios(analysis);
  return [
    heading("Levels"),
    table("What Correio is held to", [["level", "measured", "verdict"], ...rows]),
    text(
      "A ratio below 1 means that Correio took less time; overall it is the geometric mean over the cells. " +
        "Undecided: slower somewhere, and chance may be why. Beyond chance is as said under Method.",
    ),
    ...powerWords(analysis.correio, "between Correio and the others").map(text),
    ...(floors.length === 0 ? [] : floorBlocks(floors)),
  ];
}

export function levelsOf(analysis: MatrixAnalysis): readonly Level[] {
  const { plan } = analysis.data.manifest;
  const withWork = plan.workMs.some((workMs) => workMs > 0);
  const withoutWork = plan.workMs.includes(0);
  return [
    ...(withWork ? [floorLevel(analysis), ...PEERS.map((peer) => noSlower(analysis, peer))] : []),
    ...(withoutWork ? PEERS.map((peer) => ahead(analysis, peer)) : []),
  ];
}

/** Of each implementation by count of messages, where there is work; in cells that have runs. */
export function floorRatios({ cells, present }: MatrixAnalysis): readonly FloorRatio[] {
  const worked = cells.filter(({ workMs }) => workMs > 0);
  return valuesOf(worked, "workMs").flatMap((workMs) =>
    present.flatMap((implementation) =>
      valuesOf(worked, "messages").flatMap((messages) => {
        const own = worked.filter((cell) => cell.workMs === workMs && cell.messages === messages);
        return floorRatioOf(own, implementation);
      }),
    ),
  );
}

function floorRatioOf(cells: readonly CellResult[], implementation: MatrixImplementation): readonly FloorRatio[] {
  const measured = cells.filter(({ series }) => series.has(implementation));
  const [first] = measured;
  if (first === undefined) return [];
  const ratios = measured.map((cell) => floorRatioIn(cell, implementation));
  const { workMs, messages } = first;
  return [
    {
      implementation,
      workMs,
      messages,
      ratio: overallFloorRatio(measured, implementation),
      least: Math.min(...ratios),
      most: Math.max(...ratios),
      cells: ratios.length,
      cellsWithin: ratios.filter((ratio) => ratio <= FLOOR_RATIO_MAX).length,
    },
  ];
}

/** Of the cell's mean. */
function floorRatioIn(cell: CellResult, implementation: MatrixImplementation): number {
  return cell.series.get(implementation)!.interval.value / floorSeconds(cell);
}

function overallFloorRatio(cells: readonly CellResult[], implementation: MatrixImplementation): Interval {
  return geometricMeanRatio(
    cells.map((cell) => {
      const { means } = cell.series.get(implementation)!;
      return { ours: means, theirs: means.map(() => floorSeconds(cell)) };
    }),
  );
}

function floorLevel({ cells }: MatrixAnalysis): Level {
  const judged = cells.filter(({ workMs, messages }) => workMs > 0 && messages >= FLOOR_MESSAGES_MIN);
  const measured = judged.filter(({ series }) => series.has("correio"));
  const what =
    `With work, Correio within ${FLOOR_RATIO_MAX} times the floor (work × messages), ` +
    `in cells of ${FLOOR_MESSAGES_MIN} messages or more`;
  const name = "of the floor's time, with work";
  const wanted = `≤ ${FLOOR_RATIO_MAX} in every cell of ${FLOOR_MESSAGES_MIN} messages or more`;
  if (measured.length === 0) return notJudged({ what, name, wanted }, "not measured");
  const overall = overallFloorRatio(measured, "correio");
  const ratios = measured.map((cell) => floorRatioIn(cell, "correio"));
  const within = ratios.filter((ratio) => ratio <= FLOOR_RATIO_MAX).length;
  const words = [
    `${renderRatios(overall)} overall, at most ${renderRatio(Math.max(...ratios))}`,
    `within it in ${formatCount(within)} of ${counted(measured.length, "cell")}${plannedWords(measured, judged)}`,
  ];
  return {
    what,
    name,
    wanted,
    ratio: overall,
    decisive: `worst cell ${renderRatio(Math.max(...ratios))}`,
    measured: words.join("; "),
    verdict: reachedIf(within === measured.length),
  };
}

function noSlower(analysis: MatrixAnalysis, peer: MatrixImplementation): Level {
  const what = `With work, Correio no slower than ${matrixTitles[peer]}, overall or in any cell, beyond chance`;
  const wanted = "not above 1 beyond chance, overall or in any cell";
  return peerLevel(analysis, { what, peer, wanted, hasWork: true }, (comparisons, overall) => {
    const slower = comparisons.filter(({ ratio }) => ratio.value > 1);
    const surely = slower.filter(isSignificant).length;
    // One run of each gives an interval of one point, which knows nothing of chance.
    const isSlower = surely > 0 || (overall.low > 1 && !isOnce(comparisons));
    // The tests are those of the whole matrix: what they can show depends on all of them.
    const isBlind = slower.length > 0 && !canTell(analysis.correio);
    const chance = isBlind
      ? `no cell could be told from chance with ${runWords(comparisons)}`
      : `beyond chance in ${formatCount(surely)}`;
    return {
      words: `slower in ${shareWords(slower, comparisons)}, ${chance}`,
      verdict: !isSlower && (isBlind || overall.value > 1) ? "undecided" : reachedIf(!isSlower),
    };
  });
}

function ahead(analysis: MatrixAnalysis, peer: MatrixImplementation): Level {
  const what = `Without work, Correio ahead of ${matrixTitles[peer]} in every cell`;
  return peerLevel(analysis, { what, peer, wanted: "< 1 in every cell", hasWork: false }, (comparisons) => {
    const quicker = comparisons.filter(({ ratio }) => ratio.value < 1);
    const surely = quicker.filter(isSignificant).length;
    return {
      words: `ahead in ${shareWords(quicker, comparisons)}, beyond chance in ${formatCount(surely)}`,
      verdict: reachedIf(quicker.length === comparisons.length),
    };
  });
}

interface PeerLevel {
  readonly what: string;
  readonly peer: MatrixImplementation;
  readonly wanted: string;
  readonly hasWork: boolean;
}

function peerLevel(
  { correio, cells, data }: MatrixAnalysis,
  { what, peer, wanted, hasWork }: PeerLevel,
  judge: (comparisons: readonly Comparison[], overall: Interval) => { words: string; verdict: LevelVerdict },
): Level {
  const name = `of ${matrixTitles[peer]}'s time, with${hasWork ? "" : "out"} work`;
  const planned = cells.filter(({ workMs }) => workMs > 0 === hasWork);
  const comparisons = correio.filter(({ theirs, cell }) => theirs === peer && cell.workMs > 0 === hasWork);
  const overall = overallRatio(comparisons);
  if (overall === undefined) {
    const why = data.manifest.missing.find((absent) => absent.name === peer)?.why;
    const measured = why === undefined ? "not measured" : `not measured: ${why}`;
    return notJudged({ what, name, wanted }, measured);
  }
  const { words, verdict } = judge(comparisons, overall);
  const ratios = comparisons.map(({ ratio }) => ratio.value);
  const measured = [
    `Correio / ${matrixTitles[peer]} ${renderRatios(overall)} overall`,
    `from ${renderRatio(Math.min(...ratios))} to ${renderRatio(Math.max(...ratios))}`,
    `${words}${plannedWords(comparisons, planned)}`,
  ];
  return { what, name, wanted, ratio: overall, decisive: words, measured: measured.join("; "), verdict };
}

const notJudged = (level: Pick<Level, "what" | "name" | "wanted">, measured: string): Level => ({
  ...level,
  ratio: undefined,
  decisive: "",
  measured,
  verdict: "not judged",
});

const shareWords = (some: readonly unknown[], all: readonly unknown[]): string =>
  `${formatCount(some.length)} of ${counted(all.length, "cell")}`;

const plannedWords = (measured: readonly unknown[], planned: readonly unknown[]): string =>
  measured.length === planned.length ? "" : `, of ${formatCount(planned.length)} planned`;

const reachedIf = (condition: boolean): LevelVerdict => (condition ? "reached" : "NOT REACHED");

function floorBlocks(floors: readonly FloorRatio[]): readonly Block[] {
  const heads = ["work ms", "messages", "implementation", "response / floor", "least", "most", "cells within 1.15"];
  const rows = floors.map((floor) => [
    String(floor.workMs),
    formatCount(floor.messages),
    matrixTitles[floor.implementation],
    renderRatios(floor.ratio),
    renderRatio(floor.least),
    renderRatio(floor.most),
    `${formatCount(floor.cellsWithin)} of ${formatCount(floor.cells)}`,
  ]);
  return [table("Response time over the floor, where there is work", [heads, ...rows])];
}
