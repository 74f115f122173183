// The matrix as one page that fetches nothing: the answer, plots to turn and choose from, and the tables of the report.

import { fileURLToPath } from "node:url";

import { analyseMatrix, type MatrixAnalysis } from "./matrix-analysis.ts";
import { headlineOf } from "./matrix-conclusions.ts";
import type { MatrixData } from "./matrix-data.ts";
import { renderHtml } from "./matrix-document.ts";
import { levelsOf, verdictOf } from "./matrix-levels.ts";
import { matrixPageData } from "./matrix-page-data.ts";
import { matrixSections } from "./matrix-report.ts";
import { progressWords } from "./matrix-setting.ts";
import { matrixTitles, renderRatio } from "./matrix-words.ts";
import { escapeHtml, renderSelfContainedPage } from "./self-contained-page.ts";

const LIBRARY = fileURLToPath(import.meta.resolve("plotly.js-gl3d-dist-min"));
const OWN = import.meta.dirname;

export function renderMatrixPage(data: MatrixData): Promise<string> {
  const analysis = analyseMatrix(data);
  return renderSelfContainedPage({
    title: "Correio: servers, clients and messages",
    body: bodyOf(analysis),
    stylePaths: [`${OWN}/plot-page.css`, `${OWN}/matrix-page.css`],
    libraryPath: LIBRARY,
    data: matrixPageData(analysis),
    modulePaths: [`${OWN}/matrix-plots.js`, `${OWN}/matrix-page.js`],
  });
}

function bodyOf(analysis: MatrixAnalysis): string {
  const { environment, missing } = analysis.data.manifest;
  const absent = missing.map(({ name, why }) => `Missing: ${matrixTitles[name]}, as ${why}.`);
  const about = [progressWords(analysis), ...absent, `${environment.date}, ${environment.cores} × ${environment.cpu}.`];
  return `<header>
<p class="kind">Correio beside raw Bun, Go and Python: servers × clients × messages</p>
<h1>${escapeHtml(headlineOf(analysis))}</h1>
<p class="quiet">${escapeHtml(about.join(" "))}</p>
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

function levelTile({ what, name, ratio, reached }: ReturnType<typeof levelsOf>[number]): string {
  const state = reached === undefined ? "open" : reached ? "reached" : "missed";
  const figure = ratio === undefined ? "–" : `${renderRatio(ratio.value)} ×`;
  return `<li class="${state}" title="${escapeHtml(what)}"><strong>${figure}</strong> <span>${escapeHtml(name)}</span>
<em>${verdictOf(reached)}</em></li>`;
}
