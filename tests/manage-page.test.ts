// The management page in a real browser, in front of a whole server that is a process of its own.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";

import { browserExpected, TestBrowser } from "#gateway/test-browser.ts";

import { ChatClient } from "./lib/chat-client.ts";
import { MATCH_PORTS } from "./lib/node-settings.ts";
import { ServerProcess } from "./lib/server-process.ts";
import { WebPage, withPictures } from "./lib/web-page.ts";

const TOKEN = "manage-page-token-0123456789abcdef";
const MESSAGING = { CORREIO_MESSAGING_PORT: 0, CORREIO_WORKER_PORT: 0, CORREIO_PUBLISHER_PORT: 0 };
const REST = { CORREIO_SUBSCRIBER_PORT: 0, CORREIO_MESSAGING_STORE_PORT: 0, CORREIO_REFERENCE_PORT: 0 };
const SETTINGS = { ...MATCH_PORTS, ...MESSAGING, ...REST, CORREIO_SERVER_PORTS: 0, CORREIO_ADMIN_TOKEN: TOKEN };
const IS_DARK = "document.documentElement.dataset.theme === 'dark'";
const IS_LIGHT = "document.documentElement.dataset.theme === 'light'";
const PAYLOADS = [
  "<img src=x onerror=globalThis.hacked=1>",
  "</pre></script><script>globalThis.hacked=1</script>",
  "\"'><svg onload=globalThis.hacked=1>",
  "javascript:globalThis.hacked=1//{{constructor.constructor('globalThis.hacked=1')()}}",
];
/** Short enough for a name. */
const NAME_PAYLOAD = "<svg onload=hacked=1>";
const VIEWS = [
  ["", "Event log"],
  ["actors", "Types"],
  ["actors/counter", "Actors of type counter"],
  ["actors/counter/page", "Flight recorder"],
  ["sessions", "Open connections"],
  ["topics", "Topics"],
  ["servers", "How each server stands"],
  ["rooms", "Rooms"],
  ["rooms/lobby", "Members"],
  ["matches", "Matches that go on"],
  ["leaderboard", "Leaderboard"],
  ["accounts", "Accounts"],
  ["dead-letters", "Dead letters"],
  ["log", "Lines, newest first"],
  ["limits", "connectionsMax"],
  ["access", "Audit"],
  ["system", "CORREIO_PORT"],
] as const;

if (!browserExpected) console.warn("SKIPPED: the management page in a real browser, because chromium is not installed");
setDefaultTimeout(60_000);

