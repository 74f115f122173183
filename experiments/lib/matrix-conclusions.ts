// What a matrix comes to, in sentences that follow from its figures: also when Correio is the slower one.

import type { Interval } from "./bootstrap.ts";
import type { MatrixAnalysis } from "./matrix-analysis.ts";
import { type CellResult, valuesOf } from "./matrix-cells.ts";
import { type Comparison, isOnce, isSignificant, overallRatio, SIGNIFICANT_BELOW } from "./matrix-comparisons.ts";
import { limitedWords } from "./matrix-costs.ts";
import { type Block, heading, list } from "./matrix-document.ts";
import { levelsOf, verdictOf } from "./matrix-levels.ts";
import type { MatrixImplementation } from "./matrix-plan.ts";
import { progressWords } from "./matrix-setting.ts";
import { inverse } from "./matrix-winners.ts";
import {
  capital,
  counted,
  listed,
  matrixTitles,
  renderP,
  renderPlace,
  renderRatio,
  renderRatios,
  renderSpeed,
  renderTime,
  renderWork,
} from "./matrix-words.ts";
import { formatCount } from "./table.ts";

/** The document's own example; another count where this one was not measured. */
const HEADLINE_MESSAGES = 1_000;

export function conclusionsSection(analysis: MatrixAnalysis): readonly Block[] {
  return [
    heading("Conclusions"),
    list([
      progressWords(analysis),
      ...levelWords(analysis),
      ...valuesOf(analysis.cells, "workMs").flatMap((workMs) => workConclusions(analysis, workMs)),
      ...powerWords(analysis),
      `The generator: ${limitedWords(analysis.costs)}`,
    ]),
  ];
}

/** The answer in one or two sentences. */
export function headlineOf(analysis: MatrixAnalysis): string {
  const works = valuesOf(analysis.cells, "workMs").toSorted((one, other) => one - other);
  const sentences = works.flatMap((workMs) => headlineWith(analysis, workMs));
  return sentences.length === 0 ? "Correio has no valid runs yet: there is nothing to say." : sentences.join(" ");
}

function headlineWith({ cells, correio, others }: MatrixAnalysis, workMs: number): readonly string[] {
  const measured = cells.filter((cell) => cell.workMs === workMs && cell.series.has("correio"));
  const counts = valuesOf(measured, "messages");
  const messages = counts.includes(HEADLINE_MESSAGES) ? HEADLINE_MESSAGES : Math.max(...counts);
  const own = measured.filter((cell) => cell.messages === messages);
  if (own.length === 0) return [];
  const ratios = others
    .filter((other) => other !== "raw")
    .flatMap((other) => {
      const ratio = overallRatio(correio.filter(({ cell, theirs }) => theirs === other && own.includes(cell)));
      return ratio === undefined ? [] : [{ other, ratio }];
    });
  const peers = ratios.map(({ other, ratio }) => beside(other, ratio));
  const caution = ratios.some(({ ratio }) => isOnce(ratio)) ? " (in one run: nothing is known of chance)" : "";
  const mean = own.reduce((sum, { series }) => sum + series.get("correio")!.interval.value, 0) / own.length;
  const session = messages === 1 ? "a session of one message" : `a session of ${formatCount(messages)} messages`;
  const answer = `${capital(renderWork(workMs))}, Correio answers ${session} in ${renderTime(mean)}`;
  return [peers.length === 0 ? `${answer}.` : `${answer}, ${listed(peers)}${caution}.`];
}

/** "2.43 times as fast as Go", by what the interval allows to say. */
function beside(other: MatrixImplementation, ratio: Interval): string {
  const title = matrixTitles[other];
  if (ratio.high < 1) return `${renderSpeed(ratio.value)} as ${title}`;
  if (ratio.low > 1) return `while ${title} is ${renderSpeed(1 / ratio.value)}`;
  return `no faster and no slower than ${title} beyond chance`;
}

/** Reached ones are counted, all others named. */
function levelWords(analysis: MatrixAnalysis): readonly string[] {
  const levels = levelsOf(analysis);
  const reached = levels.filter((level) => level.reached === true).length;
  const rest = levels.filter((level) => level.reached !== true);
  return [
    `Of ${counted(levels.length, "level")}, ${formatCount(reached)} are reached.`,
    ...rest.map((level) => `${capital(verdictOf(level.reached))}: ${level.what} (${level.measured}).`),
  ];
}

