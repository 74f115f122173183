// The page of the matrix as a person uses it, in a browser that draws in software and cannot reach any other host.

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { appears, browserExpected, TestBrowser, textOf } from "#gateway/test-browser.ts";

import { analyseMatrix } from "./matrix-analysis.ts";
import { renderMatrixPage } from "./matrix-page.ts";
import { type Example, exampleMatrix } from "./test-matrix-data.ts";

const SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
const FIRST = "#plots section:nth-of-type(1)";
const DIFFERENCE = "#plots section:nth-of-type(3)";
/** What the browser says of plotly's way to measure text, and of drawing without a graphics card. */
const ADVICE = /willReadFrequently|GPU stall due to ReadPixels/;
/** Of a picture: how many colours it has, and a sum that another picture would not have. */
const LOOK_AT = `async (picture) => {
  const image = Object.assign(new Image(), { src: "data:image/png;base64," + picture });
  await image.decode();
  const { width, height } = image;
  const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  return { colours: new Set(pixels).size, sum: pixels.reduce((sum, pixel) => (sum * 31 + pixel) % 1e9, 0) };
}`;

if (!browserExpected) console.warn("SKIPPED: the matrix's page in a real browser, because chromium is not installed");
setDefaultTimeout(60_000);

describe("the page of the matrix", () => {
  test("is the same to the byte from the same data", async () => {
    const [one, other] = await Promise.all([pageOf(), pageOf()]);
    expect(one).toBe(other);
  });

  test("names nothing to fetch, runs only its own scripts, and takes words for words", async () => {
    const page = await pageOf();
    expect(page.match(/<(?:script|link|img)[^>]*(?:src|href)="(?!data:)[^"]*"/g)).toBeNull();
    const [policy = ""] = /(?<=Content-Security-Policy" content=")[^"]+/.exec(page) ?? [];
    expect(policy).toMatch(/^default-src 'none'; .*; script-src(?: 'sha256-[\w+/]+=*'){6}$/);
    expect(page).toContain("Example &lt;CPU> | 3 GHz");
    expect(page).not.toContain("Example <CPU>");
  });
});

describe.skipIf(!browserExpected)("the page of the matrix, in a real browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "correio-matrix-page-"));
  let browser: TestBrowser;
  beforeAll(() => void (browser = new TestBrowser(SOFTWARE_GL)));
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  describe("with all plots", () => {
    let opened: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => void (opened = await open()));
    afterAll(() => opened[Symbol.dispose]());

    test("draws every plot, complains of nothing and fetches nothing", async () => {
      const { page, requested, complaints } = opened;
      expect(await count(page, "#plots section")).toBe(5);
      expect(await count(page, "#plots canvas")).toBeGreaterThanOrEqual(3);
      expect(await count(page, ".flat .plot svg .trace")).toBeGreaterThan(8);
      await paintedIn(page, FIRST, isPainted);
      expect(requested.filter((url) => !url.startsWith("data:"))).toEqual([expect.stringMatching(/^file:/)]);
      expect(await page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")).toEqual([]);
      expect(complaints).toEqual([]);
    });

    test("says of each point its raw mean, what a filter leaves, and from how many runs", async () => {
      const [text] = (await opened.page.evaluate(
        `document.querySelector('${FIRST} .plot').data.find(({ type }) => type === "scatter3d").text`,
      )) as string[];
      expect(text).toMatch(
        /^<b>Correio<\/b><br>2 servers, 10 clients, 1 000 messages<br>mean [\d.]+ \[[\d.]+, [\d.]+\] ms<br>/,
      );
      expect(text).toMatch(/<br>sessions with \|z\| ≤ 3: mean [\d.]+ ms, \d+ of 50 removed<br>.*<br>5 runs$/);
    });

    test("shows another surface when another choice is made, by keyboard too", async () => {
      const { page } = opened;
      const before = await paintedIn(page, FIRST, isPainted);
      await page.evaluate(`document.querySelector('${FIRST} select[name=message]').focus()`);
      await page.press("ArrowUp");
      expect(await page.evaluate(`document.querySelector('${FIRST} select[name=message]').value`)).toBe("0");
      const fewer = await paintedIn(page, FIRST, ({ sum }) => sum !== before.sum);

      await page.evaluate(`document.querySelector('${FIRST} input[name=python]').focus()`);
      await page.press("Space");
      expect(await traceColours(page, FIRST)).toHaveLength(3);
      await paintedIn(page, FIRST, ({ sum }) => sum !== fewer.sum);
    });

    test("takes the difference of any two, either way round", async () => {
      const { page } = opened;
      const ratio = `document.querySelector('${DIFFERENCE} .plot').data[0].z[0][0]`;
      await choose(page, "ours", "go");
      await choose(page, "theirs", "python");
      const there = Number(await page.evaluate(ratio));
      await choose(page, "ours", "python");
      await choose(page, "theirs", "go");
      expect(Number(await page.evaluate(ratio))).toBeCloseTo(1 / there, 10);
    });

    test("fits a phone: nothing but tables is wider than the screen", async () => {
      const { page } = opened;
      const phone = { width: 400, height: 700, deviceScaleFactor: 1, mobile: true };
      await page.cdp("Emulation.setDeviceMetricsOverride", phone);
      await becomes(page, "innerWidth === 400 && document.documentElement.scrollWidth <= 400");
    });

    test("follows the system when it turns dark", async () => {
      const { page } = opened;
      const light = await traceColours(page, FIRST);
      await page.cdp("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: "dark" }] });
      await becomes(page, `${coloursOf(FIRST)}[0] !== "${light[0]}"`);
      expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(13, 17, 23)");
    });
  });

  test.each<[string, Example, RegExp]>([
    ["one cell", { plan: { servers: [2], clients: [10], messages: [100], workMs: [0] } }, /2 servers, 10 clients/],
    [
      "cells without runs, of one implementation",
      { plan: { implementations: ["correio"] }, change: ({ clients }) => (clients === 10 ? null : {}) },
      /2 servers, 20 clients/,
    ],
  ])("draws points where there is no surface: %s", async (_, example, first) => {
    using opened = await open(example);
    const { page, complaints } = opened;
    const [text] = (await page.evaluate(
      `document.querySelector('${FIRST} .plot').data.find(({ type }) => type === "scatter3d").text`,
    )) as string[];
    expect(text).toMatch(first);
    await paintedIn(page, FIRST, isPainted);
    expect(complaints).toEqual([]);
  });

  test("says so where nothing was measured", async () => {
    using opened = await open({ change: () => null });
    expect(await textOf(opened.page, `${FIRST} [role=status]`)).toBe("Nothing was measured for this choice.");
    expect(opened.complaints).toEqual([]);
  });

  async function open(example: Example = {}) {
    const path = join(folder, `${Bun.randomUUIDv7()}.html`);
    await Bun.write(path, await pageOf(example));
    const page = browser.openPage();
    const requested: string[] = [];
    const complaints: string[] = [];
    await page.navigate("about:blank");
    page.addEventListener("Network.requestWillBeSent", (event) => void requested.push(dataOf(event).request.url));
    page.addEventListener("Log.entryAdded", (event) => {
      const { entry } = dataOf(event);
      if (!ADVICE.test(entry.text)) complaints.push(entry.text);
    });
    page.addEventListener("Runtime.exceptionThrown", (event) => {
      complaints.push(dataOf(event).exceptionDetails.text);
    });
    for (const domain of ["Network", "Log", "Runtime"]) await page.cdp(`${domain}.enable`);
    const screen = { width: 640, height: 700, deviceScaleFactor: 1, mobile: true };
    await page.cdp("Emulation.setDeviceMetricsOverride", screen);
    await page.navigate(`file://${path}`);
    await appears(page, "html[data-drawn=all]");
    return { page, requested, complaints, [Symbol.dispose]: () => page[Symbol.dispose]() };
  }
});

async function count(page: Bun.WebView, selector: string): Promise<number> {
  return Number(await page.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`));
}

interface Painted {
  readonly colours: number;
  readonly sum: number;
}

/** Looks until what the plot shows is as it should be: WebGL draws some frames later. */
async function paintedIn(page: Bun.WebView, selector: string, isSo: (painted: Painted) => boolean): Promise<Painted> {
  await page.scrollTo(`${selector} .plot`, { block: "start" });
  const { x, y, width, height } = (await page.evaluate(
    `document.querySelector("${selector} .plot").getBoundingClientRect().toJSON()`,
  )) as Record<"x" | "y" | "width" | "height", number>;
  const scrolled = Number(await page.evaluate("scrollY"));
  const clip = { x, y: y + scrolled, width, height, scale: 0.5 };
  while (true) {
    const { data } = (await page.cdp("Page.captureScreenshot", { clip })) as { data: string };
    const painted = (await page.evaluate(`(${LOOK_AT})("${data}")`)) as Painted;
    if (isSo(painted)) return painted;
  }
}

async function becomes(page: Bun.WebView, condition: string): Promise<void> {
  await page.evaluate(
    `new Promise((done) => { const look = () => (${condition} ? done() : requestAnimationFrame(look)); look(); })`,
  );
}

const isPainted = ({ colours }: Painted): boolean => colours > 50;

const coloursOf = (selector: string): string =>
  `document.querySelector('${selector} .plot').data
    .flatMap(({ type, marker }) => (type === "scatter3d" ? (marker?.color ?? []) : []))`;

async function traceColours(page: Bun.WebView, selector: string): Promise<readonly string[]> {
  return (await page.evaluate(coloursOf(selector))) as string[];
}

async function choose(page: Bun.WebView, name: string, value: string): Promise<void> {
  await page.evaluate(`(() => {
    const select = document.querySelector('${DIFFERENCE} select[name=${name}]');
    select.value = ${JSON.stringify(value)};
    select.dispatchEvent(new Event("change"));
  })()`);
}

interface BrowserEvent {
  readonly request: { readonly url: string };
  readonly entry: { readonly text: string };
  readonly exceptionDetails: { readonly text: string };
}

function dataOf(event: Event): BrowserEvent {
  return (event as MessageEvent<BrowserEvent>).data;
}

function pageOf(example: Example = {}): Promise<string> {
  return renderMatrixPage(analyseMatrix(exampleMatrix(example)));
}