describe.skipIf(!browserExpected)("the management page", () => {
  let browser: TestBrowser;
  let server: ServerProcess;
  let url: string;
  let ana: ChatClient;

  beforeAll(async () => {
    browser = new TestBrowser();
    server = await ServerProcess.start(SETTINGS);
    url = `http://127.0.0.1:${server.httpPort}`;
    ana = await ChatClient.overTcp(server.port);
    await ana.askAll("HELLO ana", "JOIN lobby");
  });
  afterAll(async () => {
    ana.close();
    await browser.close();
    await server.remove();
  });

  const post = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" };
    const response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
    expect(response.ok, path).toBe(true);
    const text = await response.text();
    return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
  const signedIn = async (fragment = ""): Promise<WebPage> => {
    const page = await WebPage.open(browser, `${url}/#token=${TOKEN}`);
    await page.sees("admin (admin)");
    await goTo(page, `#/${fragment}`);
    return page;
  };

  test("takes a token, keeps who signed in over a reload, and lets him out", async () => {
    const page = await WebPage.open(browser, url);
    await used("sign-in", page, async () => {
      await page.clickOn("Sign in", "header");
      await page.fill("#sign-in-token", "wrong");
      await page.clickOn("Sign in", "dialog");
      await page.sees("token is missing or wrong");
      await page.fill("#sign-in-token", TOKEN);
      await page.clickOn("Sign in", "dialog");
      await page.sees("admin (admin)");
      await page.reload();
      await page.sees("admin (admin)");
      expect(await page.evaluate("document.cookie + JSON.stringify(localStorage)")).not.toContain(TOKEN);
      await page.clickOn("Sign out", "header");
      await page.holds("nobody signed in", "document.querySelector('header').innerText.includes('Sign in')");
    });
  });

  test("is dark or light as the system says, or as the person does, which is remembered", async () => {
    const page = await WebPage.open(browser, url);
    await used("theme", page, async () => {
      await page.resize(1_280, "light");
      await page.holds("the light theme", IS_LIGHT);
      await page.clickOn("Dark", "header");
      await page.reload();
      await page.holds("the dark theme", IS_DARK);
      await page.clickOn("Light", "header");
      await page.evaluate("localStorage.clear()");
      await page.reload();
      await page.resize(1_280, "dark");
      await page.holds("the dark theme", IS_DARK);
    });
  });

  test("takes a token from a link, and leaves it nowhere", async () => {
    const page = await signedIn();
    await used("link", page, async () => {
      expect(await page.evaluate("location.href + history.length")).not.toContain(TOKEN);
    });
  });

  test("moves with what the node does", async () => {
    const page = await WebPage.open(browser, url);
    await used("charts", page, async () => {
      const picture = `document.querySelector(".chart:nth-child(2) canvas").toDataURL()`;
      await page.holds("a chart", `document.querySelectorAll(".chart canvas").length === 6`);
      const before = await page.evaluate(picture);
      const load = startLoad(server.port);
      const legend = `document.querySelector(".chart:nth-child(2) .legend").innerText`;
      await page.holds("messages", `/pipeline-session [1-9]/.test(${legend})`);
      load.kill();
      await load.exited;
      expect(await page.evaluate(picture)).not.toBe(before);
    });
  });

  test("calls a method through the form made from its schema, and shows the answer", async () => {
    const page = await signedIn("actors/counter/called");
    await used("call", page, async () => {
      await page.sees("There is no such actor yet");
      await page.clickOn("add may change");
      await page.fill("form[aria-label='Call add'] input[type=number]", "41");
      await page.clickOn("Call add");
      await page.sees('"count": 41');
      await page.holds("the answer", `document.querySelector("pre[aria-label=Answer]").innerText === "41"`);
    });
  });

  test("replaces the state of an actor that has not changed since, and of no other", async () => {
    await post("/actors/counter/edited/add", { amount: 1 });
    const page = await signedIn("actors/counter/edited");
    await used("state", page, async () => {
      await page.clickOn("Edit state");
      await page.fill("dialog[open] textarea", '{ "count": 100 }');
      await page.clickOn("Edit state", "dialog[open]");
      await page.sees('"count": 100');
      await page.clickOn("Edit state");
      await post("/actors/counter/edited/add", { amount: 1 });
      await page.clickOn("Edit state", "dialog[open]");
      await page.holds("a refusal", `document.querySelector("dialog[open] [role=alert]") !== null`);
      await page.clickOn("Cancel", "dialog[open]");
      await page.clickOn("Refresh");
      await page.sees('"count": 101');
    });
  });

  test("lets a viewer do nothing but look, and says why", async () => {
    await post("/actors/counter/looked-at/add", { amount: 1 });
    const token = await post("/access/tokens", { name: "looker", role: "viewer" });
    const page = await WebPage.open(browser, `${url}/#token=${token["secret"]}`);
    await used("viewer", page, async () => {
      await page.sees("looker (viewer)");
      await page.sees("The log is shown to operators");
      await goTo(page, "#/actors/counter/looked-at");
      await page.sees("Acts on this view take the role operator");
      await page.sees("Quarantine");
      const acts = `Array.from(document.querySelectorAll("main .danger"), ({ disabled, title }) => [disabled, title])`;
      expect(await page.evaluate(acts)).toEqual([
        [true, "This takes the role operator"],
        [true, "This takes the role operator"],
      ]);
    });
  });

  test("by the keyboard alone: signs in, goes to an actor, calls it", async () => {
    const page = await WebPage.open(browser, url);
    await used("keyboard", page, async () => {
      await page.view.cdp("Network.clearBrowserCookies");
      await page.reload();
      await page.sees("Sign in");
      await page.tabToNamed("Sign in");
      await page.press("Enter");
      await page.holds("the field's focus", "document.activeElement.name === 'token'");
      await page.view.type(TOKEN);
      await page.press("Enter");
      await page.sees("admin (admin)");
      await goTo(page, "#/actors/counter/keys");
      await page.sees("There is no such actor yet");
      await page.tabToNamed("add may change");
      await page.press("Enter");
      await page.tabToNamed("amount");
      await page.press("Backspace");
      await page.view.type("7");
      await page.press("Enter");
      await page.sees('"count": 7');
    });
  });

  test("shows as text whatever clients wrote: keys, names, messages, reasons, state, log", async () => {
    await ana.askAll(...PAYLOADS.map((text) => `SAY lobby ${text}`));
    await post("/actors/leaderboard/matches/set", { key: "ana", name: NAME_PAYLOAD, score: 1 });
    for (const text of PAYLOADS) {
      const path = `/actors/counter/${encodeURIComponent(text)}`;
      await post(`${path}/add`, { amount: 1 });
      await post(`${path}/_quarantine`, { reason: text });
    }
    const page = await signedIn("rooms/lobby");
    await used("payloads", page, async () => {
      for (const text of PAYLOADS) await page.sees(text);
      await goTo(page, "#/leaderboard");
      await page.sees(NAME_PAYLOAD);
      for (const view of ["actors/counter", "access", "log"]) {
        await goTo(page, `#/${view}`);
        await page.sees(PAYLOADS[0] ?? "");
      }
      for (const text of PAYLOADS) {
        await goTo(page, `#/actors/counter/${encodeURIComponent(text)}`);
        await page.sees(`Shut: ${text}`);
      }
      expect(await page.evaluate("globalThis.hacked === undefined")).toBe(true);
      expect(await page.evaluate("document.querySelectorAll('main img, main script, [onload]').length")).toBe(0);
      expect(page.complaints).toEqual([]);
    });
  });

  test("axe finds nothing in any view, nothing leaves a phone's width, and no other host is asked", async () => {
    await post("/actors/counter/page/add", { amount: 3 });
    await post("/actors/counter/page/clearLater", { afterMs: 600_000 });
    const page = await signedIn();
    await used("views", page, async () => {
      await page.resize(1_280, "light");
      for (const view of VIEWS) {
        await show(page, view);
        expect(await page.accessibilityProblems(), view[0]).toEqual([]);
      }
      await page.resize(360, "dark");
      await page.holds("the dark theme", IS_DARK);
      for (const view of VIEWS) {
        await show(page, view);
        expect(await page.accessibilityProblems("color-contrast"), view[0]).toEqual([]);
        expect(await page.isTooWide(), view[0]).toBe(false);
      }
      expect(page.complaints).toEqual([]);
      expect(page.requested.filter((each) => new URL(each).host !== new URL(url).host)).toEqual([]);
    });
  });

  test("goes on by itself when the server was killed and started again, and who was signed in still is", async () => {
    const page = await signedIn();
    await used("restart", page, async () => {
      await page.sees("Connections");
      const { dataFolder } = server;
      const port = server.httpPort;
      server.signal("SIGKILL");
      await server.exit();
      await page.sees("No connection to the server");
      server = new ServerProcess({ ...SETTINGS, CORREIO_HTTP_PORT: port }, dataFolder);
      await server.listens();
      await page.holds("the connection", "!document.body.innerText.includes('No connection')");
      await page.sees("admin (admin)");
      await goTo(page, "#/actors/counter/called");
      await page.sees('"count": 41');
    });
  });
});

async function used(name: string, page: WebPage, act: () => Promise<void>): Promise<void> {
  await withPictures(`manage-${name}`, [page], act);
  page.close();
}

async function goTo(page: WebPage, fragment: string): Promise<void> {
  await page.evaluate(`void (location.hash = ${JSON.stringify(fragment)})`);
}

/** With all that can be opened open. */
async function show(page: WebPage, [view, text]: (typeof VIEWS)[number]): Promise<void> {
  await goTo(page, `#/${view}`);
  await page.sees(text);
  await page.holds("all answers", "!document.body.innerText.includes('Loading')");
  await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
}

function startLoad(port: number): Bun.Subprocess {
  const flags = ["--port", String(port), "--clients", "4", "--messages", "1000000", "--batch-size", "4"];
  return Bun.spawn([process.execPath, "clients/load.ts", ...flags], {
    cwd: join(import.meta.dir, ".."),
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
}
