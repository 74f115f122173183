// Servers that join a home, in processes of their own: with settings that differ, with a name in use, out of reach.
import { afterEach, expect, test } from "bun:test";

import { eventually } from "./lib/eventually.ts";
import type { Settings } from "./lib/node-settings.ts";
import { ServerGroup } from "./lib/server-group.ts";
import { ServerProcess } from "./lib/server-process.ts";

const WITHIN_MS = 30_000;
const groups: ServerGroup[] = [];
const processes: ServerProcess[] = [];

afterEach(async () => {
  await Promise.all([...groups.splice(0), ...processes.splice(0)].map((each) => endOf(each)));
});

function endOf(each: ServerGroup | ServerProcess): Promise<unknown> {
  return each instanceof ServerGroup ? each.stop() : each.remove();
}

async function startHome(settings: Settings = {}): Promise<ServerGroup> {
  const group = new ServerGroup();
  groups.push(group);
  await group.start("home", settings);
  return group;
}

/** A server besides those that the group starts itself. */
async function join({ ports }: ServerGroup, settings: Settings): Promise<ServerProcess> {
  const without = { CORREIO_PORT: "", CORREIO_UDP_PORT: "" };
  const server = await ServerProcess.start({ ...ports, ...without, CORREIO_JOIN: "127.0.0.1", ...settings });
  processes.push(server);
  return server;
}

function countOf(text: string, server: ServerProcess): number {
  return server.errors.split(text).length - 1;
}

test("a server keeps to the heartbeat and the way of its home, and says once that its own are others", async () => {
  const group = await startHome({ CORREIO_CLOCK_SYNC: "berkeley" });
  const server = await group.start("two", { CORREIO_SERVER_HEARTBEAT_MS: 5_000 });
  const said = "Keeps to what its home has set";
  await eventually("that it says so", () => countOf(said, server) > 0, WITHIN_MS);
  const admins = await Promise.all(["home", "two"].map((name) => group.admin(name)));
  await group.follow("two", admins);
  expect(server.errors).toContain('"home":{"heartbeatMs":500,"synchronisation":"berkeley"}');
  expect([countOf(said, server), countOf(said, group.process("home"))]).toEqual([1, 0]);
}, 60_000);

test("a server whose name another one has says so once, and has the name when that one is killed", async () => {
  const group = await startHome();
  const first = await group.start("two");
  await group.admin("two");
  const second = await join(group, { CORREIO_SERVER_ID: "two", CORREIO_SERVER_HEARTBEAT_MS: 100 });
  await eventually("a refusal", () => countOf("outro servidor vivo tem este nome", second) > 0, WITHIN_MS);
  const before = (await group.list()).find(({ name }) => name === "two")?.address;
  first.signal("SIGKILL");
  await eventually(
    "that it is listed",
    async () => (await group.list()).some(({ name, address }) => name === "two" && address !== before),
    WITHIN_MS,
  );
  expect(countOf("Cannot register", second)).toBe(1);
}, 60_000);

test("a server that joins another machine says where nobody can reach it from there", async () => {
  const group = await startHome();
  const warning = "Other machines cannot reach this server's admin endpoint";
  // This machine, by an address that is not its own alone.
  const [mute, open] = [
    await join(group, { CORREIO_SERVER_ID: "mute", CORREIO_JOIN: "0.0.0.0" }),
    await join(group, { CORREIO_SERVER_ID: "open", CORREIO_JOIN: "0.0.0.0", CORREIO_HOST: "0.0.0.0" }),
  ];
  await eventually("the warning", () => countOf(warning, mute) > 0, WITHIN_MS);
  expect([countOf(warning, mute), countOf(warning, open)]).toEqual([1, 0]);
}, 60_000);
