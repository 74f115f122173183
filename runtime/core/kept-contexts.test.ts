// What a handler keeps, or leaves behind: refs in the state, contexts used later, results that are no promises.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { watch } from "../testing/outcome.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import type { ActorContext } from "./context.ts";
import { actor } from "./definition.ts";
import type { RuntimeError } from "./errors.ts";
import type { Ref } from "./shape.ts";
import { startNode } from "./test-node.ts";

interface Asker {
  touch(): Promise<void>;
}

const Asked = actor("asked", { state: () => ({}) }).on("touch", {}, async (self) => {
  await self.ref(Keeper, "a").change();
});
const Keeper = actor("keeper", { state: (): { ref?: Asker } => ({}) })
  .on("keep", {}, (self) => {
    self.state.ref = self.ref(Asked, "b") as Ref<Asker>;
  })
  .on("change", {}, () => undefined)
  .read("lookLater", {}, async (self) => {
    const { ref } = self.state as { ref: Asker };
    await self.sleep(10);
    await ref.touch();
  });

describe("a ref that was kept in the state", () => {
  test("is that of the read which uses it after waiting: a circle is found", async () => {
    const stepped = new SteppedSystem([Keeper, Asked], { development: false });
    const ref = stepped.system.ref(Keeper, "a");
    ref.tell.keep();
    const looked = watch(ref.lookLater());
    await stepped.clock.advance(11);
    const { error } = looked.outcome as { error: RuntimeError };
    expect(error.message).toContain("keeper/a.lookLater → asked/b.touch → keeper/a.change");
  });
});

describe("a context that a handler leaves to somebody else", () => {
  test("is over with its turn, also while the next one runs", async () => {
    const kept: ActorContext<{ count: number }>[] = [];
    const seen: unknown[] = [];
    const Leaver = actor("leaver", { state: () => ({ count: 0 }) })
      .on("leave", {}, (self) => void kept.push(self))
      .on("use", {}, () => {
        try {
          (kept[0] as ActorContext<{ count: number }>).state.count++;
        } catch (error) {
          seen.push((error as RuntimeError).code);
        }
      });
    const stepped = new SteppedSystem([Leaver]);
    const ref = stepped.system.ref(Leaver, "a");
    ref.tell.leave();
    ref.tell.use();
    await stepped.clock.settle();
    expect(seen).toEqual(["actor.turn_over"]);
  });
});

/** Like a query builder: it does its work when it is awaited. */
function lazily(work: (resolve: (value: number) => void, reject: (error: Error) => void) => void) {
  // oxlint-disable-next-line unicorn/no-thenable
  return { then: work } as unknown as Promise<number>;
}

describe("a handler that returns what can be awaited, and is no promise", () => {
  const Builder = actor("builder", { state: () => ({}) })
    .on("build", { out: t.Number() }, () => lazily((resolve) => resolve(7)))
    .on("fail", { out: t.Number() }, () => lazily((_resolve, reject) => reject(new Error("no such table"))));

  test("has its turn held, and its value for an answer", async () => {
    const stepped = new SteppedSystem([Builder]);
    const built = watch(stepped.system.ref(Builder, "a").build());
    await stepped.clock.settle();
    expect(built.outcome).toMatchObject({ value: 7 });
  });

  test("crashes where that fails", async () => {
    const stepped = new SteppedSystem([Builder]);
    const built = watch(stepped.system.ref(Builder, "a").fail());
    await stepped.clock.settle();
    expect(built.outcome).toMatchObject({ error: { code: "actor.crashed" } });
  });
});

describe("a ref that is used after its turn, while no other turn runs", () => {
  test("sends nothing before what its actor has changed is stored", async () => {
    const touched: string[] = [];
    const Touched = actor("touched", { state: () => ({}) }).on("touch", { in: t.String() }, (_self, text) => {
      touched.push(text);
    });
    const Leaver = actor("leaver", { state: () => ({ count: 0 }), durable: true }).on("leave", {}, (self) => {
      self.state.count++;
      const other = self.ref(Touched, "a");
      void Promise.resolve()
        .then(() => undefined)
        .then(() => {
          other.tell.touch("told");
          return other.touch("asked");
        });
    });
    const node = await startNode([Touched, Leaver]);
    node.store.hold();
    const left = watch(node.ref(Leaver, "a").leave());
    await node.clock.settle();
    expect([left.outcome.kind, touched]).toEqual(["pending", []]);
    node.store.letGo();
    await node.clock.settle();
    expect([left.outcome.kind, touched]).toEqual(["answered", ["told", "asked"]]);
  });
});
