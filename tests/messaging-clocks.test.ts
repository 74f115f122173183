// Logical clocks of real servers: through kill -9, across servers that store at one home, and after leaps of clients.
import { afterEach, describe, expect, test } from "bun:test";

import { limits } from "#runtime/limits.ts";

import { eventually } from "./lib/eventually.ts";
import type { Data, TestRequester } from "./lib/messaging-requests.ts";
import { ServerGroup } from "./lib/server-group.ts";

const LEAP = limits.lamportLeapMax;
const TIMEOUT_MS = 60_000;

const groups: ServerGroup[] = [];

afterEach(async () => {
  await Promise.all(groups.splice(0).map((group) => group.stop()));
});

/** A group with its home, and a client of it. */
async function startHome(): Promise<{ readonly group: ServerGroup; readonly client: TestRequester }> {
  const group = new ServerGroup();
  groups.push(group);
  await group.start("home");
  const client = group.requester(group.ports.CORREIO_MESSAGING_PORT);
  await client.ask("channel", { channel: "geral" });
  return { group, client };
}

async function restart(group: ServerGroup, name: string): Promise<void> {
  group.process(name).signal("SIGKILL");
  await group.process(name).exit();
  await group.start(name);
}

async function listed(group: ServerGroup, count: number): Promise<void> {
  await eventually(`${count} servers`, async () => (await group.list()).length === count, TIMEOUT_MS);
}

/** Waits until the broker deals requests to so many. */
async function dealtTo(group: ServerGroup, count: number): Promise<void> {
  await eventually("the workers", async () => {
    const { broker } = (await group.reference.ask("queues")) as { broker: { workers: number } };
    return broker.workers === count;
  });
}

const publish = (client: TestRequester, data: Data = {}): Promise<Data> =>
  client.ask("publish", { user: "ana", channel: "geral", message: "oi", ...data });

async function history(client: TestRequester) {
  const { messages, clock } = (await client.ask("history", { channel: "geral", after: 0, count: 100 })) as {
    messages: readonly { readonly clock: number }[];
    clock: number;
  };
  return { clocks: messages.map((message) => message.clock), clock };
}

function expectGrowing(clocks: readonly number[]): void {
  expect(clocks).toEqual([...new Set(clocks)].toSorted((one, other) => one - other));
}

describe("the clocks of one channel", () => {
  test("begin at 0, and grow with its numbers through kill -9", async () => {
    const { group, client } = await startHome();
    expect((await client.ask("channels"))["clock"]).toBeLessThan(1_000);
    const told = (await publish(client, { clock: 100_000 }))["clock"];
    expect(told).toBeGreaterThan(100_000);
    await restart(group, "home");
    expect((await publish(client))["clock"]).toBeGreaterThan(told as number);
    await publish(client, { clock: LEAP });
    await restart(group, "home");
    await publish(client);
    const { clocks, clock } = await history(client);
    expect(clocks).toHaveLength(4);
    expectGrowing([...clocks, clock]);
  }, 60_000);

  test("grow with its numbers whichever server stores, and a reply's is above all that it contains", async () => {
    const { group, client } = await startHome();
    await group.start("two");
    await dealtTo(group, 2);
    await publish(client, { clock: 10_000_000 });
    for (let count = 0; count < 3; count++) await publish(client);
    await publish(client, { clock: 50_000_000 });
    for (let count = 0; count < 4; count++) await publish(client);
    // In turn of both servers.
    for (const { clocks, clock } of [await history(client), await history(client)]) {
      expect(clocks).toHaveLength(9);
      expectGrowing([...clocks, clock]);
    }
  }, 60_000);
});

describe("clients that leap", () => {
  test("lock no server out, whatever is restarted", async () => {
    const { group, client } = await startHome();
    await group.start("two");
    await listed(group, 2);
    await dealtTo(group, 2);
    // Each to one of the two: the other has to know of it before the next comes.
    for (let leaps = 1; leaps <= 5; leaps++) {
      const { clock, status } = await client.ask("users", { clock: leaps * (LEAP - 1_000) });
      expect([status, clock]).toEqual([undefined, expect.any(Number)]);
    }
    const told = (await client.ask("users"))["clock"] as number;
    await restart(group, "home");
    await listed(group, 2);
    await dealtTo(group, 2);
    for (const _ of ["home", "two"]) {
      const { clock } = await client.ask("users", { clock: told + 1 });
      expect(clock).toBeGreaterThan(told + 1);
    }
    const tooFar = await client.ask("users", { clock: told + 3 * LEAP });
    expect(tooFar).toMatchObject({ status: "erro", message: "clock muito adiantado" });
    await restart(group, "two");
    await listed(group, 2);
    await dealtTo(group, 2);
    for (const _ of ["home", "two"]) expect((await client.ask("users"))["clock"]).toBeGreaterThan(told);
  }, 60_000);
});
