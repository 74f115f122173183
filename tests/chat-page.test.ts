// The chat page in a real browser: with others on TCP and UDP, through losses of the connection, against hostile texts.
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import { browserExpected, TestBrowser } from "#gateway/test-browser.ts";

import { eventually } from "./lib/eventually.ts";
import { Netcat } from "./lib/netcat.ts";
import { createDataFolder, type Settings } from "./lib/node-settings.ts";
import { QUICK_PASSWORDS } from "./lib/quick-passwords.ts";
import { ServerProcess } from "./lib/server-process.ts";
import { startTestNode, type TestNode } from "./lib/test-node.ts";
import { WebPage, withPictures } from "./lib/web-page.ts";

if (!browserExpected) console.warn("SKIPPED: the chat page in a real browser, because chromium is not installed");
setDefaultTimeout(60_000);

const QUIET = { CORREIO_LOG_LEVEL: "silent", CORREIO_CONSOLE: false };
const ROOM = ".conversation h2";
const MESSAGES = ".messages .message";

async function enter(browser: TestBrowser, httpPort: number, name: string, room = "lobby"): Promise<WebPage> {
  const page = await WebPage.open(browser, `http://127.0.0.1:${httpPort}/chat`);
  await page.shows("form.entrance");
  await page.fill("input[name=id]", name);
  await page.fill("input[name=room]", room);
  await page.click("form.entrance button.primary");
  await page.shows(ROOM, room);
  await page.shows(".members", `${name} (você)`);
  return page;
}

async function say(page: WebPage, text: string): Promise<void> {
  await page.fill(".composer input[name=text]", text);
  await page.press("Enter");
}

/** `name: text`, in the order in which they are shown. */
async function said(page: WebPage): Promise<readonly string[]> {
  const [names, texts] = [await page.texts(".message .head b"), await page.texts(".message .text")];
  return texts.map((text, index) => `${names[index]}: ${text}`);
}

function expectNothingOdd(page: WebPage): void {
  expect(page.complaints).toEqual([]);
  expect(page.requested.filter((url) => !/^(?:https?|wss?):\/\/127\.0\.0\.1:/.test(url))).toEqual([]);
}

