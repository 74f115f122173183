// A page of plots that fetches nothing: what they are drawn with and from is all in it, and so are the figures as text.

import { type Environment, renderEnvironment } from "./environment.ts";

const LIBRARY = import.meta.resolve("uplot/dist/uPlot.iife.min.js");
const LIBRARY_STYLE = import.meta.resolve("uplot/dist/uPlot.min.css");
const COMMON = `${import.meta.dirname}/plot-page`;
/** Whatever it is asked to load, a browser refuses. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

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

export async function renderPlotPage(page: PlotPage): Promise<string> {
  const own = `${import.meta.dirname}/${page.name}`;
  const paths = [LIBRARY, LIBRARY_STYLE, `${COMMON}.js`, `${COMMON}.css`, `${own}.js`, `${own}.css`];
  const [library = "", libraryStyle, commonScript = "", commonStyle, script = "", style] = await Promise.all(
    paths.map((path) => Bun.file(path.replace("file://", "")).text()),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<link rel="icon" href="data:,">
<title>${escape(page.title)}</title>
<style>${libraryStyle}</style>
<style>${style}${commonStyle}</style>
</head>
<body>
<h1>${escape(page.heading)}</h1>
<p>${escape(renderEnvironment(page.environment))}</p>
<p>${escape(page.about)}</p>
<main id="plots"></main>
<h2>In numbers</h2>
<pre>${escape(page.figures)}</pre>
<script>${inScript(library)}</script>
<script type="module">${inScript(commonScript)}</script>
<script>const DATA = ${inScript(JSON.stringify(page.data))};</script>
<script type="module">${inScript(script)}</script>
</body>
</html>
`;
}

/** In a script element nothing may look like its end. */
const inScript = (text: string): string => text.replaceAll("</script", String.raw`<\/script`);
const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
