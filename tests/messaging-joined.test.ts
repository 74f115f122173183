// A joined server whose way to what is stored hangs for longer than anybody waits: it serves again when that is over.
import { afterEach, expect, test } from "bun:test";
import { connect, createServer, type Server, type Socket } from "node:net";

import { limits } from "#runtime/limits.ts";

import { eventually } from "./lib/eventually.ts";
import { TestRequester } from "./lib/messaging-requests.ts";
import { ServerGroup } from "./lib/server-group.ts";

const ends: (() => unknown)[] = [];

afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

/** Takes connections and says nothing, until it passes on whatever comes. */
async function hangingWay(to: number) {
  const held: Socket[] = [];
  const way = { isOpen: false };
  const server: Server = createServer((socket) => {
    socket.on("error", () => undefined);
    if (!way.isOpen) return void held.push(socket);
    const other = connect({ host: "127.0.0.1", port: to });
    other.on("error", () => socket.destroy());
    socket.on("close", () => other.destroy());
    socket.pipe(other).pipe(socket);
  });
  ends.push(() => server.close());
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  const open = (): void => {
    way.isOpen = true;
    for (const socket of held) socket.destroy();
  };
  return { port: (server.address() as { port: number }).port, open };
}

test("a joined server serves again when what is stored was out of reach for longer than anybody waits", async () => {
  const group = new ServerGroup();
  ends.push(() => group.stop());
  const { CORREIO_MESSAGING_STORE_PORT: store, CORREIO_MESSAGING_PORT: port } = group.ports;
  const way = await hangingWay(store);
  await group.start("home", { CORREIO_SERVES: false });
  await group.start("two", { CORREIO_MESSAGING_STORE_PORT: way.port });
  const broker = async (): Promise<unknown> => (await group.reference.ask("queues"))["broker"];
  await eventually("the worker", async () => ((await broker()) as { workers: number }).workers === 1);
  const clients = Array.from({ length: limits.requestsPerWorkerMax }, () => new TestRequester(port));
  ends.push(() => clients.forEach((client) => client.close()));
  const replies = await Promise.all(clients.map((client) => client.ask("users")));
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set(["erro"]));
  way.open();
  const [client] = clients as [TestRequester];
  await eventually("an answer", async () => Array.isArray((await client.ask("users"))["users"]), 20_000);
  expect(await broker()).toEqual({ workers: 1, waiting: 0, running: 0 });
}, 40_000);
