// A page for people in a real browser: what it shows is waited for, and it is used as a person does.
import type { TestBrowser } from "#gateway/test-browser.ts";

import { eventually } from "./eventually.ts";
import { WatchedPage } from "./watched-page.ts";

const TABS_MAX = 60;
const WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 20;
const HERE = /^(?:data:|about:|(?:https?|wss?):\/\/127\.0\.0\.1:)/;
/** What a browser says of a server that is gone. */
const LOST = /WebSocket connection/;

export class PeoplePage {
  readonly #watched: WatchedPage;

  private constructor(watched: WatchedPage) {
    this.#watched = watched;
  }

  static async open(browser: TestBrowser, url: string): Promise<PeoplePage> {
    return new PeoplePage(await WatchedPage.open(browser, url));
  }

  /** Complaints of the browser, and requests to other machines; that a server is gone is no complaint. */
  get oddities(): readonly string[] {
    const { complaints, requested } = this.#watched;
    return [...complaints.filter((text) => !LOST.test(text)), ...requested.filter((url) => !HERE.test(url))];
  }

  /** Of all elements that the selector names, each in one line. */
  async texts(selector: string): Promise<readonly string[]> {
    const all = `Array.from(document.querySelectorAll(${JSON.stringify(selector)}), (each) => each.innerText)`;
    return ((await this.evaluate(all)) as readonly string[]).map((text) => text.replaceAll(/\s+/g, " ").trim());
  }

  shows(selector: string, text = ""): Promise<void> {
    const holds = async (): Promise<boolean> => (await this.texts(selector)).some((each) => each.includes(text));
    return eventually(`"${text}" in ${selector}`, holds, WITHIN_MS, LOOK_EVERY_MS);
  }

  gone(selector: string): Promise<void> {
    const holds = async (): Promise<boolean> => (await this.count(selector)) === 0;
    return eventually(`the end of ${selector}`, holds, WITHIN_MS, LOOK_EVERY_MS);
  }

  async count(selector: string): Promise<number> {
    return Number(await this.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`));
  }

  click(selector: string): Promise<void> {
    return this.#watched.click(selector);
  }

  /** In place of what stands in the field. */
  fill(selector: string, text: string): Promise<void> {
    return this.#watched.fill(selector, text);
  }

  type(text: string): Promise<void> {
    return this.#watched.view.type(text);
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#watched.view.press(key as "Enter");
  }

  /** By the Tab key, as often as it takes. */
  async tabTo(selector: string): Promise<void> {
    const isThere = `document.activeElement?.matches(${JSON.stringify(selector)}) === true`;
    for (let count = 0; count < TABS_MAX; count++) {
      if ((await this.evaluate(isThere)) === true) return;
      await this.press("Tab");
    }
    throw new Error(`Cannot reach ${selector} by Tab`);
  }

  evaluate(script: string): Promise<unknown> {
    return this.#watched.evaluate(script);
  }

  reload(): Promise<void> {
    return this.#watched.view.reload();
  }

  /** What axe finds now. */
  violations(): Promise<readonly string[]> {
    return this.#watched.violations();
  }

  /** What axe finds, dark and light, on a desk and on a phone, where nobody may have to scroll sideways. */
  async violationsAnyhow(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const theme of ["light", "dark"] as const) {
      await this.#watched.theme(theme);
      for (const px of [1_280, 360]) {
        await this.#watched.width(px);
        found.push(...(await this.violations()));
        const isTooWide = await this.evaluate("document.documentElement.scrollWidth > innerWidth");
        if (isTooWide === true) found.push(`wider than ${px} pixels`);
      }
    }
    return found;
  }

  /** As `keptAll`, of this page alone. */
  kept(name: string, act: () => Promise<void>): Promise<void> {
    return this.#watched.kept(name, act);
  }
}

/** Does what a test does with the pages, and closes them; where that fails, a picture of each is kept. */
export function keptAll(name: string, pages: readonly PeoplePage[], act: () => Promise<void>): Promise<void> {
  const keeping = pages.reduce((inner, page, index) => () => page.kept(`${name}-${index + 1}`, inner), act);
  return keeping();
}
