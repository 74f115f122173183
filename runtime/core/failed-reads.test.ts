// A store that cannot be read fails whoever needs it: what each is told, and that it is reported once.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import { RuntimeError } from "./errors.ts";
import { startNode, type TestNode } from "./test-node.ts";

const full = new RuntimeError("store.full", "Cannot commit to actors.db: the disk is full");
const failed = new RuntimeError("store.failed", "Cannot read actors.db: the disk is gone");

const Last = actor("last", { state: () => ({ n: 0 }), durable: true })
  .on("touch", {}, ({ state }) => void state.n++)
  .on("lookAtRow", {}, async (self) => void (await self.rows.get("row")));

const Middle = actor("middle", { state: () => ({ n: 0 }), durable: true })
  .on("touchLast", {}, async (self) => {
    self.state.n++;
    await self.ref(Last, self.key).touch();
  })
  .read("n", { out: t.Integer() }, ({ state }) => state.n);

const First = actor("first", { state: () => ({}) }).on("touchMiddle", {}, (self) =>
  self.ref(Middle, self.key).touchLast(),
);

/** Three actors that were read before ask three others; what is reported, and what their askers hear. */
const fail = async (prepare: (node: TestNode) => void) => {
  const node = await startNode([Last, Middle, First]);
  for (const key of ["a", "b", "c"]) await node.answer(node.ref(Middle, key).n());
  prepare(node);
  const asked = ["a", "b", "c"].map((key) => watch(node.ref(First, key).touchMiddle()));
  await node.clock.settle();
  return { reported: node.storeFailures, kinds: asked.map(({ outcome }) => outcome.kind) };
};

describe("where an actor cannot be read, an error that says where the message stood", () => {
  test("is `queued` for the one who asked it: its handler was not called", async () => {
    const node = await startNode([Last]);
    node.store.loadRefusal = failed;
    const asked = await node.outcome(node.ref(Last, "a").touch());
    expect(asked).toMatchObject({ kind: "failed", error: { code: "store.failed", stood: "queued" } });
  });

  test("is `running` for the one whose handler asked it: what that did before may be stored", async () => {
    const node = await startNode([Last, Middle, First]);
    const middle = node.ref(Middle, "a");
    await node.answer(middle.n());
    node.store.loadRefusal = failed;
    const asked = [middle.touchLast(), node.ref(First, "a").touchMiddle()].map(watch);
    await node.clock.settle();
    for (const { outcome } of asked) {
      expect(outcome).toMatchObject({ kind: "failed", error: { code: "store.failed", stood: "running" } });
    }
    expect(await node.answer(middle.n())).toBe(2);
  });

  test("is `running` for the one who asked a handler that cannot read a row", async () => {
    const node = await startNode([Last]);
    node.store.row = () => Promise.reject(failed);
    const asked = await node.outcome(node.ref(Last, "a").lookAtRow());
    expect(asked).toMatchObject({ kind: "failed", error: { code: "store.failed", stood: "running" } });
  });
});

describe("a failure of the store is reported once, whoever hears of it:", () => {
  test("a commit, though many changes were in it", async () => {
    const { reported, kinds } = await fail(({ store }) => (store.refusal = full));
    expect({ reported, kinds }).toEqual({ reported: [full], kinds: ["failed", "failed", "failed"] });
  });

  test("a reading, though those who asked fail with it", async () => {
    const { reported, kinds } = await fail(({ store }) => (store.loadRefusal = failed));
    expect({ reported, kinds }).toEqual({
      reported: [failed, failed, failed],
      kinds: ["failed", "failed", "failed"],
    });
  });
});
