// Messages that nobody handled: kept with their reason, listed, sent again or thrown away, and bounded.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import type { DeadLetter } from "./dead-letters.ts";
import { actor } from "./definition.ts";
import { RuntimeError } from "./errors.ts";
import { startNode, type TestNode } from "./test-node.ts";
import { topic } from "./topic.ts";

const LAST = Number.MAX_SAFE_INTEGER;

async function post() {
  const handled: unknown[] = [];
  const failing = { times: 0 };
  const Box = actor("box", { state: () => ({}), mailbox: { capacity: 2 } })
    .on("take", { in: t.Unknown() }, (_, input) => {
      if (failing.times-- > 0) throw new Error("no room");
      handled.push(input);
    })
    .on("wait", { in: t.Number() }, (self, delayMs) => self.sleep(delayMs));
  const Sender = actor("sender", { state: () => ({ sent: 0 }), durable: true, mailbox: { capacity: 20_000 } })
    .on("send", { in: t.Unknown() }, (self, input) => {
      self.state.sent++;
      self.ref(Box, "b").tell.take(input);
    })
    .on("touch", {}, ({ state }) => void state.sent++);
  const node = await startNode([Box, Sender]);
  const box = node.ref(Box, "b");
  /** Puts a letter for this input aside. */
  const lose = async (input: unknown): Promise<void> => {
    failing.times = 1;
    box.tell.take(input);
    await node.clock.advance(11_000);
  };
  return { node, clock: node.clock, handled, failing, Box, Sender, box, sender: node.ref(Sender, "s"), lose };
}

async function listed(node: TestNode, before = LAST, limit = 100): Promise<readonly DeadLetter[]> {
  await node.clock.settle();
  return node.system.letters.list(before, limit);
}

const reasonsOf = async (node: TestNode): Promise<readonly string[]> => {
  return (await listed(node)).map(({ type, key, method, reason }) => `${type}/${key}.${method}: ${reason}`);
};

describe("a dead letter is what becomes of a tell", () => {
  test("that crashes its actor", async () => {
    const { node, lose } = await post();
    await lose(1);
    expect(await reasonsOf(node)).toEqual(["box/b.take: actor.crashed"]);
  });

  test("that was accepted from a durable actor, and found no room when it was sent", async () => {
    const { node, clock, box, sender } = await post();
    box.tell.wait(10_000);
    await clock.settle();
    for (let time = 0; time < 3; time++) sender.tell.send(time);
    expect(await reasonsOf(node)).toEqual(["box/b.take: actor.mailbox_full"]);
  });

  test("that waited when its actor was put in quarantine", async () => {
    const { node, clock, box } = await post();
    box.tell.wait(10_000);
    await clock.settle();
    box.tell.take(1);
    node.operations.quarantine("box", "b", "by hand");
    expect(await reasonsOf(node)).toEqual(["box/b.take: actor.quarantined"]);
  });

  test("whose actor could not be read from the store", async () => {
    const { node, clock, sender } = await post();
    node.store.loadRefusal = new RuntimeError("store.corrupt", "Cannot read actors.db: it is damaged");
    sender.tell.touch();
    await clock.settle();
    expect(await reasonsOf(node)).toEqual(["sender/s.touch: store.corrupt"]);
  });

  test("whose changes could not be stored", async () => {
    const { node, clock, sender } = await post();
    node.store.refusal = new RuntimeError("store.full", "Cannot commit to actors.db: the disk is full");
    sender.tell.touch();
    await clock.settle();
    expect(await reasonsOf(node)).toEqual(["sender/s.touch: store.full"]);
  });

  test("and never of an ask, whose asker is told", async () => {
    const { node, box, failing } = await post();
    failing.times = 1;
    expect(await node.outcome(box.take(1))).toMatchObject({ code: "actor.crashed" });
    expect(await listed(node)).toEqual([]);
  });

  test("and never of one that was not accepted, whose sender is told", async () => {
    const { node, clock, box } = await post();
    box.tell.wait(10_000);
    await clock.settle();
    expect([1, 2, 3].map((input) => box.tell.take(input).accepted)).toEqual([true, true, false]);
    expect(await listed(node)).toEqual([]);
  });
});

