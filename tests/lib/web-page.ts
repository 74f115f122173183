// A page of the gateway in a real browser: used as a person does, and watched for what no page may do.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { type TestBrowser } from "#gateway/test-browser.ts";

import { eventually } from "./eventually.ts";
import { projectFolder } from "./source-files.ts";

const TABS_MAX = 60;
const STEP_WAIT_MS = 15_000;
/** CI keeps what is there. */
const PICTURES_FOLDER = process.env["PICTURES_FOLDER"] ?? join(projectFolder, "results/pictures");
/** What the element that has the focus is called: by its label's text, or its own. */
const FOCUSED = `(document.activeElement?.labels?.[0] ?? document.activeElement)?.textContent?.trim()`;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

export class WebPage {
  /** Errors and warnings of the console, exceptions that nobody caught, and refusals of the page's policy. */
  readonly complaints: string[] = [];
  readonly requested: string[] = [];
  readonly #view: Bun.WebView;

  private constructor(view: Bun.WebView) {
    this.#view = view;
  }

  static async open(browser: TestBrowser, url: string): Promise<WebPage> {
    const page = new WebPage(browser.openPage());
    await page.#watch();
    await page.#view.navigate(url);
    return page;
  }

  get view(): Bun.WebView {
    return this.#view;
  }

  /** Of all elements that the selector names, each in one line. */
  async texts(selector: string): Promise<readonly string[]> {
    const all = `Array.from(document.querySelectorAll(${JSON.stringify(selector)}), (each) => each.innerText)`;
    return ((await this.evaluate(all)) as readonly string[]).map((text) => text.replaceAll(/\s+/g, " ").trim());
  }

  async shows(selector: string, text = ""): Promise<void> {
    const holds = async (): Promise<boolean> => {
      const found = await this.texts(selector);
      return found.some((each) => each.includes(text));
    };
    await eventually(`"${text}" in ${selector}`, holds, STEP_WAIT_MS, 20);
  }

  /** Somewhere on the page. */
  sees(text: string): Promise<void> {
    return this.holds(`"${text}" on the page`, `document.body.innerText.includes(${JSON.stringify(text)})`);
  }

  holds(what: string, script: string): Promise<void> {
    return eventually(what, async () => (await this.evaluate(script)) === true, STEP_WAIT_MS, 20);
  }

  async gone(selector: string): Promise<void> {
    await eventually(`the end of ${selector}`, async () => (await this.count(selector)) === 0, STEP_WAIT_MS, 20);
  }

  async count(selector: string): Promise<number> {
    return Number(await this.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`));
  }

  async click(selector: string): Promise<void> {
    await this.#view.scrollTo(selector, { timeout: STEP_WAIT_MS, block: "nearest" });
    await this.#view.click(selector, { timeout: STEP_WAIT_MS });
  }

  /** On what says just this and can be clicked on, inside what `where` selects. */
  async clickOn(text: string, where = "main"): Promise<void> {
    const all = ["button", "a", "summary"].map((name) => `${where} ${name}`).join();
    const says = `each.checkVisibility() && each.textContent.trim() === ${JSON.stringify(text)}`;
    const found = `Array.from(document.querySelectorAll(${JSON.stringify(all)})).find((each) => ${says})`;
    await this.holds(
      `"${text}" to click on`,
      `${found}?.setAttribute("data-test", "here") === undefined && !!${found}`,
    );
    await this.click("[data-test=here]");
    await this.evaluate(`document.querySelector("[data-test=here]")?.removeAttribute("data-test")`);
  }

  /** In place of what stands in the field. */
  async fill(selector: string, text: string): Promise<void> {
    await this.click(selector);
    await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).select()`);
    await this.#view.type(text);
  }

  async press(key: string): Promise<void> {
    await this.#view.press(key as "Enter");
  }

  /** By the Tab key, as often as it takes. */
  async tabTo(selector: string): Promise<void> {
    const isThere = `document.activeElement?.matches(${JSON.stringify(selector)}) === true`;
    for (let count = 0; count < TABS_MAX && (await this.evaluate(isThere)) !== true; count++) await this.press("Tab");
    if ((await this.evaluate(isThere)) !== true) throw new Error(`Cannot reach ${selector} by Tab`);
  }

  /** The same to what is called so. */
  async tabToNamed(name: string): Promise<void> {
    for (let count = 0; count < TABS_MAX && (await this.evaluate(FOCUSED)) !== name; count++) await this.press("Tab");
    if ((await this.evaluate(FOCUSED)) !== name) throw new Error(`Cannot reach "${name}" by Tab`);
  }

  evaluate(script: string): Promise<unknown> {
    return this.#view.evaluate(script);
  }

  reload(): Promise<void> {
    return this.#view.reload();
  }

  async resize(width: number, scheme: "light" | "dark"): Promise<void> {
    const metrics = { width, height: 900, deviceScaleFactor: 1, mobile: width < 600 };
    await this.#view.cdp("Emulation.setDeviceMetricsOverride", metrics);
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.#view.cdp("Emulation.setEmulatedMedia", { features });
  }

  /** What axe finds fault with, one line each; by all its rules unless some are named. */
  async accessibilityProblems(...rules: readonly string[]): Promise<readonly string[]> {
    if ((await this.evaluate("typeof axe")) === "undefined") {
      const axe = readFileSync(join(projectFolder, "node_modules/axe-core/axe.min.js"), "utf8");
      await this.#view.cdp("Runtime.evaluate", { expression: axe });
    }
    const options = rules.length === 0 ? "{}" : JSON.stringify({ runOnly: rules });
    const found = await this.evaluate(
      `axe.run(document, ${options}).then(({ violations }) => JSON.stringify(violations))`,
    );
    const violations = JSON.parse(String(found)) as readonly Violation[];
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = "" }) => `${id}: ${html}: ${failureSummary}`),
    );
  }

  /** Wider than the window, so that one would have to scroll sideways. */
  async isTooWide(): Promise<boolean> {
    return (await this.evaluate("document.documentElement.scrollWidth > innerWidth")) === true;
  }

  /** Kept for whoever looks for why a test failed; the file's name. */
  async picture(name: string): Promise<string> {
    const path = join(PICTURES_FOLDER, `${name}.png`);
    await Bun.write(path, await this.#view.screenshot());
    return path;
  }

  close(): void {
    this.#view.close();
  }

  async #watch(): Promise<void> {
    await this.#view.navigate("about:blank");
    const listen = (name: string, hear: (data: never) => void): void =>
      this.#view.addEventListener(name as "message", (event) => hear((event as { data?: unknown }).data as never));
    listen("Network.requestWillBeSent", ({ request }: { request: { url: string } }) => {
      this.requested.push(request.url);
    });
    listen("Network.webSocketCreated", ({ url }: { url: string }) => void this.requested.push(url));
    listen("Log.entryAdded", ({ entry }: { entry: { level: string; text: string } }) => {
      if (entry.level !== "verbose") this.complaints.push(entry.text);
    });
    listen("Runtime.exceptionThrown", (data) => void this.complaints.push(JSON.stringify(data)));
    listen("Runtime.consoleAPICalled", (data) => void this.complaints.push(JSON.stringify(data)));
    for (const domain of ["Network", "Log", "Runtime"]) await this.#view.cdp(`${domain}.enable`);
  }
}

/** Does it, and keeps a picture of each page where it fails. */
export async function withPictures(name: string, pages: readonly WebPage[], act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    for (const [index, page] of pages.entries()) await page.picture(`${name}-${index + 1}`).catch(() => undefined);
    throw error;
  }
}
