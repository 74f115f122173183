// The matrix as one page that fetches nothing: the answer, plots to turn and choose from, and the tables of the report.

import { fileURLToPath } from "node:url";

import type { MatrixAnalysis } from "./matrix-analysis.ts";
import { headlineOf } from "./matrix-conclusions.ts";
import { htmlText, renderHtml } from "./matrix-document.ts";
import { type Level, levelsOf, type LevelVerdict } from "./matrix-levels.ts";
import { matrixPageData } from "./matrix-page-data.ts";
import { matrixSections } from "./matrix-report.ts";
import { progressWords } from "./matrix-setting.ts";
import { matrixTitles, renderRatio } from "./matrix-words.ts";
import { escapeHtml, renderSelfContainedPage } from "./self-contained-page.ts";

const LIBRARY = fileURLToPath(import.meta.resolve("plotly.js-gl3d-dist-min"));
const OWN = import.meta.dirname;
const MODULES = ["figures", "surfaces", "curves", "page"];

export function renderMatrixPage(analysis: MatrixAnalysis): Promise<string> {
  return renderSelfContainedPage({
    title: "Correio: servers, clients and messages",
    body: bodyOf(analysis),
    stylePaths: [`${OWN}/plot-page.css`, `${OWN}/matrix-page.css`],
    libraryPath: LIBRARY,
    data: matrixPageData(analysis),
    modulePaths: MODULES.map((name) => `${OWN}/matrix-${name}.js`),
  });
}

function bodyOf(analysis: MatrixAnalysis): string {
  const { environment, missing } = analysis.data.manifest;
  const absent = missing.map(({ name, why }) => `Missing: ${matrixTitles[name]}, as ${why}.`);
  const about = [progressWords(analysis), ...absent, `${environment.date}, ${environment.cores} × ${environment.cpu}.`];
  return `<header>
<p class="kind">Correio beside raw Bun, Go and Python: servers × clients × messages</p>
<h1>${headlineOf(analysis)
    .map((sentence) => `<span>${htmlText(sentence)}</span>`)
    .join(" ")}</h1>
<p class="quiet">${htmlText(about.join(" "))}</p>
<ul class="levels">
${levelsOf(analysis).map(levelTile).join("\n")}
</ul>
</header>
<main>
<div id="plots"><noscript><p>The plots need JavaScript; all their figures are in the tables below.</p></noscript></div>
<article id="report">
${renderHtml(matrixSections(analysis))}
</article>
</main>`;
}

const TILE_CLASSES: Readonly<Record<LevelVerdict, string>> = {
  reached: "reached",
  "NOT REACHED": "missed",
  undecided: "open",
  "not judged": "open",
};

function levelTile({ what, name, ratio, decisive, wanted, verdict }: Level): string {
  const figure = ratio === undefined ? "–" : renderRatio(ratio.value);
  const interval = ratio === undefined ? "" : ` [${renderRatio(ratio.low)}, ${renderRatio(ratio.high)}]`;
  const decides = [decisive, `wanted ${wanted}`].filter((words) => words !== "").join("; ");
  return `<li class="${TILE_CLASSES[verdict]}" title="${escapeHtml(what)}">
<strong>${figure}<small>${interval}</small></strong> <span>${escapeHtml(name)}</span>
<span class="decides">${escapeHtml(decides)}</span> <em>${verdict}</em></li>`;
}