describe("a dead letter", () => {
  test("says what, when, from whom and why, with the last turns of its actor", async () => {
    const { node, clock, failing, box, sender } = await post();
    box.tell.take("fine");
    await clock.settle();
    failing.times = 1;
    sender.tell.send({ text: "hm" });
    expect(await listed(node)).toMatchObject([
      {
        id: 1,
        at: clock.unixMs(),
        type: "box",
        key: "b",
        method: "take",
        reason: "actor.crashed",
        problem: "Crashed in box/b.take: no room",
        from: "sender/s",
        input: { text: "hm" },
        inputLost: false,
        turns: [
          { method: "take", outcome: "crashed", agoMs: 0 },
          { method: "take", outcome: "answered" },
        ],
      },
    ]);
  });

  test("is reported and counted", async () => {
    const { node, lose } = await post();
    await lose(1);
    expect([node.letters, node.system.letters.counts.get("box")]).toEqual([["box/b.take: actor.crashed"], 1]);
  });

  test("is counted and reported also where nothing is stored", async () => {
    const Box = actor("box", { state: () => ({}) }).on("take", {}, () => {
      throw new Error("no room");
    });
    const stepped = new SteppedSystem([Box]);
    stepped.system.ref(Box, "b").tell.take();
    await stepped.clock.settle();
    expect(stepped.system.letters.counts.get("box")).toBe(1);
  });

  test.each([
    [limits.deadLetterLengthMax, false],
    [limits.deadLetterLengthMax + 1, true],
  ])("keeps an input of 65 536 characters of JSON, and not of one more: %d", async (length, isLost) => {
    const { node, lose } = await post();
    const input = "x".repeat(length - 2);
    await lose(input);
    expect(await listed(node)).toMatchObject([isLost ? { inputLost: true } : { inputLost: false, input }]);
  });

  test("says so where its input is no JSON", async () => {
    const { node, lose } = await post();
    await lose(new Map());
    expect(await listed(node)).toMatchObject([{ inputLost: true }]);
  });

  test("is there after a restart, and the next one has the next number", async () => {
    const { node, Box, lose, failing } = await post();
    await lose(1);
    const again = await node.restart();
    failing.times = 1;
    again.ref(Box, "b").tell.take(2);
    expect((await listed(again)).map(({ id, input }) => [id, input])).toEqual([
      [2, 2],
      [1, 1],
    ]);
  });
});

const ids = (letters: readonly DeadLetter[]): readonly number[] => letters.map(({ id }) => id);

describe("dead letters", () => {
  test("are listed newest first, page by page", async () => {
    const { node, lose } = await post();
    for (const input of [1, 2, 3]) await lose(input);
    expect(ids(await listed(node, LAST, 2))).toEqual([3, 2]);
    expect(ids(await listed(node, 2, 2))).toEqual([1]);
  });

  test("are listed at once, before they are stored, and no more as soon as they are thrown away", async () => {
    const { node, lose } = await post();
    for (const input of [1, 2]) await lose(input);
    node.store.hold();
    for (const input of [3, 4]) await lose(input);
    await node.operations.discard(2);
    await node.operations.discard(3);
    expect(ids(await listed(node))).toEqual([4, 1]);
    expect(ids(await listed(node, LAST, 2))).toEqual([4, 1]);
    expect(await Promise.all([2, 3, 4].map((id) => node.system.letters.get(id)))).toMatchObject([
      undefined,
      undefined,
      { input: 4 },
    ]);
  });

  test("are at most 10 000, the oldest going first", async () => {
    const { node, clock, sender } = await post();
    const loseTells = async (count: number): Promise<void> => {
      node.store.hold();
      for (let tell = 0; tell < count; tell++) sender.tell.touch();
      await clock.settle();
      node.store.refusal = new RuntimeError("store.full", "Cannot commit to actors.db: the disk is full");
      node.store.letGo();
      await clock.settle();
    };
    await loseTells(limits.deadLettersMax);
    await loseTells(1);
    const letters = await listed(node, LAST, 20_000);
    expect([letters.length, letters[0]?.id, letters.at(-1)?.id]).toEqual([
      limits.deadLettersMax,
      limits.deadLettersMax + 1,
      2,
    ]);
  });

  test("can be thrown away one by one", async () => {
    const { node, lose } = await post();
    for (const input of [1, 2]) await lose(input);
    expect([await node.operations.discard(1), await node.operations.discard(7)]).toEqual([true, false]);
    expect((await listed(node)).map(({ id }) => id)).toEqual([2]);
  });
});

const state = () => ({});

