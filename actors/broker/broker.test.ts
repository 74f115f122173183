// The broker: who serves which request, what becomes of it when a worker dies or hangs, and how much may wait.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { BrokerNode, figures } from "./test-broker.ts";

const ask = (service: string, data: object = {}): object => ({ service, data });
const USERS = ask("users");
const NOBODY = "Nenhum servidor disponível. Tente de novo.";
const BUSY = "Servidores ocupados. Tente de novo.";
const NO_REPLY = "O servidor não respondeu a tempo: não se sabe se o pedido foi feito.";
const GONE = "O servidor caiu: não se sabe se o pedido foi feito.";

describe("a request", () => {
  test("is served by the node itself where there is no other worker", async () => {
    const node = new BrokerNode();
    const ana = await node.requester();
    expect(await ana.send(USERS)).toEqual([{ service: "users", data: expect.objectContaining({ users: [] }) }]);
  });

  test("is dealt to all in turn: the node, and each worker", async () => {
    const node = new BrokerNode();
    const [ana, one, other] = [await node.requester(), await node.worker(), await node.worker()];
    const served: string[] = [];
    for (let count = 0; count < 6; count++) {
      const replies = await ana.send(USERS);
      if (replies.length > 0) served.push("node");
      for (const [name, worker] of [["one", one] as const, ["other", other] as const]) {
        for (const { number } of worker.take()) {
          served.push(name);
          await worker.answer(number, { service: "users", data: { users: [name] } });
          expect(ana.take()).toEqual([{ service: "users", data: { users: [name] } }]);
        }
      }
    }
    expect(served).toEqual(["node", "one", "other", "node", "one", "other"]);
  });

  test("comes to the worker as it was sent, and the reply to who asked, behind his envelope", async () => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, worker] = [await node.requester("DEALER"), await node.worker()];
    await ana.deliver(["\u0000\u0001id", "more", "", "any octets", "in two frames"]);
    const [dealt = []] = worker.takeFrames();
    expect(dealt.map(String)).toEqual(["1", "", "any octets", "in two frames"]);
    await worker.deliver(["1", "", "its", "reply"]);
    expect(ana.takeFrames().map((frames) => frames.map(String))).toEqual([
      ["\u0000\u0001id", "more", "", "its", "reply"],
    ]);
  });

  test("without an envelope is none, and is counted", async () => {
    const node = new BrokerNode();
    const ana = await node.requester("DEALER");
    await ana.deliver(["no empty frame"]);
    expect(ana.takeFrames()).toEqual([]);
    const host = node.stepped.system.hosts.find(({ type }) => type.name === "requester-session");
    expect(host?.stats.refusals).toEqual(new Map([["requester.no_envelope", 1]]));
  });

  test("is answered before the one ahead of it, where another worker is quicker", async () => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, slow, quick] = [await node.requester("DEALER"), await node.worker(), await node.worker()];
    await ana.deliver(["1", "", "first"], ["2", "", "second"]);
    await quick.deliver([quick.takeFrames()[0]?.[0] ?? "", "", "answer"]);
    await slow.deliver([slow.takeFrames()[0]?.[0] ?? "", "", "answer"]);
    expect(ana.takeFrames().map(([id]) => String(id))).toEqual(["2", "1"]);
  });
});

