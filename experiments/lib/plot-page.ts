// A page of plots that fetches nothing: what they are drawn with and from is all in it, and so are the figures as text.

import { fileURLToPath } from "node:url";

import { type Environment, renderEnvironment } from "./environment.ts";
import { escapeHtml, renderSelfContainedPage } from "./self-contained-page.ts";

const LIBRARY = fileURLToPath(import.meta.resolve("uplot/dist/uPlot.iife.min.js"));
const LIBRARY_STYLE = fileURLToPath(import.meta.resolve("uplot/dist/uPlot.min.css"));
const COMMON = `${import.meta.dirname}/plot-page`;

export interface PlotPage {
  readonly title: string;
  readonly heading: string;
  readonly environment: Environment;
  /** What the curves are, and how they are read. */
  readonly about: string;
  /** All figures, as on the command line. */
  readonly figures: string;
  /** Of the script in this folder that draws `data` into `#plots`, and of its style; it finds that as `DATA`. */
  readonly name: string;
  readonly data: unknown;
}

export function renderPlotPage(page: PlotPage): Promise<string> {
  const own = `${import.meta.dirname}/${page.name}`;
  return renderSelfContainedPage({
    title: page.title,
    body: bodyOf(page),
    stylePaths: [LIBRARY_STYLE, `${own}.css`, `${COMMON}.css`],
    libraryPath: LIBRARY,
    data: page.data,
    modulePaths: [`${COMMON}.js`, `${own}.js`],
  });
}

function bodyOf(page: PlotPage): string {
  return `<h1>${escapeHtml(page.heading)}</h1>
<p>${escapeHtml(renderEnvironment(page.environment))}</p>
<p>${escapeHtml(page.about)}</p>
<main id="plots"></main>
<h2>In numbers</h2>
<pre>${escapeHtml(page.figures)}</pre>`;
}
