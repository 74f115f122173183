// What a matrix comes to, in sentences that follow from its figures: also when Correio is the slower one.

import { mean } from "simple-statistics";

import type { Interval } from "./bootstrap.ts";
import type { MatrixAnalysis } from "./matrix-analysis.ts";
import { type CellResult, valuesOf } from "./matrix-cells.ts";
import { type Comparison, isOnce, isSignificant, overallRatio } from "./matrix-comparisons.ts";
import { limitedWords, sharedWords } from "./matrix-costs.ts";
import { type Block, heading, list } from "./matrix-document.ts";
import { levelsOf } from "./matrix-levels.ts";
import type { MatrixImplementation } from "./matrix-plan.ts";
import { powerWords } from "./matrix-power.ts";
import { progressWords } from "./matrix-setting.ts";
import { inverse, WINNER_CAUTION, wonCounts } from "./matrix-winners.ts";
import {
  capital,
  counted,
  listed,
  matrixTitles,
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
      ...powerConclusions(analysis),
      WINNER_CAUTION,
      `${capital(limitedWords(analysis.costs))} ${sharedWords(analysis)}`,
    ]),
  ];
}

/** The answer in one or two sentences: one for each amount of work. */
export function headlineOf(analysis: MatrixAnalysis): readonly string[] {
  const works = valuesOf(analysis.cells, "workMs").toSorted((one, other) => one - other);
  const sentences = works.flatMap((workMs) => headlineWith(analysis, workMs));
  return sentences.length === 0 ? ["Correio has no valid runs yet: there is nothing to say."] : sentences;
}

/** Over all cells first, then over those of one count of messages: no headline picks the cells that suit it. */
function headlineWith(analysis: MatrixAnalysis, workMs: number): readonly string[] {
  const measured = analysis.cells.filter((cell) => cell.workMs === workMs && cell.series.has("correio"));
  if (measured.length === 0) return [];
  const counts = valuesOf(measured, "messages");
  const messages = counts.includes(HEADLINE_MESSAGES) ? HEADLINE_MESSAGES : Math.max(...counts);
  const own = measured.filter((cell) => cell.messages === messages);
  const time = renderTime(mean(own.flatMap(({ series }) => series.get("correio")!.means)));
  const session = messages === 1 ? "a session of one message" : `a session of ${formatCount(messages)} messages`;
  const overall = besideWords(analysis, measured, "geometric mean over all");
  const beside = counts.length > 1 ? besideWords(analysis, own, "over its") : "";
  const answer =
    overall === "" ? `Correio answers ${session} in ${time}` : `Correio takes ${overall}; ${session} takes ${time}`;
  return [`${capital(renderWork(workMs))}, ${answer} on average${beside === "" ? "" : `, ${beside}`}.`];
}

/** "0.472 [0.409, 0.540] of Go's time and 0.153 [0.136, 0.170] of Python's (over its 6 cells)". */
function besideWords({ correio, others }: MatrixAnalysis, cells: readonly CellResult[], over: string): string {
  const comparisons = correio.filter(({ cell, theirs }) => theirs !== "raw" && cells.includes(cell));
  if (comparisons.length === 0) return "";
  const isOne = isOnce(comparisons);
  const ratios = others.flatMap((other) => {
    const ratio = overallRatio(comparisons.filter(({ theirs }) => theirs === other));
    return ratio === undefined ? [] : [{ other, ratio }];
  });
  const shares = ratios.map(({ other, ratio: { value, low, high } }, index) => {
    const words = isOne ? renderRatio(value) : renderRatios({ value, low, high });
    const within = !isOne && low <= 1 && high >= 1 ? ", within chance" : "";
    return `${words} ${value < 1 ? "of" : "times"} ${matrixTitles[other]}'s${index === 0 ? " time" : ""}${within}`;
  });
  const count = new Set(comparisons.map(({ cell }) => cell)).size;
  const where = count === 1 ? "in one cell" : `${over} ${counted(count, "cell")}`;
  return `${listed(shares)} (${where}${isOne ? ", one run of each: nothing is known of chance" : ""})`;
}

/** Reached ones are counted, all others named. */
function levelWords(analysis: MatrixAnalysis): readonly string[] {
  const levels = levelsOf(analysis);
  const reached = levels.filter((level) => level.verdict === "reached").length;
  const rest = levels.filter((level) => level.verdict !== "reached");
  const count = reached === 0 ? "none" : formatCount(reached);
  return [
    `Of ${counted(levels.length, "level")}, ${count} ${reached > 1 ? "are" : "is"} reached.`,
    ...rest.map((level) => `${capital(level.verdict)}: ${level.what} (${level.measured}).`),
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
    const counts = wonCounts(own).map(({ name, won }) => `${matrixTitles[name]} in ${formatCount(won.length)}`);
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
  const sentences = [
    `${overallWords(own, overall, matrixTitles[other])}, over ${counted(own.length, "cell")} (geometric mean).`,
    `It was quicker in ${countedWords(quicker)} and slower in ${countedWords(slower)}.`,
    `At best it was ${placedSpeed(best)}, at worst ${placedSpeed(worst)}.`,
  ];
  return sentences.slice(0, own.length === 1 ? 1 : 3).join(" ");
}

function overallWords(own: readonly Comparison[], overall: Interval, title: string): string {
  if (isOnce(own)) {
    const ratio = renderRatio(overall.value);
    return `with one run per cell, which says nothing of chance, Correio took ${ratio} times as long as ${title}`;
  }
  if (overall.high < 1) return `Correio was faster than ${title}: ${renderRatios(inverse(overall))} times as fast`;
  if (overall.low > 1) return `Correio was slower than ${title}: it took ${renderRatios(overall)} times as long`;
  return `no difference between Correio and ${title} is beyond chance: it took ${renderRatios(overall)} times as long`;
}

const countedWords = (comparisons: readonly Comparison[]): string =>
  `${formatCount(comparisons.length)} (beyond chance in ${formatCount(comparisons.filter(isSignificant).length)})`;

const placedSpeed = ({ ratio, cell }: { readonly ratio: Interval; readonly cell: CellResult }): string =>
  `${renderSpeed(ratio.value)} (${renderPlace(cell)})`;

/** Of each family of tests, what so few runs cannot show in any of its cells. */
function powerConclusions({ correio, winners, winnersAboveFloor }: MatrixAnalysis): readonly string[] {
  const words = [
    ...powerWords(correio, "between Correio and the others"),
    ...powerWords(winners, "among all winners"),
    ...powerWords(winnersAboveFloor, "among the winners without the floor"),
  ];
  return words.length === 0
    ? []
    : [...words, "Where no cell can be told from chance, overall ratios and A12 say more."];
}
