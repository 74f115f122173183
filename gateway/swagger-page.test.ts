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

  test("lists the operations, runs one, and asks no other host for anything", async () => {
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
    await appears(page, ".opblock");
    const { paths } = (await (await gateway.get("/docs/json")).json()) as { paths: Record<string, object> };
    const operations = Object.values(paths).flatMap((methods) => Object.keys(methods));
    expect(await page.evaluate("document.querySelectorAll('.opblock').length")).toBe(operations.length);

    const operation = "#operations-process-getHealth";
    await runOperation(page, operation);
    expect(await textOf(page, `${operation} .live-responses-table`)).toContain('"serverId": "node-1"');

    await page.scrollTo(operation, { block: "start" });
    await Bun.write(join(tmpdir(), "correio-swagger-page.png"), await page.screenshot());

    const isLocal = (url: string): boolean => url.startsWith(`${gateway.url}/`) || url.startsWith("data:");
    expect(requested.filter(isLocal).length).toBeGreaterThan(5);
    expect(requested.filter((url) => !isLocal(url))).toEqual([]);
    const resources = await page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)");
    expect((resources as string[]).filter((url) => !isLocal(url))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("a method of an actor is tried out with its example, and what it answers is shown", async () => {
    await using gateway = startStandIn();
    using page = browser.openPage();
    await page.navigate(`${gateway.url}/docs`);
    await appears(page, ".opblock");
    await authorize(page);

    const operation = "#operations-actor_counter-counter_add";
    await runOperation(page, operation, "page/home");
    expect(await textOf(page, `${operation} .live-responses-table`)).toContain("200");
    expect(await textOf(page, `${operation} .live-responses-table .highlight-code`)).toContain("42");
    expect(gateway.asked).toEqual([["call", "counter", "page/home", "add", { input: { amount: 3 } }]]);
  });

  test("a method that only looks is tried out without the token", async () => {
    await using gateway = startStandIn();
    using page = browser.openPage();
    await page.navigate(`${gateway.url}/docs`);
    await appears(page, ".opblock");

    const operation = "#operations-actor_counter-counter_value";
    await runOperation(page, operation, "a");
    expect(await textOf(page, `${operation} .live-responses-table`)).toContain("200");
    expect(gateway.asked).toEqual([["call", "counter", "a", "value", {}]]);
  });

  test("a server's clock is put on with the example of the body", async () => {
    await using gateway = startStandIn();
    using page = browser.openPage();
    await page.navigate(`${gateway.url}/docs`);
    await appears(page, ".opblock");
    await authorize(page);

    const operation = "#operations-servers-postServersByNameClock";
    await runOperation(page, operation, "alfa");
    expect(await textOf(page, `${operation} .live-responses-table`)).toContain('"uncertaintyMs": 0.21');
    expect(gateway.asked).toEqual([["setClock", "alfa", { differenceMs: 250 }]]);
  });

  test("who has signed in at the page acts without Authorize", async () => {
    await using gateway = startStandIn();
    using page = browser.openPage();
    await page.navigate(`${gateway.url}/docs`);
    await appears(page, ".opblock");
    const signIn = { method: "POST", headers: { "Content-Type": "application/json" } };
    const body = JSON.stringify({ token: STAND_IN_TOKEN });
    const signedIn = `fetch("/access/sign-in", ${JSON.stringify({ ...signIn, body })}).then(({ status }) => status)`;
    expect(await page.evaluate(signedIn)).toBe(204);

    const operation = "#operations-sessions-deleteSessionsById";
    await runOperation(page, operation, "17");
    expect(await textOf(page, `${operation} .live-responses-table`)).toContain("204");
    expect(gateway.asked).toEqual(["17"]);
  });

  test("Authorize takes the admin token, and a session can then be disconnected", async () => {
    await using gateway = startStandIn();
    using page = browser.openPage();
    await page.navigate(`${gateway.url}/docs`);
    await appears(page, ".opblock");

    await authorize(page);

    const operation = "#operations-sessions-deleteSessionsById";
    await runOperation(page, operation, "17");
    expect(await textOf(page, `${operation} .live-responses-table`)).toContain("204");
    expect(gateway.asked).toEqual(["17"]);
  });
});

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
  await scrollAndClick(page, `${operation} .execute`);
  await appears(page, `${operation} .live-responses-table .response-col_status`);
}

function dataOf(event: Event): unknown {
  return "data" in event ? event.data : undefined;
}

function urlOf(event: Event): string {
  return (dataOf(event) as { request: { url: string } }).request.url;
}
