// The comparison of TCP and UDP as one HTML page that fetches nothing: curves of latency, and delivery by loss.

import { renderEnvironment } from "./environment.ts";
import type { TcpUdpReport } from "./tcp-udp-plan.ts";
import { renderTcpUdp } from "./tcp-udp-report.ts";

const LIBRARY = import.meta.resolve("uplot/dist/uPlot.iife.min.js");
const LIBRARY_STYLE = import.meta.resolve("uplot/dist/uPlot.min.css");
const OWN_SCRIPT = `${import.meta.dirname}/tcp-udp-page.js`;
const OWN_STYLE = `${import.meta.dirname}/tcp-udp-page.css`;
/** Whatever it is asked to load, a browser refuses. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

export async function renderPage(report: TcpUdpReport): Promise<string> {
  const [library, libraryStyle, script, style] = await Promise.all(
    [LIBRARY, LIBRARY_STYLE, OWN_SCRIPT, OWN_STYLE].map((path) => Bun.file(path.replace("file://", "")).text()),
  );
  const points = report.rows.map(({ network, way, loss, arrived, expected, p99Ms, curve }) => ({
    network,
    way,
    loss,
    delivered: arrived / expected,
    p99Ms,
    curve,
  }));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<link rel="icon" href="data:,">
<title>TCP and UDP under loss</title>
<style>${libraryStyle}</style>
<style>${style}</style>
</head>
<body>
<h1>The same chat over TCP and UDP, on a network that loses packets</h1>
<p>${escape(renderEnvironment(report.environment))}</p>
<p>A curve says which share of all deliveries that there should have been had come within a time.
It ends at the share that came at all.</p>
<main id="plots"></main>
<h2>In numbers</h2>
<pre>${escape(renderTcpUdp(report))}</pre>
<script>${inScript(library ?? "")}</script>
<script>const POINTS = ${inScript(JSON.stringify(points))};</script>
<script>${inScript(script ?? "")}</script>
</body>
</html>
`;
}

/** In a script element nothing may look like its end. */
const inScript = (text: string): string => text.replaceAll("</script", String.raw`<\/script`);
const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
