// For tests: an installed Chromium without network, in a profile of its own that is gone afterwards.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PATH = Bun.which("chromium") ?? Bun.which("google-chrome") ?? Bun.which("chromium-browser");
const ARGUMENTS = [
  "--no-sandbox",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const STEP_WAIT_MS = 20_000;
const EXIT_WAIT_MS = 5_000;
const EXIT_STEP_MS = 200;

/** False where no browser is installed, except under CI: there the tests must run, and fail at the first page. */
export const browserExpected = PATH !== null || process.env["CI"] !== undefined;

export class TestBrowser {
  readonly #folder = mkdtempSync(join(tmpdir(), "correio-browser-"));
  readonly #moreArguments: readonly string[];
  #opened = false;

  constructor(moreArguments: readonly string[] = []) {
    this.#moreArguments = moreArguments;
  }

  openPage(): Bun.WebView {
    if (PATH === null) throw new Error("Cannot open a page: chromium is not installed, and CI may not skip this");
    this.#opened = true;
    return new Bun.WebView({
      width: 1_280,
      height: 1_100,
      dataStore: { directory: this.#folder },
      backend: { type: "chrome", path: PATH, argv: [...ARGUMENTS, ...this.#moreArguments] },
    });
  }

  /** Asks the browser to exit, since a killed one leaves files behind; its last processes still write for a moment. */
  async close(): Promise<void> {
    if (!this.#opened) return rmSync(this.#folder, { recursive: true });
    const page = this.openPage();
    await page.navigate("about:blank");
    await page.cdp("Browser.close").catch(() => undefined);
    const giveUpAt = performance.now() + EXIT_WAIT_MS;
    while (existsSync(this.#folder) && performance.now() < giveUpAt) {
      await Bun.sleep(EXIT_STEP_MS);
      rmSync(this.#folder, { recursive: true, force: true });
      await Bun.sleep(EXIT_STEP_MS);
    }
  }
}

/** Waits until the element exists: `scrollTo` does. */
export function appears(page: Bun.WebView, selector: string): Promise<void> {
  return page.scrollTo(selector, { timeout: STEP_WAIT_MS, block: "nearest" });
}

export async function scrollAndClick(page: Bun.WebView, selector: string): Promise<void> {
  await page.scrollTo(selector, { timeout: STEP_WAIT_MS });
  await page.click(selector, { timeout: STEP_WAIT_MS });
}

export async function textOf(page: Bun.WebView, selector: string): Promise<string> {
  return String(await page.evaluate(`document.querySelector(${JSON.stringify(selector)}).innerText`));
}
