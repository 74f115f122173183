// The match page in a real browser: a whole match between two pages, through kill -9, watched, and against a terminal.
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import { browserExpected, TestBrowser } from "#gateway/test-browser.ts";

import { MatchServer } from "./lib/match-server.ts";
import { createDataFolder, type Settings } from "./lib/node-settings.ts";
import { QUICK_PASSWORDS } from "./lib/quick-passwords.ts";
import { ServerProcess } from "./lib/server-process.ts";
import { WebPage, withPictures } from "./lib/web-page.ts";

if (!browserExpected) console.warn("SKIPPED: the match page in a real browser, because chromium is not installed");
setDefaultTimeout(60_000);

const QUIET = { CORREIO_LOG_LEVEL: "silent", CORREIO_CONSOLE: false };
const TURN = ".match[aria-label='Sua partida'] .standing";
const ANSWER = ".invitations .primary";

async function open(browser: TestBrowser, httpPort: number): Promise<WebPage> {
  const page = await WebPage.open(browser, `http://127.0.0.1:${httpPort}/match`);
  await page.shows("form.entrance");
  return page;
}

/** With a new account. */
async function enter(browser: TestBrowser, httpPort: number, name: string): Promise<WebPage> {
  const page = await open(browser, httpPort);
  await page.fill("input[name=name]", name);
  await page.fill("input[name=password]", `segredo de ${name}`);
  await page.click("input[type=checkbox]");
  await page.click("form.entrance .primary");
  await page.shows("[aria-label=Jogadores]", `${name} (você)`);
  return page;
}

async function invite(host: WebPage, guest: WebPage, guestName: string): Promise<void> {
  await host.shows("[aria-label=Jogadores] li", `Convidar ${guestName}`);
  await host.click("[aria-label=Jogadores] li button");
  await guest.click(ANSWER);
  await host.shows(TURN, "Sua vez (O).");
}

/** Rows and columns from 1. */
async function play(page: WebPage, row: number, column: number): Promise<void> {
  await page.shows(TURN, "Sua vez");
  await page.click(`[aria-label^="linha ${row}, coluna ${column}"]`);
  await page.shows(TURN, "jogou");
}

const squares = (page: WebPage): Promise<unknown> =>
  page.evaluate(`Array.from(document.querySelectorAll(".square"), (each) => each.innerText || ".").join("")`);

function expectNothingOdd(page: WebPage): void {
  expect(page.complaints.filter((each) => !/WebSocket connection/.test(each))).toEqual([]);
  expect(page.requested.filter((url) => !/^(?:https?|wss?):\/\/127\.0\.0\.1:/.test(url))).toEqual([]);
}

