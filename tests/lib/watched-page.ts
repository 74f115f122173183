// A page in a real browser, watched: what it asks for, what it complains of, what stands in the way of people.
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { appears, type TestBrowser } from "#gateway/test-browser.ts";

import { eventually } from "./eventually.ts";

const WITHIN_MS = 10_000;
const TABS_MAX = 80;
/** Kept by CI where a test has failed. */
const PICTURES = process.env["CORREIO_ARTEFACTS"] ?? join(import.meta.dir, "../../results/pages");
const axeSource = await Bun.file(Bun.resolveSync("axe-core/axe.min.js", import.meta.dir)).text();

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

export class WatchedPage {
  readonly view: Bun.WebView;
  /** Addresses, in order. */
  readonly requested: string[] = [];
  /** What the browser or the page wrote to the console, and what was thrown. */
  readonly complaints: string[] = [];

  constructor(view: Bun.WebView) {
    this.view = view;
    this.#hears("Network.requestWillBeSent", (data) => this.requested.push(data.request.url));
    this.#hears("Log.entryAdded", (data) => this.complaints.push(`${data.entry.text} ${data.entry.url ?? ""}`));
    this.#hears("Runtime.exceptionThrown", (data) => this.complaints.push(JSON.stringify(data.exceptionDetails)));
    this.#hears("Runtime.consoleAPICalled", (data) => this.complaints.push(JSON.stringify(data.args)));
  }

  static async open(browser: TestBrowser, url: string): Promise<WatchedPage> {
    const view = browser.openPage();
    await view.navigate("about:blank");
    const page = new WatchedPage(view);
    for (const domain of ["Network", "Log", "Runtime"]) await view.cdp(`${domain}.enable`);
    await view.navigate(url);
    return page;
  }

  /** Does what a test does with the page; where that fails, what the page looked like is kept. */
  async kept(name: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (fault) {
      mkdirSync(PICTURES, { recursive: true });
      const path = join(PICTURES, `${name.replace(/\W+/g, "-")}.png`);
      await Bun.write(path, await this.view.screenshot());
      console.error(`The page as it was: ${path}; it complained of ${JSON.stringify(this.complaints)}`);
      throw fault;
    } finally {
      this.view.close();
    }
  }

  /** Until the page's text has it, in any case: styles may change that. */
  sees(text: string): Promise<void> {
    return this.holds(`"${text}" on the page`, `document.body.innerText.includes(${JSON.stringify(text)})`);
  }

  holds(what: string, script: string): Promise<void> {
    return eventually(what, async () => (await this.view.evaluate(script)) === true, WITHIN_MS, 25);
  }

  evaluate(script: string): Promise<unknown> {
    return this.view.evaluate(script);
  }

  async click(selector: string): Promise<void> {
    await appears(this.view, selector);
    await this.view.click(selector, { timeout: WITHIN_MS });
  }

  /** Of a button or a link by what it says. */
  async clickOn(text: string, where = "main"): Promise<void> {
    const marked = `[...document.querySelectorAll(${JSON.stringify(`${where} button, ${where} a, ${where} summary`)})]
      .filter((each) => each.checkVisibility() && each.textContent.trim() === ${JSON.stringify(text)})
      .slice(0, 1).map((each) => each.setAttribute("data-test", "here")).length === 1`;
    await this.holds(`"${text}" to click on`, marked);
    await this.view.click("[data-test=here]", { timeout: WITHIN_MS });
    await this.evaluate(`document.querySelector("[data-test=here]")?.removeAttribute("data-test")`);
  }

  async fill(selector: string, text: string): Promise<void> {
    await this.click(selector);
    await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).select()`);
    await this.view.type(text);
  }

  async goTo(fragment: string): Promise<void> {
    await this.evaluate(`void (location.hash = ${JSON.stringify(fragment)})`);
  }

  /** By the keyboard alone: Tab until what has the focus says or is called so. */
  async tabTo(name: string): Promise<void> {
    for (let tabs = 0; tabs < TABS_MAX; tabs++) {
      await this.view.press("Tab");
      if ((await this.evaluate(FOCUSED)) === name) return;
    }
    throw new Error(`Cannot reach "${name}" with ${TABS_MAX} tabs`);
  }

  async theme(theme: "light" | "dark"): Promise<void> {
    await this.view.cdp("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: theme }] });
    await this.holds(`the ${theme} theme`, `document.documentElement.dataset.theme === "${theme}"`);
  }

  /** As wide as a phone is, for instance. */
  async width(px: number): Promise<void> {
    const metrics = { width: px, height: 800, deviceScaleFactor: 1, mobile: false };
    await this.view.cdp("Emulation.setDeviceMetricsOverride", metrics);
    await this.holds(`${px} pixels`, `innerWidth === ${px}`);
  }

  /** What axe finds, through the developers' tools: the page's own policy lets no script in. */
  async violations(rules?: readonly string[]): Promise<readonly string[]> {
    if ((await this.evaluate("typeof axe")) === "undefined") {
      await this.view.cdp("Runtime.evaluate", { expression: axeSource });
    }
    const only = rules === undefined ? "{}" : JSON.stringify({ runOnly: rules });
    const found = await this.evaluate(
      `axe.run(document, ${only}).then(({ violations }) => JSON.stringify(violations))`,
    );
    return (JSON.parse(String(found)) as Violation[]).flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  }

  /** Of other hosts than the server's, whatever the page asked of them. */
  strangers(serverUrl: string): readonly string[] {
    const isOwn = (url: string): boolean => url.startsWith(`${serverUrl}/`) || /^(?:data|about):/.test(url);
    return this.requested.filter((url) => !isOwn(url));
  }

  #hears(name: string, listener: (data: DevtoolsData) => void): void {
    this.view.addEventListener(name, (event) => listener((event as Event & { data: DevtoolsData }).data));
  }
}

interface DevtoolsData {
  readonly request: { readonly url: string };
  readonly entry: { readonly text: string; readonly url?: string };
  readonly exceptionDetails: unknown;
  readonly args: unknown;
}

/** What has the focus: its label's text, or its own. */
const FOCUSED = `(document.activeElement?.labels?.[0] ?? document.activeElement)?.textContent?.trim()`;
