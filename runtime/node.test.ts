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
  .on("wait", {}, async () => gate.open.promise);

const types = [Counter];
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

describe("a node that cannot start", () => {
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