describe.skipIf(!browserExpected)("the match page", () => {
  let browser: TestBrowser;
  let server: MatchServer;
  const pages: WebPage[] = [];
  beforeAll(async () => {
    browser = new TestBrowser();
    server = await MatchServer.start({ CORREIO_TURN_MS: 600_000 });
  });
  afterEach(() => {
    for (const page of pages.splice(0)) page.close();
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  const entered = async (name: string): Promise<WebPage> => {
    const page = await enter(browser, server.node.node.httpPort, name);
    pages.push(page);
    return page;
  };

  test("plays a player at a terminal, while a third page watches", async () => {
    const ana = await entered("ana");
    const bea = await server.player("bea");
    const watching = await open(browser, server.node.node.httpPort);
    pages.push(watching);
    await withPictures("match-terminal", pages, async () => {
      expect(await bea.ask("begin;ana;bea;hosted")).toBe("beginACK");
      await ana.shows(".invitations", "bea convidou você");
      await ana.click(ANSWER);
      await watching.click("form.entrance button[type=button]");
      await watching.click("[aria-label=Partidas] li button");
      await watching.shows(".match h2", "bea (O) contra ana (X)");
      expect(await bea.ask("play;2;2;1")).toBe("playACK;1");
      await play(ana, 1, 1);
      await bea.ask("play;1;3;3");
      await ana.shows(TURN, "bea jogou 1 3. Sua vez (X).");
      await ana.shows(".clock", " s");
      expect(await squares(watching)).toBe("X.O.O....");
      await ana.click(".match .row:last-child button");
      await ana.click(".match .danger");
      for (const [page, text] of [
        [ana, "Você perdeu: desistência."],
        [watching, "bea venceu: desistência."],
      ] as const) {
        await page.shows(".standing", text);
        await page.shows("[aria-label=Placar] tbody tr", "bea");
        expectNothingOdd(page);
      }
      bea.close();
    });
  });

  test("tells what the server refuses, in Portuguese", async () => {
    const page = await open(browser, server.node.node.httpPort);
    pages.push(page);
    await withPictures("match-refused", pages, async () => {
      await page.fill("input[name=name]", "ninguem-aqui");
      await page.fill("input[name=password]", "x");
      await page.click("form.entrance .primary");
      await page.shows(".notice.bad", "Não há conta com esse nome.");
      await page.fill("input[name=password]", "a;b");
      await page.click("form.entrance .primary");
      await page.shows(".notice.bad", "Senha inválida");
    });
  });

  test("is played by the keyboard alone; axe finds no fault, dark, light, at 360 px", async () => {
    const page = await open(browser, server.node.node.httpPort);
    pages.push(page);
    expect(await page.accessibilityProblems()).toEqual([]);
    await withPictures("match-access", pages, async () => {
      await page.tabTo("input[name=name]");
      await page.view.type("teclado");
      await page.tabTo("input[name=password]");
      await page.view.type("segredo");
      await page.tabTo("input[type=checkbox]");
      await page.press("Space");
      await page.tabTo("form.entrance .primary");
      await page.press("Enter");
      await page.shows("[aria-label=Jogadores]", "teclado (você)");
      const caio = await server.player("caio");
      await page.shows("[aria-label=Jogadores] li", "Convidar caio");
      await page.tabTo("[aria-label=Jogadores] li button");
      await page.press("Enter");
      await caio.take("invite;teclado;hosted");
      await caio.ask("answer;teclado;True");
      await page.shows(TURN, "Sua vez (O).");
      await page.tabTo(".square");
      for (const key of ["ArrowUp", "ArrowLeft", "ArrowLeft", "Enter"]) await page.press(key);
      await caio.take("moved");
      await page.shows(TURN, "Você jogou 1 1. Vez de caio (X).");
      expect(await squares(page)).toBe("O........");
      for (const scheme of ["light", "dark"] as const) {
        for (const width of [1_280, 360]) {
          await page.resize(width, scheme);
          expect(await page.isTooWide()).toBe(false);
          expect(await page.accessibilityProblems()).toEqual([]);
        }
      }
      caio.close();
    });
  });
});

describe.skipIf(!browserExpected)("a whole match between two pages", () => {
  const servers: ServerProcess[] = [];
  let browser: TestBrowser;
  beforeAll(() => void (browser = new TestBrowser()));
  afterAll(async () => {
    await browser.close();
    for (const server of servers) await server.remove();
  });

  const started = async (settings: Settings, folder: string): Promise<ServerProcess> => {
    const server = new ServerProcess({ ...QUIET, ...settings }, folder, QUICK_PASSWORDS);
    servers.push(server);
    await server.listens();
    return server;
  };

  test("goes on after the server was killed in its middle, and counts for the winner", async () => {
    const folder = createDataFolder();
    const first = await started({}, folder);
    const { httpPort } = first;
    const pages = [await enter(browser, httpPort, "ana"), await enter(browser, httpPort, "bea")] as const;
    const [ana, bea] = pages;
    await withPictures("match-killed", pages, async () => {
      await invite(ana, bea, "bea");
      await play(ana, 1, 1);
      await play(bea, 2, 1);
      await ana.shows(TURN, "Sua vez");
      first.signal("SIGKILL");
      await first.exit();
      for (const page of pages) await page.shows(".notice.warn", "Conexão perdida");

      await started({ CORREIO_HTTP_PORT: httpPort }, folder);
      for (const page of pages) await page.gone(".notices .warn");
      await play(ana, 1, 2);
      await play(bea, 2, 2);
      await play(ana, 1, 3);
      await ana.shows(TURN, "Você venceu: três em linha.");
      await bea.shows(TURN, "Você perdeu: três em linha.");
      for (const page of pages) {
        expect(await squares(page)).toBe("OOOXX....");
        expect(await page.count(".square.winning")).toBe(3);
        await page.shows("[aria-label=Placar] tbody tr:first-child", "ana");
        expectNothingOdd(page);
      }
    });
    for (const page of pages) page.close();
  });
});
