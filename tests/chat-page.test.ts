// The chat page in a real browser: with others on TCP and UDP, through losses of the connection, against hostile texts.
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import { browserExpected, TestBrowser } from "#gateway/test-browser.ts";

import { Netcat } from "./lib/netcat.ts";
import { createDataFolder } from "./lib/node-settings.ts";
import { ServerProcess } from "./lib/server-process.ts";
import { startTestNode, type TestNode } from "./lib/test-node.ts";
import { WebPage, withPictures } from "./lib/web-page.ts";

if (!browserExpected) console.warn("SKIPPED: the chat page in a real browser, because chromium is not installed");
setDefaultTimeout(60_000);

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
  const messages = await page.texts(MESSAGES);
  return messages.map((message) => message.replace(/^(\S+) [\d:]+\s+(?:✓ )?(?:número )?\d*\s*/u, "$1: ").trim());
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
      const everything = [
        ["ana", "oi, sou a ana"],
        ["bea", "oi, sou a bea"],
        ["caio", "oi por TCP"],
        ["davi", "oi por UDP"],
      ];
      for (const page of [ana, bea]) {
        const shown = await page.texts(MESSAGES);
        expect(shown.length).toBe(everything.length);
        for (const [index, [who = "", text = ""]] of everything.entries()) {
          expect(shown[index]).toStartWith(who);
          expect(shown[index]).toEndWith(text);
        }
        expect(await page.count(".members li")).toBe(4);
      }
      expect(await ana.text(".message.own .state")).toContain("1");
      expect(await ana.count(".message.waiting")).toBe(0);
    });
  });
});
