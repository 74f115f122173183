// A broker that has been idle, or has lost what it knew: its workers are there again, and nobody waits for ever.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { BROKER_KEY } from "./broker-addresses.ts";
import { BrokerNode, crashBroker, figures, type ReplyShown } from "./test-broker.ts";

const USERS = { service: "users", data: {} };
const PUBLISH = { service: "publish", data: { user: "ana", channel: "geral", message: "oi" } };
const NO_REPLY = "O servidor não respondeu a tempo: não se sabe se o pedido foi feito.";
const ANSWER = { service: "users", data: { users: ["x"] } };

const errorOf = (service: string, message: string): ReplyShown => ({
  service,
  data: expect.objectContaining({ status: "erro", message }),
});

describe("a broker that is idle for long", () => {
  test.each(["REP", "ROUTER"])("deals the next request to a worker that is a %s", async (socketType) => {
    const node = new BrokerNode({ servesItself: false });
    const worker = await node.worker(socketType);
    await node.stepped.advance(3 * limits.idleStopMs);
    expect(await figures(node)).toEqual({ workers: 1, waiting: 0, running: 0 });
    await (await node.requester()).send(USERS);
    expect(worker.take()).toHaveLength(1);
  });
});

describe("a broker that has crashed", () => {
  test("has its workers again with the next request", async () => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, worker] = [await node.requester(), await node.worker()];
    await crashBroker(node);
    expect(await figures(node)).toEqual({ workers: 0, waiting: 0, running: 0 });
    await ana.send(USERS);
    await worker.answer(worker.take()[0]?.number ?? "", ANSWER);
    expect(ana.take()).toEqual([ANSWER]);
  });

  test("is asked again for what waited", async () => {
    const node = new BrokerNode({ servesItself: false });
    const ana = await node.requester();
    await ana.send(USERS);
    await crashBroker(node);
    const worker = await node.worker();
    await node.stepped.advance(limits.brokerRetryMs);
    expect(worker.take()).toHaveLength(1);
  });

  test("deals a worker no more than it takes with what it has already", async () => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, worker] = [await node.requester("DEALER"), await node.worker("REP")];
    await ana.send(USERS);
    await crashBroker(node);
    await ana.send(USERS);
    const [first, ...more] = worker.take();
    expect(more).toEqual([]);
    await worker.answer(first?.number ?? "", ANSWER);
    expect([ana.take(), worker.take().length]).toEqual([[ANSWER], 1]);
  });

  test.each([["hangs"], ["dies"]])("leaves nobody waiting for a worker that %s", async (what) => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, worker] = [await node.requester(), await node.worker()];
    await ana.send(PUBLISH);
    await crashBroker(node);
    if (what === "dies") await worker.lose();
    await node.stepped.advance(limits.brokeredRequestMs + limits.brokerRetryMs);
    expect(ana.take()).toEqual([errorOf("publish", NO_REPLY)]);
  });
});

describe("more workers than the broker takes", () => {
  test("wait until one of the others leaves, and are counted", async () => {
    const node = new BrokerNode({ servesItself: false });
    const first = await node.worker();
    for (let count = 1; count < limits.brokerWorkersMax; count++) await node.worker();
    await node.worker();
    const host = node.stepped.system.hosts.find(({ type }) => type.name === "request-broker");
    expect(host?.stats.refusals.get("broker.workers_max")).toBe(1);
    expect(await figures(node)).toMatchObject({ workers: limits.brokerWorkersMax });
    await first.lose();
    expect(await figures(node)).toMatchObject({ workers: limits.brokerWorkersMax });
    expect(node.stepped.crashes).toEqual([]);
  });
});

describe("a broker that has no room for what it is told", () => {
  test("is told again that a worker is there, and that it is free", async () => {
    const node = new BrokerNode({ servesItself: false });
    const ana = await node.requester("DEALER");
    await node.whileBrokerIsFull(() => node.worker());
    const worker = await node.worker();
    await node.stepped.advance(limits.brokerRetryMs);
    expect(await figures(node)).toMatchObject({ workers: 2 });
    await ana.send(USERS, USERS);
    const [first] = worker.take();
    await node.whileBrokerIsFull(() => worker.answer(first?.number ?? "", ANSWER));
    await node.stepped.advance(limits.brokerRetryMs);
    expect(await figures(node)).toEqual({ workers: 2, waiting: 0, running: 1 });
  });
});

describe("a worker's place", () => {
  test("is free again where who asked is gone before the request was handed over", async () => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, worker] = [await node.requester(), await node.worker()];
    // Dealt and handed over in one go, had its client not left in between.
    node.stepped.ref(node.broker, BROKER_KEY).tell.requested({ from: "nobody", ticket: 1, leftMs: 5_000 });
    await node.stepped.clock.settle();
    expect(await figures(node)).toEqual({ workers: 1, waiting: 0, running: 0 });
    await ana.send(USERS);
    expect(worker.take()).toHaveLength(1);
  });

  test("is free again after the deadline where the request never came to it", async () => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, worker] = [await node.requester(), await node.worker()];
    const { key } = ana.connection.cell;
    ana.connection.cell.suspend();
    node.stepped.ref(node.broker, BROKER_KEY).tell.requested({ from: key, ticket: 7, leftMs: 5_000 });
    await node.stepped.clock.settle();
    await ana.lose();
    const bea = await node.requester();
    await bea.send(USERS);
    expect(worker.take()).toEqual([]);
    await node.stepped.advance(limits.brokeredRequestMs);
    await bea.send(USERS);
    expect(worker.take()).toHaveLength(1);
  });
});
