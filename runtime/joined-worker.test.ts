// The worker of a joined server, and what the broker at home hears from it: a reply for each request, whatever happens.
import { afterEach, describe, expect, test } from "bun:test";

import { JoinedWorker, type Serve } from "./joined-worker.ts";
import { DealerSocket } from "./zmtp/mod.ts";
import { Bench, peersAt, until } from "./zmtp/test-sockets.ts";

const PATIENCE_MS = 10_000;
const bench = new Bench();
const workers: JoinedWorker[] = [];

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop(0)));
  bench.clear();
});

/** A broker, and a worker that is connected to it. */
async function start(serve: Serve) {
  const heard: string[][] = [];
  const broker = bench.keep(
    new DealerSocket(bench.context, (frames) => void heard.push(frames.map((frame) => frame.toString("latin1")))),
  );
  const port = broker.endpoints.bind({ port: 0 });
  const worker = new JoinedWorker(bench.context.table, { host: "127.0.0.1", port }, serve);
  workers.push(worker);
  await peersAt(broker, 1);
  const deal = (...bodies: readonly string[]): void => {
    bodies.forEach((body, index) => broker.send([String(index + 1), "", body]));
  };
  return { broker, worker, heard, deal };
}

describe("a joined worker", () => {
  test("answers with what its server says", async () => {
    const { heard, deal } = await start(async ([request]) => [`re: ${request}`]);
    deal("one", "two");
    await until("two replies", () => heard.length === 2);
    expect(heard).toEqual([
      ["1", "", "re: one"],
      ["2", "", "re: two"],
    ]);
  });

  test("answers with nothing where its server has no answer: its place at the broker is free again", async () => {
    const { heard, deal } = await start(async () => {
      throw new Error("The home did not answer");
    });
    deal("one");
    await until("a reply", () => heard.length === 1);
    expect(heard).toEqual([["1", ""]]);
  });

  test("drops no reply, though much waits for a broker that does not read", async () => {
    const answered = Promise.withResolvers<void>();
    const long = "x".repeat(1_000_000);
    const serve: Serve = async () => {
      await answered.promise;
      return [long];
    };
    const { heard, deal } = await start(serve);
    deal(...Array.from({ length: 64 }, () => "history"));
    await Bun.sleep(0);
    answered.resolve();
    await until("all replies", () => heard.length === 64);
    expect(heard.map(([number]) => Number(number))).toEqual(Array.from({ length: 64 }, (_, index) => index + 1));
    expect(heard.every(([, , body]) => body === long)).toBe(true);
  });

  test("that stops says so, answers what it has, and is gone when the broker lets it go", async () => {
    const answered = Promise.withResolvers<void>();
    let taken = 0;
    const serve: Serve = async () => {
      taken++;
      await answered.promise;
      return ["done"];
    };
    const { broker, worker, heard, deal } = await start(serve);
    deal("one");
    await until("the request", () => taken === 1);
    const stopped = { isOver: false };
    void worker.stop(PATIENCE_MS).then(() => (stopped.isOver = true));
    await until("its word", () => heard.length === 1);
    answered.resolve();
    await until("the reply", () => heard.length === 2);
    expect([heard, stopped.isOver]).toEqual([[[""], ["1", "", "done"]], false]);
    broker.endpoints.close();
    await until("the end", () => stopped.isOver);
  });

  test("that stops waits no longer than it may for a broker that does not let it go", async () => {
    const clock = bench.stopTime();
    const heard: string[] = [];
    const broker = bench.keep(new DealerSocket(bench.context, ([first]) => void heard.push(String(first))));
    const port = broker.endpoints.bind({ port: 0 });
    const worker = new JoinedWorker(bench.context.table, { host: "127.0.0.1", port }, async () => []);
    await peersAt(broker, 1, clock);
    const stopped = { isOver: false };
    void worker.stop(PATIENCE_MS).then(() => (stopped.isOver = true));
    await until("its word", () => heard.length === 1, clock);
    await clock.advance(PATIENCE_MS - 1);
    expect(stopped.isOver).toBe(false);
    await clock.advance(1);
    expect(stopped.isOver).toBe(true);
  });
});
