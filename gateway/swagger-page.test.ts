// Swagger UI as a person uses it, in a browser that cannot reach any other host.

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { STAND_IN_TOKEN, startStandIn } from "./stand-in.ts";
import { appears, browserExpected, scrollAndClick, TestBrowser, textOf } from "./test-browser.ts";

if (!browserExpected) console.warn("SKIPPED: Swagger UI in a real browser, because chromium is not installed");
setDefaultTimeout(60_000);

describe.skipIf(!browserExpected)("Swagger UI in a real browser", () => {
  let browser: TestBrowser;
  beforeAll(() => void (browser = new TestBrowser()));
  afterAll(() => browser.close());

  test("lists the groups, looks without a token, and asks no other host for anything", async () => {
    await using gateway = startStandIn();
    using page = browser.openPage();
    const requested: string[] = [];
    const complaints: unknown[] = [];
    await page.navigate("about:blank");
    page.addEventListener("Network.requestWillBeSent", (event) => void requested.push(urlOf(event)));
    page.addEventListener("Log.entryAdded", (event) => void complaints.push(dataOf(event)));
    await page.cdp("Network.enable");
    await page.cdp("Log.enable");

    await page.navigate(`${gateway.url}/docs`);
    await appears(page, ".opblock-tag");
    const { tags } = (await (await gateway.get("/docs/json")).json()) as { tags: { name: string }[] };
    const groups = `Array.from(document.querySelectorAll(".opblock-tag"), ({ dataset }) => dataset.tag)`;
    expect(await page.evaluate(groups)).toEqual(tags.map(({ name }) => name));

    const operation = "#operations-process-getHealth";
    await openGroup(page, "process");
    await runOperation(page, operation);
    expect(await textOf(page, `${operation} .live-responses-table`)).toContain('"serverId": "node-1"');

    const looking = "#operations-actor_counter-counter_value";
    await openGroup(page, "actor_counter");
    await runOperation(page, looking, "a");
    expect(await textOf(page, `${looking} .live-responses-table`)).toContain("200");
    expect(gateway.asked).toEqual([["call", "counter", "a", "value", {}]]);

    await page.scrollTo(operation, { block: "start" });
    await Bun.write(join(tmpdir(), "correio-swagger-page.png"), await page.screenshot());

    const isLocal = (url: string): boolean => url.startsWith(`${gateway.url}/`) || url.startsWith("data:");
    expect(requested.filter(isLocal).length).toBeGreaterThan(5);
    expect(requested.filter((url) => !isLocal(url))).toEqual([]);
    const resources = await page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)");
    expect((resources as string[]).filter((url) => !isLocal(url))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("Authorize takes the token; then methods and acts are tried out with their examples", async () => {
    await using gateway = startStandIn();
    using page = await openDocs(browser, gateway.url);
    await authorize(page);

    const add = "#operations-actor_counter-counter_add";
    await openGroup(page, "actor_counter");
    await runOperation(page, add, "page/home");
    expect(await textOf(page, `${add} .live-responses-table`)).toContain("200");
    expect(await textOf(page, `${add} .live-responses-table .highlight-code`)).toContain("42");

    const clock = "#operations-servers-postServersByNameClock";
    await openGroup(page, "servers");
    await runOperation(page, clock, "alfa");
    expect(await textOf(page, `${clock} .live-responses-table`)).toContain('"uncertaintyMs": 0.21');

    expect(gateway.asked).toEqual([
      ["call", "counter", "page/home", "add", { input: { amount: 3 } }],
      ["setClock", "alfa", { differenceMs: 250 }],
    ]);
  });

  test("who has signed in at the page acts without Authorize", async () => {
    await using gateway = startStandIn();
    using page = await openDocs(browser, gateway.url);
    const signIn = { method: "POST", headers: { "Content-Type": "application/json" } };
    const body = JSON.stringify({ token: STAND_IN_TOKEN });
    const signedIn = `fetch("/access/sign-in", ${JSON.stringify({ ...signIn, body })}).then(({ status }) => status)`;
    expect(await page.evaluate(signedIn)).toBe(204);

    const operation = "#operations-sessions-deleteSessionsById";
    await openGroup(page, "sessions");
    await runOperation(page, operation, "17");
    expect(await textOf(page, `${operation} .live-responses-table`)).toContain("204");
    expect(gateway.asked).toEqual(["17"]);
  });
});

async function openDocs(browser: TestBrowser, url: string): Promise<Bun.WebView> {
  const page = browser.openPage();
  await page.navigate(`${url}/docs`);
  await appears(page, ".opblock-tag");
  return page;
}

async function openGroup(page: Bun.WebView, tag: string): Promise<void> {
  await scrollAndClick(page, `#operations-tag-${tag} button.expand-operation`);
  await appears(page, `#operations-tag-${tag}[data-is-open=true]`);
}

async function authorize(page: Bun.WebView): Promise<void> {
  await scrollAndClick(page, ".btn.authorize");
  await scrollAndClick(page, ".auth-container input");
  await page.type(STAND_IN_TOKEN);
  await scrollAndClick(page, ".auth-btn-wrapper .authorize");
  await scrollAndClick(page, ".auth-btn-wrapper .btn-done");
}

/** Opens the operation, fills in its first field if there is a value for it, and executes. */
async function runOperation(page: Bun.WebView, operation: string, value?: string): Promise<void> {
  await scrollAndClick(page, `${operation} .opblock-summary-control`);
  await appears(page, `${operation} .execute`);
  if (value !== undefined) {
    const field = `${operation} .parameters input`;
    await scrollAndClick(page, field);
    await page.evaluate(`document.querySelector(${JSON.stringify(field)}).select()`);
    await page.type(value);
  }
  // What was opened still grows: a click at where the button was would be lost.
  await page.scrollTo(`${operation} .execute`);
  await rests(page, `${operation} .execute`);
  await scrollAndClick(page, `${operation} .execute`);
  await appears(page, `${operation} .live-responses-table .response-col_status`);
}

/** Waits until the element has stayed where it is for ten frames. */
async function rests(page: Bun.WebView, selector: string): Promise<void> {
  await page.evaluate(`new Promise((done) => {
    const look = (before, still) => {
      const { top } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
      if (still === 10) done(true);
      else requestAnimationFrame(() => look(top, top === before ? still + 1 : 0));
    };
    look(NaN, 0);
  })`);
}

function dataOf(event: Event): unknown {
  return "data" in event ? event.data : undefined;
}

function urlOf(event: Event): string {
  return (dataOf(event) as { request: { url: string } }).request.url;
}