describe.skipIf(!browserExpected)("the chat page", () => {
  let browser: TestBrowser;
  let node: TestNode;
  const pages: WebPage[] = [];
  const terminals: Netcat[] = [];
  beforeAll(async () => {
    browser = new TestBrowser();
    node = await startTestNode();
  });
  afterEach(async () => {
    for (const terminal of terminals.splice(0)) await terminal.close();
    for (const page of pages.splice(0)) page.close();
  });
  afterAll(async () => {
    await browser.close();
    await node.stop();
  });

  const opened = async (name: string, room?: string): Promise<WebPage> => {
    const page = await enter(browser, node.node.httpPort, name, room);
    pages.push(page);
    return page;
  };
  const terminal = (way: "tcp" | "udp"): Netcat => {
    const port = way === "tcp" ? node.node.tcpPort : (node.node.udpPort ?? 0);
    const started = new Netcat(way, port);
    terminals.push(started);
    return started;
  };

  test("shares a room with another page, a terminal on TCP and one on UDP", async () => {
    const [ana, bea] = [await opened("ana"), await opened("bea")];
    const [tcp, udp] = [terminal("tcp"), terminal("udp")];
    await udp.proveAddress();
    await withPictures("chat-four", pages, async () => {
      tcp.say("HELLO caio\nJOIN lobby");
      await tcp.hears("JOIN: lobby");
      udp.say("HELLO davi\nJOIN lobby");
      await udp.hears("JOIN: lobby");
      await say(ana, "oi, sou a ana");
      await bea.shows(MESSAGES, "oi, sou a ana");
      await say(bea, "oi, sou a bea");
      await tcp.hears("bea: oi, sou a bea");
      tcp.say("SAY lobby oi por TCP");
      await udp.hears("caio: oi por TCP");
      udp.say("SAY lobby oi por UDP");
      for (const page of [ana, bea]) await page.shows(MESSAGES, "oi por UDP");
      const everything = ["ana: oi, sou a ana", "bea: oi, sou a bea", "caio: oi por TCP", "davi: oi por UDP"];
      for (const page of [ana, bea]) {
        expect(await said(page)).toEqual(everything);
        expect(await page.count(".members li")).toBe(4);
        expectNothingOdd(page);
      }
      expect(await ana.texts(".message.own .state")).toEqual([expect.stringContaining("1")]);
      expect(await ana.count(".message.waiting")).toBe(0);
    });
  });

  test("tells of what is unread elsewhere, and of direct messages", async () => {
    const [ana, bea] = [await opened("ana2", "praia"), await opened("bea2", "praia")];
    await withPictures("chat-unread", pages, async () => {
      await ana.fill(".more input", "campo");
      await ana.press("Enter");
      await ana.shows(ROOM, "campo");
      await say(bea, "uma");
      await say(bea, "duas");
      await ana.shows(".place .unread", "2");
      expect(String(await ana.evaluate("document.title"))).toStartWith("(2) ");
      await bea.click(".members li button");
      await say(bea, "só para você");
      await bea.shows(".note", "Você para ana2: só para você");
      await ana.click(".places li:last-child button");
      await ana.shows(MESSAGES, "só para você");
      await ana.click(".places li:first-child button");
      await ana.shows(ROOM, "praia");
      expect(await ana.count(".unread")).toBe(0);
    });
  });

  test("shows older messages page by page, up to the first", async () => {
    const tcp = terminal("tcp");
    const lines = Array.from({ length: 120 }, (_, index) => `SAY antiga mensagem ${index + 1}`);
    tcp.say(["HELLO velha", "JOIN antiga", ...lines].join("\n"));
    await tcp.hears("SAY: antiga 120");
    const page = await opened("ana3", "antiga");
    await withPictures("chat-older", pages, async () => {
      await page.shows(".message:last-child .text", "mensagem 120");
      expect(await page.count(MESSAGES)).toBe(50);
      for (const first of [21, 1]) {
        await page.click(".older");
        await page.shows(".message .text", `mensagem ${first}`);
      }
      await eventually("all of them", async () => (await page.count(MESSAGES)) === 120);
      const numbers = (await said(page)).map((each) => Number(/\d+$/.exec(each)?.[0]));
      expect(numbers).toEqual(Array.from({ length: 120 }, (_, index) => 1 + index));
      expect(await page.count(".older")).toBe(0);
      expectNothingOdd(page);
    });
  });

  test("keeps up with a room in which more is said at once than it holds", async () => {
    const page = await opened("ana5", "cheia");
    const talkers = ["t1", "t2", "t3"].map((name) => ({ name, netcat: terminal("tcp") }));
    await withPictures("chat-flood", pages, async () => {
      for (const { name, netcat } of talkers) {
        const lines = Array.from({ length: 300 }, (_, index) => `SAY cheia ${name} ${index + 1}`);
        netcat.say([`HELLO ${name}`, "JOIN cheia", ...lines].join("\n"));
      }
      await page.shows(".message:last-child .state", "900");
      const numbers = (await page.texts(".message .state")).map((each) => Number(/\d+$/.exec(each)?.[0]));
      expect(numbers).toEqual(Array.from({ length: 300 }, (_, index) => 601 + index));
      expectNothingOdd(page);
    });
  });

  test("takes whatever is said for text", async () => {
    const tcp = terminal("tcp");
    const payloads = [
      "<script>hacked = 1</script>",
      "<img src=x onerror='hacked = 1'>",
      '"><svg onload=hacked=1>',
      "javascript:hacked=1",
      "{{constructor.constructor('hacked=1')()}}",
      "${hacked=1} &lt;b&gt; \u202Eoiránoc oa",
    ];
    const page = await opened("ana4", "perigo");
    tcp.say(["HELLO eve", "JOIN perigo", ...payloads.map((text) => `SAY perigo ${text}`)].join("\n"));
    await withPictures("chat-hostile", pages, async () => {
      await page.shows(".message:last-child .text", "oiránoc");
      expect(await said(page)).toEqual(payloads.map((text) => `eve: ${text}`));
      await say(page, payloads.join(" "));
      await page.shows(".message.own .text", payloads.join(" "));
      await page.fill(".more input", "<img src=x>");
      await page.press("Enter");
      await page.shows(".notice.bad", "Nome de sala inválido");
      expect(await page.evaluate("typeof hacked")).toBe("undefined");
      expect(await page.count("#page img, #page script, #page svg")).toBe(0);
      expectNothingOdd(page);
    });
  });

  test("is used by the keyboard alone; axe finds no fault, dark, light, at 360 px", async () => {
    const page = await WebPage.open(browser, `http://127.0.0.1:${node.node.httpPort}/chat`);
    pages.push(page);
    await page.shows("form.entrance");
    await withPictures("chat-access", pages, async () => {
      expect(await page.accessibilityProblems()).toEqual([]);
      await page.tabTo("input[name=id]");
      await page.view.type("teclado");
      await page.press("Enter");
      await page.shows(ROOM, "lobby");
      // One is where one came to write.
      await page.view.type("sem mouse");
      await page.press("Enter");
      await page.shows(".message.own .text", "sem mouse");
      for (const scheme of ["light", "dark"] as const) {
        for (const width of [1_280, 360]) {
          await page.resize(width, scheme);
          expect(await page.isTooWide()).toBe(false);
          expect(await page.accessibilityProblems()).toEqual([]);
        }
      }
    });
  });
});

describe.skipIf(!browserExpected)("the chat page, whose server is killed and started again", () => {
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

  test("says so, comes back by itself, and shows everything once; also after a reload", async () => {
    const folder = createDataFolder();
    const first = await started({}, folder);
    const { httpPort } = first;
    const pages = [await enter(browser, httpPort, "ana"), await enter(browser, httpPort, "bea")] as const;
    await withPictures("chat-killed", pages, async () => {
      const [ana, bea] = pages;
      await say(ana, "antes");
      await bea.shows(MESSAGES, "antes");
      first.signal("SIGKILL");
      await first.exit();
      for (const page of pages) await page.shows(".notice.warn", "Conexão perdida");
      await say(ana, "durante");
      await ana.shows(".message.waiting", "durante");

      await started({ CORREIO_HTTP_PORT: httpPort }, folder);
      for (const page of pages) await page.shows(MESSAGES, "durante");
      await say(bea, "depois");
      const everything = ["ana: antes", "ana: durante", "bea: depois"];
      for (const page of pages) {
        await page.shows(MESSAGES, "depois");
        expect(await said(page)).toEqual(everything);
        expect(await page.count(".notice")).toBe(0);
      }
      await ana.reload();
      await ana.shows(MESSAGES, "depois");
      expect(await said(ana)).toEqual(everything);
      for (const page of pages)
        expect(page.complaints.filter((each) => !/WebSocket connection/.test(each))).toEqual([]);
    });
    for (const page of pages) page.close();
  });
});
