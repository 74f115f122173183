// The page at `/` in Chromium: when it is first painted, what it weighs, and what the server pays while it is open.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { corePercentOf } from "./gateway-live.ts";
import { type GatewayServerName, startGatewayServer } from "./gateway-servers.ts";
import { findTool } from "./implementations.ts";
import { type MedianInterval, medianInterval, onceMeasured, pairedDifference } from "./statistics.ts";

export interface PageParameters {
  readonly only: readonly GatewayServerName[];
  /** Loads with nothing kept by the browser, and with what it has kept, in turn. */
  readonly rounds: number;
  /** For which the page is open, and is not, in turn, while the server's processor time is read. */
  readonly seconds: number;
  readonly pairs: number;
}

export interface PageResult {
  readonly name: GatewayServerName;
  /** First contentful paint after the navigation began, in milliseconds: of the server's first page of all, … */
  readonly first: MedianInterval;
  /** … of later ones by a browser that has kept nothing, … */
  readonly cold: MedianInterval;
  /** … and by one that has. */
  readonly warm: MedianInterval;
  /** All that a cold load brought, with its headers, as it was on the wire. */
  readonly transferredBytes: number;
  readonly files: number;
  /** What the open page costs the server, in percent of a core. */
  readonly openPercent: MedianInterval;
}

export interface MissingBrowser {
  readonly why: string;
}

interface Load {
  readonly paintMs: number;
  readonly transferredBytes: number;
  readonly files: number;
}

const BROWSERS = ["chromium", "google-chrome", "chromium-browser"];
const ARGUMENTS = ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update"];
const PAINT_WITHIN_MS = 20_000;
const LOOK_MS = 20;
/** From the first paint: what a page asks for later belongs to its weight too. */
const SETTLE_MS = 1_000;
/** Of the document and of what it asked for; a WebSocket is not among them. */
const READ_LOAD = `(() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const transferredBytes = all.reduce((sum, { transferSize }) => sum + transferSize, 0);
  return { paintMs: paint === undefined ? -1 : paint.startTime, transferredBytes, files: all.length };
})()`;

export function findBrowser(searchPath: string | undefined): string | undefined {
  return BROWSERS.map((name) => findTool(name, searchPath)).find((path) => path !== undefined);
}

export async function measurePages(
  parameters: PageParameters,
  browser: string,
  progress?: (line: string) => void,
): Promise<readonly PageResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "correio-experiment-browser-"));
  const backend = { type: "chrome", path: browser, argv: ARGUMENTS } as const;
  const page = new Bun.WebView({ width: 1_280, height: 1_100, dataStore: { directory: folder }, backend });
  try {
    await page.navigate("about:blank");
    const results: PageResult[] = [];
    for (const name of parameters.only) {
      progress?.(`page: ${name} …`);
      results.push(await measurePage(page, name, parameters));
    }
    return results;
  } finally {
    await page.cdp("Browser.close").catch(() => undefined);
    page.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function measurePage(
  page: Bun.WebView,
  name: GatewayServerName,
  { rounds, seconds, pairs }: PageParameters,
): Promise<PageResult> {
  await using stack = new AsyncDisposableStack();
  const server = await startGatewayServer(name);
  stack.defer(() => server.stop());
  const url = `http://127.0.0.1:${server.httpPort}/`;
  const first = await loadCold(page, url);
  const [cold, warm]: [Load[], Load[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    cold.push(await loadCold(page, url));
    warm.push(await load(page, url));
  }
  const [open, closed]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < pairs; pair++) {
    await load(page, url);
    open.push(await corePercentOf(server.pid, seconds));
    await page.navigate("about:blank");
    closed.push(await corePercentOf(server.pid, seconds));
  }
  return {
    name,
    first: onceMeasured(first.paintMs),
    cold: medianInterval(cold.map(({ paintMs }) => paintMs)),
    warm: medianInterval(warm.map(({ paintMs }) => paintMs)),
    transferredBytes: Math.max(...cold.map(({ transferredBytes }) => transferredBytes)),
    files: Math.max(...cold.map(({ files }) => files)),
    openPercent: pairedDifference(open, closed),
  };
}

async function loadCold(page: Bun.WebView, url: string): Promise<Load> {
  await page.cdp("Network.clearBrowserCache");
  return await load(page, url);
}

async function load(page: Bun.WebView, url: string): Promise<Load> {
  await page.navigate("about:blank");
  await page.navigate(url);
  const giveUpAt = performance.now() + PAINT_WITHIN_MS;
  for (;;) {
    const found = (await page.evaluate(READ_LOAD)) as Load;
    if (found.paintMs >= 0) break;
    if (performance.now() > giveUpAt) throw new Error(`Cannot measure ${url}: it is not painted`);
    await Bun.sleep(LOOK_MS);
  }
  await Bun.sleep(SETTLE_MS);
  return (await page.evaluate(READ_LOAD)) as Load;
}