describe("a worker", () => {
  test("that is a REP socket has one request at a time; the next waits for it", async () => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, worker] = [await node.requester("DEALER"), await node.worker("REP")];
    await ana.send(USERS, USERS);
    expect(await figures(node)).toEqual({ workers: 1, waiting: 1, running: 1 });
    const [first] = worker.take();
    await worker.answer(first?.number ?? "", { service: "users", data: {} });
    expect([ana.take().length, worker.take().length]).toEqual([1, 1]);
  });

  test("that is another socket has as many as it may, and not one more", async () => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, worker] = [await node.requester("DEALER"), await node.worker("ROUTER")];
    await ana.send(...Array.from({ length: limits.requestsPerWorkerMax + 1 }, () => USERS));
    expect(worker.take()).toHaveLength(limits.requestsPerWorkerMax);
  });

  test("that comes serves what has waited for one", async () => {
    const node = new BrokerNode({ servesItself: false });
    const ana = await node.requester();
    await ana.send(USERS);
    const worker = await node.worker();
    expect(worker.take().map(({ request }) => request)).toEqual([USERS]);
  });

  test("that dies leaves what may be asked twice to another worker", async () => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, one] = [await node.requester(), await node.worker()];
    await ana.send(USERS);
    const other = await node.worker();
    await one.lose();
    const [dealt] = other.take();
    await other.answer(dealt?.number ?? "", { service: "users", data: { users: ["x"] } });
    expect(ana.take()).toEqual([{ service: "users", data: { users: ["x"] } }]);
  });

  test("that dies with what may not be asked twice has its client told so at once", async () => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, one] = [await node.requester(), await node.worker()];
    await node.worker();
    await ana.send(ask("publish", { user: "ana", channel: "geral", message: "oi" }));
    await one.lose();
    expect(ana.take()).toEqual([
      { service: "publish", data: expect.objectContaining({ status: "erro", message: GONE, description: GONE }) },
    ]);
  });

  test("that dies twice with the same request is not waited for a third time", async () => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, one, other] = [await node.requester(), await node.worker(), await node.worker()];
    await ana.send(USERS);
    await one.lose();
    await other.lose();
    expect(ana.take()).toEqual([
      { service: "users", data: expect.objectContaining({ status: "erro", message: GONE }) },
    ]);
  });

  test("that dies leaves no more time to the next than there was", async () => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, one] = [await node.requester(), await node.worker()];
    await ana.send(USERS);
    await node.worker();
    await node.stepped.advance(limits.brokeredRequestMs - 1);
    await one.lose();
    expect(ana.take()).toEqual([]);
    await node.stepped.advance(1);
    expect(ana.take()).toEqual([
      { service: "users", data: expect.objectContaining({ status: "erro", message: NO_REPLY }) },
    ]);
  });

  test("that wants no more is dealt nothing, and let go when it has answered what it has", async () => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, worker] = [await node.requester("DEALER"), await node.worker("ROUTER")];
    await ana.send(USERS, USERS);
    const [first, second] = worker.take();
    await worker.deliver([""]);
    await ana.send(USERS);
    await worker.answer(first?.number ?? "", {});
    expect([worker.take(), worker.connection.endReason]).toEqual([[], undefined]);
    await worker.answer(second?.number ?? "", {});
    expect(worker.connection.endReason).toBe("close");
    expect([ana.take().length, await figures(node)]).toEqual([2, { workers: 0, waiting: 1, running: 0 }]);
  });

  test("that replies with nothing has its client told so, and is dealt the next request", async () => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, worker] = [await node.requester(), await node.worker()];
    await ana.send(USERS);
    await worker.deliver([worker.take()[0]?.number ?? "", ""]);
    expect(ana.take()).toEqual([
      { service: "users", data: expect.objectContaining({ status: "erro", message: NO_REPLY }) },
    ]);
    await ana.send(USERS);
    expect(worker.take()).toHaveLength(1);
  });

  test("that hangs has its client told after the deadline, and is dealt nothing more until it answers", async () => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, worker] = [await node.requester("DEALER"), await node.worker()];
    await ana.send(USERS);
    await node.stepped.advance(limits.brokeredRequestMs - 1);
    expect(ana.take()).toEqual([]);
    await node.stepped.advance(1);
    expect(ana.take()).toEqual([
      { service: "users", data: expect.objectContaining({ status: "erro", message: NO_REPLY }) },
    ]);
    await ana.send(USERS);
    const [late, ...more] = worker.take();
    expect(more).toEqual([]);
    await worker.answer(late?.number ?? "", { service: "users", data: { users: ["late"] } });
    expect([ana.take(), worker.take().length]).toEqual([[], 1]);
  });

  test("that answers what nobody has asked is not listened to, and that is counted", async () => {
    const node = new BrokerNode({ servesItself: false });
    const [ana, worker] = [await node.requester(), await node.worker()];
    await worker.deliver(["7", "", "made up"], ["no envelope"]);
    expect(ana.takeFrames()).toEqual([]);
    const host = node.stepped.system.hosts.find(({ type }) => type.name === "worker-session");
    expect(host?.stats.refusals).toEqual(new Map([["worker.unknown_reply", 2]]));
  });
});

