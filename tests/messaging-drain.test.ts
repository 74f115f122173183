// The end of a server in good order: what workers have is answered, at home and where a server has joined.
import { afterEach, expect, test } from "bun:test";

import { createZmtpContext, ReplySocket } from "#runtime/zmtp/mod.ts";

import { eventually } from "./lib/eventually.ts";
import { TestRequester } from "./lib/messaging-requests.ts";
import { ServerGroup } from "./lib/server-group.ts";
import { WireClient } from "./lib/wire-client.ts";

const CLIENTS = 8;
const REQUESTS = 400;
const ends: (() => unknown)[] = [];

afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

function createGroup(): ServerGroup {
  const group = new ServerGroup();
  ends.push(() => group.stop());
  return group;
}

function requester(port: number): TestRequester {
  const made = new TestRequester(port);
  ends.push(() => made.close());
  return made;
}

test("a request that a worker has when the node stops is answered with the worker's reply", async () => {
  const group = createGroup();
  const home = await group.start("home", { CORREIO_SERVES: false });
  const done = Promise.withResolvers<void>();
  const taken: (readonly Buffer[])[] = [];
  const worker = new ReplySocket(createZmtpContext(), async (frames) => {
    taken.push(frames);
    await done.promise;
    return frames;
  });
  ends.push(() => worker.endpoints.close());
  worker.endpoints.connect({ host: "127.0.0.1", port: group.ports.CORREIO_WORKER_PORT });
  const bystander = await WireClient.connect(home.port);
  ends.push(() => bystander.close());
  const reply = requester(group.ports.CORREIO_MESSAGING_PORT).ask("users", { from: "ana" });
  await eventually("the request at the worker", () => taken.length === 1);
  home.signal("SIGTERM");
  // All others are closed now.
  await bystander.loses();
  done.resolve();
  expect(await reply).toEqual({ from: "ana" });
  expect(await home.exit()).toBe(0);
}, 30_000);

test("a joined server that stops under load leaves every request done once, and its client told so", async () => {
  const group = createGroup();
  await group.start("home");
  const joined = await group.start("two");
  const { CORREIO_MESSAGING_PORT: port } = group.ports;
  const clients = Array.from({ length: CLIENTS }, () => requester(port));
  const [ana] = clients as [TestRequester];
  await ana.ask("login", { user: "ana" });
  await ana.ask("channel", { channel: "geral" });
  await eventually("the worker", async () => {
    const { broker } = await group.reference.ask("queues");
    return (broker as { readonly workers: number }).workers === 2;
  });
  let replied = 0;
  const talk = async (client: TestRequester, first: number): Promise<unknown[]> => {
    const statuses: unknown[] = [];
    for (let index = first; index < REQUESTS; index += CLIENTS) {
      const { status, message } = await client.ask("publish", { user: "ana", channel: "geral", message: `${index}` });
      statuses.push(`${status} ${message}`);
      if (++replied === REQUESTS / 4) joined.signal("SIGTERM");
    }
    return statuses;
  };
  const statuses = (await Promise.all(clients.map(talk))).flat();
  expect(statuses).toEqual(Array.from({ length: REQUESTS }, () => "OK "));
  expect((await ana.ask("history", { channel: "geral" }))["last"]).toBe(REQUESTS);
  expect(await joined.exit()).toBe(0);
}, 30_000);