function workConclusions(
  { correio, winners, winnersAboveFloor, others }: MatrixAnalysis,
  workMs: number,
): readonly string[] {
  const compared = others.flatMap((other) => {
    const own = correio.filter(({ cell, theirs }) => cell.workMs === workMs && theirs === other);
    const overall = overallRatio(own);
    return overall === undefined ? [] : [`${capital(renderWork(workMs))}, ${comparisonWords(own, overall, other)}`];
  });
  const quickest = [winners, winnersAboveFloor].flatMap((family, index) => {
    const own = family.filter(({ cell }) => cell.workMs === workMs);
    const counts = [...Map.groupBy(own, ({ ours }) => ours)].map(
      ([name, won]) => `${matrixTitles[name]} in ${formatCount(won.length)}`,
    );
    const who = index === 0 ? "the quickest" : "the quickest without the floor";
    const of = `${capital(renderWork(workMs))}, of ${counted(own.length, "cell")}`;
    return own.length === 0 ? [] : [`${of} ${who} was ${listed(counts)}.`];
  });
  return [...compared, ...quickest];
}

function comparisonWords(own: readonly Comparison[], overall: Interval, other: MatrixImplementation): string {
  const byRatio = own.toSorted((one, another) => one.ratio.value - another.ratio.value);
  const [best, worst] = [byRatio[0]!, byRatio.at(-1)!];
  const quicker = own.filter(({ ratio }) => ratio.value < 1);
  const slower = own.filter(({ ratio }) => ratio.value > 1);
  return [
    `${overallWords(overall, matrixTitles[other])}, over ${formatCount(own.length)} cells (geometric mean).`,
    `It was quicker in ${countedWords(quicker)} and slower in ${countedWords(slower)};`,
    `at best it was ${placedSpeed(best)}, at worst ${placedSpeed(worst)}.`,
  ].join(" ");
}

function overallWords(overall: Interval, title: string): string {
  if (isOnce(overall)) {
    const ratio = renderRatio(overall.value);
    return `in the one run there is, which says nothing of chance, Correio took ${ratio} times as long as ${title}`;
  }
  if (overall.high < 1) return `Correio was faster than ${title}: ${renderRatios(inverse(overall))} times as fast`;
  if (overall.low > 1) return `Correio was slower than ${title}: it took ${renderRatios(overall)} times as long`;
  return `no difference between Correio and ${title} is beyond chance: it took ${renderRatios(overall)} times as long`;
}

const countedWords = (comparisons: readonly Comparison[]): string =>
  `${formatCount(comparisons.length)} (beyond chance in ${formatCount(comparisons.filter(isSignificant).length)})`;

const placedSpeed = ({ ratio, cell }: { readonly ratio: Interval; readonly cell: CellResult }): string =>
  `${renderSpeed(ratio.value)} (${renderPlace(cell)})`;

/** What so few runs cannot show in any single cell, whatever they are. */
function powerWords({ correio }: MatrixAnalysis): readonly string[] {
  if (correio.length === 0) return [];
  const leastP = Math.min(
    ...correio.map(({ cell, ours, theirs }) =>
      leastPOf(cell.series.get(ours)!.runs.length, cell.series.get(theirs)!.runs.length),
    ),
  );
  if (leastP * correio.length < SIGNIFICANT_BELOW) return [];
  return [
    `No single cell can differ beyond chance here, however much it differs: with so few runs p is at least ` +
      `${renderP(leastP)}, and among ${formatCount(correio.length)} tests Holm's method asks for less than ` +
      `${(SIGNIFICANT_BELOW / correio.length).toPrecision(1)}. The overall ratios and A12 say more.`,
  ];
}

/** Of the exact Mann–Whitney test, when all of ours are below all of theirs: two of all ways to choose. */
function leastPOf(ours: number, theirs: number): number {
  let ways = 1;
  for (let index = 1; index <= ours; index++) ways = (ways * (theirs + index)) / index;
  return Math.min(1, 2 / ways);
}