describe("where there is no worker", () => {
  test("a request waits until its deadline, and is then answered with an error", async () => {
    const node = new BrokerNode({ servesItself: false });
    const ana = await node.requester();
    await ana.send(ask("login", { user: "ana" }));
    await node.stepped.advance(limits.brokeredRequestMs);
    expect(ana.take()).toEqual([
      { service: "login", data: expect.objectContaining({ status: "erro", description: NOBODY }) },
    ]);
    expect(await figures(node)).toEqual({ workers: 0, waiting: 0, running: 0 });
  });

  test("the error has a clock above that of the request", async () => {
    const node = new BrokerNode({ servesItself: false });
    const ana = await node.requester();
    await ana.send(ask("login", { user: "ana", clock: 700 }));
    await node.stepped.advance(limits.brokeredRequestMs);
    expect(ana.take()).toEqual([{ service: "login", data: expect.objectContaining({ clock: 702 }) }]);
  });

  test("a client has so many requests open, and nothing more is read from it until one is over", async () => {
    const node = new BrokerNode({ servesItself: false });
    const ana = await node.requester("DEALER");
    const { mailbox } = ana.connection.cell;
    await ana.send(...Array.from({ length: limits.requestsPerClientMax - 1 }, () => USERS));
    expect(mailbox.room).toBe(limits.requestsReadMax);
    await ana.send(USERS);
    expect(mailbox.room).toBe(0);
    const worker = await node.worker();
    await worker.answer(worker.take()[0]?.number ?? "", { service: "users", data: {} });
    expect([ana.take().length, mailbox.room]).toEqual([1, limits.requestsReadMax]);
  });

  test("a client has so many octets of requests open, and nothing more is read from it", async () => {
    const node = new BrokerNode({ servesItself: false });
    const ana = await node.requester("DEALER");
    const { mailbox } = ana.connection.cell;
    const bytes = limits.requestBytesPerClientMax / 4;
    for (let count = 0; count < 4; count++) {
      expect(mailbox.room).toBe(limits.requestsReadMax);
      await ana.deliver(["", Buffer.alloc(bytes)]);
    }
    expect(mailbox.room).toBe(0);
    await node.stepped.advance(limits.brokeredRequestMs);
    expect([ana.takeFrames().length, mailbox.room]).toEqual([4, limits.requestsReadMax]);
  });

  test("so many requests wait, and one more is answered with an error at once", async () => {
    const node = new BrokerNode({ servesItself: false });
    const asked = Array.from({ length: limits.requestsPerClientMax }, () => USERS);
    for (let open = 0; open < limits.brokerWaitingMax; open += asked.length) {
      expect(await (await node.requester("DEALER")).send(...asked)).toEqual([]);
    }
    expect(await figures(node)).toEqual({ workers: 0, waiting: limits.brokerWaitingMax, running: 0 });
    expect(await (await node.requester()).send(USERS)).toHaveLength(1);
  });

  test("a request too many behind workers that are busy is told just that", async () => {
    const node = new BrokerNode({ servesItself: false });
    const asked = Array.from({ length: limits.requestsPerClientMax }, () => USERS);
    await node.worker("REP");
    await (await node.requester()).send(USERS);
    for (let open = 0; open < limits.brokerWaitingMax; open += asked.length) {
      await (await node.requester("DEALER")).send(...asked);
    }
    expect(await (await node.requester()).send(USERS)).toEqual([
      { service: "users", data: expect.objectContaining({ status: "erro", message: BUSY }) },
    ]);
    const host = node.stepped.system.hosts.find(({ type }) => type.name === "request-broker");
    expect(host?.stats.refusals).toEqual(new Map([["broker.busy", 1]]));
  });

  test("what a client that is gone has asked is dealt to nobody's harm", async () => {
    const node = new BrokerNode({ servesItself: false });
    const ana = await node.requester();
    await ana.send(USERS);
    await ana.lose();
    const worker = await node.worker();
    const [dealt] = worker.take();
    if (dealt !== undefined) await worker.answer(dealt.number, {});
    await node.stepped.advance(limits.brokeredRequestMs);
    expect(node.stepped.crashes).toEqual([]);
    expect(await figures(node)).toEqual({ workers: 1, waiting: 0, running: 0 });
  });
});