describe("a dead letter that is sent again", () => {
  test("is handled, and gone", async () => {
    const { node, handled, lose } = await post();
    await lose({ text: "hm" });
    expect(await node.operations.replay(1)).toBe("accepted");
    expect(await listed(node)).toEqual([]);
    expect(handled).toEqual([{ text: "hm" }]);
  });

  test("is sent once, also when two ask for that at once, or again before it is gone from the store", async () => {
    const { node, handled, lose } = await post();
    await lose(1);
    const both = await Promise.all([node.operations.replay(1), node.operations.replay(1)]);
    expect([...both, await node.operations.replay(1)]).toEqual(["accepted", "unknown", "unknown"]);
    expect([await node.operations.discard(1), await listed(node), handled]).toEqual([false, [], [1]]);
  });

  test("stays where its actor has no room for it", async () => {
    const { node, clock, box, lose } = await post();
    await lose(1);
    box.tell.wait(10_000);
    await clock.settle();
    for (const input of [2, 3]) box.tell.take(input);
    expect(await node.operations.replay(1)).toMatchObject({ code: "actor.mailbox_full" });
    expect((await listed(node)).map(({ id }) => id)).toEqual([1]);
  });

  test("stays where its input was lost", async () => {
    const { node, lose } = await post();
    await lose(new Map());
    expect(await node.operations.replay(1)).toMatchObject({ code: "actor.bad_input" });
    expect((await listed(node)).map(({ id }) => id)).toEqual([1]);
  });

  test.each([
    ["its type is gone from", actor("other", { state }), "actor.unknown_type"],
    ["its method is gone from", actor("box", { state }), "actor.unknown_method"],
    [
      "its input does not fit",
      actor("box", { state }).on("take", { in: t.String() }, () => undefined),
      "actor.bad_input",
    ],
  ])("stays where %s the program of today", async (_, type, code) => {
    const { node, lose } = await post();
    await lose(1);
    const again = await node.restart({ types: [type] });
    expect(await again.operations.replay(1)).toMatchObject({ code });
    expect((await listed(again)).map(({ id }) => id)).toEqual([1]);
  });

  test.each(["published", "gone"])(
    "is handled also where it came of itself and its method takes none: %s",
    async (how) => {
      const news = topic("news", t.Null())("today");
      const failing = { now: true };
      const heard: string[] = [];
      const Listener = actor("listener", { state })
        .on("begin", {}, (self) =>
          how === "gone" ? self.watch(self.ref(Ender, "e"), "hear") : self.subscribe(news, "hear"),
        )
        .on("hear", {}, () => {
          if (failing.now) throw new Error("not now");
          heard.push(how);
        });
      const Ender = actor("ender", { state }).on("end", {}, (self) => {
        self.publish(news, null);
        self.stop();
      });
      const node = await startNode([Listener, Ender]);
      await node.answer(node.ref(Listener, "l").begin());
      node.ref(Ender, "e").tell.end();
      await node.clock.advance(30_000);
      failing.now = false;
      expect([node.letters, await node.operations.replay(1)]).toEqual([["listener/l.hear: actor.crashed"], "accepted"]);
      await node.clock.settle();
      expect(heard).toEqual([how]);
    },
  );

  test("is unknown when it is not there", async () => {
    const { node } = await post();
    expect(await node.operations.replay(1)).toBe("unknown");
  });

  test("and crashes again is a letter again, until that has happened three times: then it is not tried", async () => {
    const { node, clock, failing, handled, lose } = await post();
    await lose("poison");
    const reasons: unknown[] = [];
    for (let time = 0; time < 4; time++) {
      failing.times = 1;
      const [letter] = await listed(node);
      await node.operations.replay(letter?.id ?? 0);
      await clock.advance(11_000);
      reasons.push((await listed(node))[0]?.reason);
    }
    expect(reasons).toEqual(["actor.crashed", "actor.crashed", "actor.crashed", "actor.poison"]);
    expect(handled).toEqual([]);
  });

  test("may be sent again after a restart though it is poison", async () => {
    const { node, clock, failing, handled, lose } = await post();
    await lose("poison");
    for (let time = 0; time < 4; time++) {
      failing.times = 1;
      const [letter] = await listed(node);
      await node.operations.replay(letter?.id ?? 0);
      await clock.advance(11_000);
    }
    failing.times = 0;
    const again = await node.restart();
    const [letter] = await listed(again);
    await again.operations.replay(letter?.id ?? 0);
    await again.clock.settle();
    expect(handled).toEqual(["poison"]);
  });
});
