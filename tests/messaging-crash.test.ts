// What is said while the server is killed again and again: what is acknowledged is kept, each once, with its number.
import { afterEach, expect, test } from "bun:test";

import { createRandom } from "#runtime/base/random.ts";

import { freeMessagingPorts } from "./lib/messaging-ports.ts";
import { type Data, TestRequester } from "./lib/messaging-requests.ts";
import { createDataFolder } from "./lib/node-settings.ts";
import { ServerProcess } from "./lib/server-process.ts";

const KILLS = 4;
const CLIENTS = 8;
const KILL_MS = { least: 100, span: 300 };
const REPLY_MS = 1_000;
const PAGE = 100;

const started: ServerProcess[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.remove()));
});

interface Said {
  readonly text: string;
  /** How often it was sent again. */
  repeats: number;
}

/** Says one thing after the other, each until it is acknowledged, as long as it is told to. */
async function talk(port: number, name: string, goOn: () => boolean): Promise<readonly Said[]> {
  const said: Said[] = [];
  const requester = new TestRequester(port);
  while (goOn()) {
    const what: Said = { text: `${name}-${said.length}`, repeats: 0 };
    const message = { user: name, channel: "geral", message: what.text, id: what.text };
    while ((await requester.ask("publish", message, REPLY_MS).catch(failed))["status"] !== "OK") what.repeats++;
    said.push(what);
  }
  requester.close();
  return said;
}

const failed = (): Data => ({});

interface Kept {
  readonly number: number;
  readonly text: string;
  readonly clock: number;
}

async function history(port: number): Promise<readonly Kept[]> {
  const requester = new TestRequester(port);
  const all: Kept[] = [];
  for (let last = 1; all.length < last;) {
    const after = all.length;
    const page = (await requester.ask("history", { channel: "geral", after, count: PAGE })) as never as {
      messages: Kept[];
      last: number;
    };
    ({ last } = page);
    all.push(...page.messages);
  }
  requester.close();
  return all;
}

test("what was acknowledged is kept once, in the order of its numbers, through kill -9 under load", async () => {
  const random = createRandom(6);
  const settings = { ...freeMessagingPorts(), CORREIO_LOG_LEVEL: "error" };
  const folder = createDataFolder();
  const start = async (): Promise<ServerProcess> => {
    const server = new ServerProcess(settings, folder);
    started.push(server);
    await server.listens();
    return server;
  };
  let server = await start();
  const port = settings.CORREIO_MESSAGING_PORT;
  const maker = new TestRequester(port);
  await maker.ask("channel", { channel: "geral" });
  maker.close();
  let isOver = false;
  const talks = Array.from({ length: CLIENTS }, (_, client) => talk(port, `c${client}`, () => !isOver));
  for (let kill = 0; kill < KILLS; kill++) {
    await Bun.sleep(KILL_MS.least + random.next() * KILL_MS.span);
    server.signal("SIGKILL");
    await server.exit();
    server = await start();
  }
  isOver = true;
  const said = (await Promise.all(talks)).flat();
  const kept = await history(port);
  expect(kept.map(({ number }) => number)).toEqual(kept.map((_, index) => index + 1));
  const clocks = kept.map(({ clock }) => clock);
  expect(clocks).toEqual([...new Set(clocks)].toSorted((one, other) => one - other));
  const texts = kept.map(({ text }) => /: (\S+) \[/.exec(text)?.[1] ?? text);
  expect(texts.toSorted()).toEqual(said.map(({ text }) => text).toSorted());
  expect(said.some(({ repeats }) => repeats > 0)).toBe(true);
}, 90_000);
