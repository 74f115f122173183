// A node that a program starts for itself: what it may expect of its start and of its end.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Type as t } from "@sinclair/typebox";

import { actor } from "./core/definition.ts";
import { startNode } from "./node.ts";
import { ending } from "./testing/outcome.ts";

const folder = mkdtempSync(join(tmpdir(), "correio-node-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const gate = { open: Promise.withResolvers<void>() };

const Counter = actor("counter", { state: () => ({ count: 0 }), durable: true })
  .on("add", { in: t.Integer(), out: t.Integer() }, (counter, amount) => (counter.state.count += amount))
  .on("wait", {}, async () => gate.open.promise)
  .on("lie", { out: t.Integer() }, () => "7" as never);
/** Trusts the counter, and is trusted. */
const Relay = actor("relay", { state: () => ({}) })
  .on("add", { in: t.Unknown(), out: t.Unknown() }, (self, amount) => self.ref(Counter, self.key).add(amount as number))
  .on("wait", {}, (self) => self.ref(Counter, self.key).wait());

const broken = { yes: true };
const Fragile = actor("fragile", { state: () => ({}) })
  .on("touch", {}, () => {
    if (broken.yes) throw new Error("broke");
  })
  .on("mend", {}, () => void (broken.yes = false));

const types = [Counter, Relay];
const quiet = { types, logLevel: "silent" } as const;

describe("a node in a program", () => {
  test("keeps what its actors changed in its folder, which it makes", async () => {
    const dataFolder = join(folder, "new", "data");
    for (const sum of [2, 4]) {
      const node = await startNode({ types, dataFolder });
      expect(await node.ref(Counter, "a").add(2)).toBe(sum);
      expect(await node.stop()).toBe(true);
    }
  });

  test("forgets all without a folder", async () => {
    for (let start = 0; start < 2; start++) {
      const node = await startNode({ types });
      expect(await node.ref(Counter, "a").add(2)).toBe(2);
      await node.stop();
    }
  });

  test("sends nothing to a method that takes nothing", async () => {
    const node = await startNode({ ...quiet, types: [Fragile] });
    const { touch } = node.ref(Fragile, "f") as unknown as { touch(input: unknown): Promise<void> };
    expect(await ending(touch.call(node.ref(Fragile, "f"), { a: 1 }))).toMatchObject({ code: "actor.bad_input" });
    await node.stop();
  });

  test("can be operated: actors are found and shut, and dead letters sent again", async () => {
    const node = await startNode({ ...quiet, types: [...types, Fragile] });
    await node.ref(Counter, "a").add(2);
    expect((await node.view.actors({ limit: 10, type: "counter" })).items).toMatchObject([{ key: "a" }]);
    node.ref(Fragile, "f").tell.touch();
    expect(await ending(node.ref(Fragile, "f").mend())).toMatchObject({ kind: "answered" });
    const letters = await node.view.deadLetters({ limit: 10 });
    expect(letters.items).toMatchObject([{ type: "fragile", method: "touch", reason: "actor.crashed" }]);
    expect(await node.view.replay(letters.items[0]?.id as number)).toBe(true);
    expect((await node.view.deadLetters({ limit: 10 })).items).toEqual([]);
    node.view.quarantine("fragile", "f", "by hand");
    expect(await ending(node.ref(Fragile, "f").mend())).toMatchObject({ code: "actor.quarantined" });
    await node.stop();
  });

  test("takes no calls once it is to stop, and answers those that it has", async () => {
    gate.open = Promise.withResolvers();
    const node = await startNode({ types });
    const waiting = node.ref(Counter, "a").wait();
    const stopped = node.stop();
    expect(await ending(node.ref(Counter, "b").add(1))).toMatchObject({ code: "system.draining" });
    gate.open.resolve();
    expect(await ending(waiting)).toMatchObject({ kind: "answered" });
    expect(await stopped).toBe(true);
  });

  test("is stopped when the time is over, and says that something was cut off", async () => {
    gate.open = Promise.withResolvers();
    const dataFolder = join(folder, "cut-off");
    const node = await startNode({ ...quiet, dataFolder });
    void ending(node.ref(Counter, "a").wait());
    expect(await node.stop(1)).toBe(false);
    expect(await (await startNode({ ...quiet, dataFolder })).stop()).toBe(true);
  });
});

describe("calls from the program", () => {
  const wrong = "7" as never;

  test("does not run a call whose input does not fit, and says where", async () => {
    const node = await startNode({ types });
    const counter = node.ref(Counter, "a");
    const why = { code: "actor.bad_input", stood: "queued" };
    expect(await ending(counter.add(wrong))).toMatchObject(why);
    expect(counter.tell.add(wrong)).toMatchObject({ accepted: false, why });
    expect(await counter.add(1)).toBe(1);
    await node.stop();
  });

  test("does not hand on an answer that does not fit", async () => {
    const node = await startNode({ types });
    const message = 'Cannot pass on the answer of counter/a.lie: it does not fit at "/": Expected integer';
    expect(await ending(node.ref(Counter, "a").lie())).toMatchObject({ code: "actor.bad_reply", error: { message } });
    await node.stop();
  });

  test.each([
    [false, { kind: "answered", value: "07" }],
    [true, { kind: "failed", code: "actor.crashed" }],
  ])(
    "are all that production looks at: actors trust each other, unless while developing (%p)",
    async (development, end) => {
      const node = await startNode({ ...quiet, development });
      expect(await ending(node.ref(Relay, "a").add(wrong))).toMatchObject(end);
      await node.stop();
    },
  );

  test("reach a type by its name and key", async () => {
    const node = await startNode({ types });
    expect(`${node.ref(Counter, "a")}`).toBe("counter/a");
    expect(() => node.ref(Counter, "")).toThrow(expect.objectContaining({ code: "actor.bad_key" }));
    expect(() => node.ref(actor("stranger", { state: () => ({}) }), "a")).toThrow(
      expect.objectContaining({ code: "actor.unknown_type" }),
    );
    await node.stop();
  });
});

describe("a node that is stopped", () => {
  test("ends every call that it cuts off, and says where it stood", async () => {
    gate.open = Promise.withResolvers();
    const node = await startNode(quiet);
    const running = [ending(node.ref(Counter, "a").wait()), ending(node.ref(Relay, "b").wait())];
    const waiting = ending(node.ref(Counter, "a").add(1));
    expect(await node.stop(1)).toBe(false);
    const code = "system.draining";
    expect(await Promise.all(running)).toMatchObject([
      { code, stood: "running" },
      { code, stood: "running" },
    ]);
    expect(await waiting).toMatchObject({ code, stood: "queued" });
  });

  test("gives the same when it is stopped again, later or meanwhile", async () => {
    const node = await startNode({ types, dataFolder: join(folder, "twice") });
    expect(await Promise.all([node.stop(), node.stop()])).toEqual([true, true]);
    expect(await node.stop()).toBe(true);
  });

  test("keeps to the time of its first stop", async () => {
    gate.open = Promise.withResolvers();
    const node = await startNode(quiet);
    void ending(node.ref(Counter, "a").wait());
    expect(await Promise.all([node.stop(1), node.stop(1_000_000)])).toEqual([false, false]);
    expect(await node.stop()).toBe(false);
  });

  test("takes no calls any more", async () => {
    const node = await startNode({ types });
    await node.stop();
    expect(await ending(node.ref(Counter, "a").add(1))).toMatchObject({ code: "system.draining" });
  });
});

describe("a node that cannot start", () => {
  test("names the actor type that it has twice", async () => {
    const twins = [Counter, actor("counter", { state: () => ({}) })];
    const message = 'Cannot host two types named "counter"';
    expect(await ending(startNode({ types: twins }))).toMatchObject({ code: "system.same_name", error: { message } });
  });

  test("says which file another one has; that one goes on", async () => {
    const dataFolder = join(folder, "owned");
    const node = await startNode({ types, dataFolder });
    const message = expect.stringContaining(join(dataFolder, "correio.db")) as string;
    expect(await ending(startNode({ types, dataFolder }))).toMatchObject({ code: "store.locked", error: { message } });
    expect(await node.ref(Counter, "a").add(1)).toBe(1);
    await node.stop();
  });

  test("does not keep the file: it can be replaced, and opened", async () => {
    writeFileSync(join(folder, "correio.db"), "no database");
    expect(await ending(startNode({ types, dataFolder: folder }))).toMatchObject({ code: "store.corrupt" });
    rmSync(join(folder, "correio.db"));
    expect(await (await startNode({ types, dataFolder: folder })).stop()).toBe(true);
  });
});
