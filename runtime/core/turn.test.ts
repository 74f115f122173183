// What a handler can do with its context, for how long, and what a read cannot.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { createRandom } from "../base/random.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import type { ActorContext, ReadContext } from "./context.ts";
import { actor } from "./definition.ts";
import { RuntimeError } from "./errors.ts";
import { ActorSystem } from "./system.ts";

/** Runs `work` as the one turn of an actor and gives what it gave. */
async function inTurn(
  work: (self: ActorContext<object>) => unknown,
  pass: { readonly forMs?: number } = {},
): Promise<{ readonly result: unknown; readonly stepped: SteppedSystem }> {
  let result: unknown;
  const Worker = actor("worker", { state: () => ({}) }).on("work", {}, async (self) => {
    result = await work(self);
  });
  const stepped = new SteppedSystem([Worker]);
  stepped.system.ref(Worker, "key/1").tell.work();
  await stepped.clock.advance(pass.forMs ?? 0);
  return { result, stepped };
}

const began = (self: ActorContext<object>): number[] => [self.turnStartedMs, self.turnStartedAt];

async function beginnings(self: ActorContext<object>): Promise<number[][]> {
  const before = began(self);
  await self.sleep(50);
  return [before, began(self)];
}

async function sleptMs(self: ActorContext<object>): Promise<number> {
  const beganMs = self.monotonicMs();
  await self.sleep(50);
  return self.monotonicMs() - beganMs;
}

describe("a context", () => {
  test("knows the actor's key", async () => {
    expect((await inTurn((self) => self.key)).result).toBe("key/1");
  });

  test("tells the time of its clock, monotonic and Unix", async () => {
    const { result, stepped } = await inTurn((self) => [self.monotonicMs(), self.unixMs()]);
    expect(result).toEqual([stepped.clock.monotonicMs(), stepped.clock.unixMs()]);
  });

  test("tells when the turn began, however long it takes", async () => {
    const { result } = await inTurn(beginnings, { forMs: 51 });
    const [before, after] = result as number[][];
    expect(after).toEqual(before as number[]);
  });

  test("sleeps as long as it is told, not less", async () => {
    expect((await inTurn(sleptMs, { forMs: 51 })).result).toBe(50);
  });

  test("sleeps no time until what is over already", async () => {
    const { stepped, result } = await inTurn((self) => self.sleep(-1).then(() => "woken"), { forMs: 2 });
    expect([stepped.crashes, result]).toEqual([[], "woken"]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("crashes the turn that would sleep for %p", async (delayMs) => {
    const { stepped } = await inTurn((self) => self.sleep(delayMs));
    expect(stepped.crashes.join()).toContain("it is no time");
  });

  test("makes refusals with a code, and a message when one is given", async () => {
    const { result } = await inTurn((self) => [self.refuse("a.b").message, self.refuse("a.b", "why").message]);
    expect(result).toEqual(["a.b", "why"]);
  });

  test("has a signal that is not aborted when nobody waits for an answer", async () => {
    expect((await inTurn((self) => self.signal.aborted)).result).toBe(false);
  });
});

interface List {
  texts: string[];
}

/** A context that is kept longer than its turn: the mistake that these tests are about. */
function keeping() {
  const kept: ActorContext<List>[] = [];
  const Keeper = actor("keeper", { state: (): List => ({ texts: [] }) })
    .on("keep", {}, (self) => void kept.push(self))
    .on("keepLong", {}, async (self) => {
      kept.push(self);
      await self.sleep(10);
    });
  const stepped = new SteppedSystem([Keeper]);
  return { stepped, kept, keeper: stepped.system.ref(Keeper, "k") };
}

function codeOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error instanceof RuntimeError ? error.code : error;
  }
}

describe("a context whose turn is over", () => {
  test("gives no state, and takes none", async () => {
    const { stepped, kept, keeper } = keeping();
    keeper.tell.keep();
    await stepped.clock.settle();
    const self = kept[0] as ActorContext<List>;
    expect(codeOf(() => self.state)).toBe("actor.turn_over");
    expect(codeOf(() => (self.state = { texts: ["late"] }))).toBe("actor.turn_over");
  });

  test("stays so in the turns after it, also where those wait", async () => {
    const codes: unknown[] = [];
    const Hasty = actor("hasty", { state: () => ({ count: 0 }) })
      .on("change", {}, (self) => {
        const late = (): void => void codes.push(codeOf(() => (self.state.count = 99)));
        void self.sleep(10).then(late);
        void self.ref(Other, "other").touch().then(late);
      })
      .on("wait", {}, (self) => self.sleep(20));
    const Other = actor("other", { state: () => ({}) }).on("touch", {}, () => undefined);
    const stepped = new SteppedSystem([Hasty, Other]);
    const hasty = stepped.system.ref(Hasty, "h");
    hasty.tell.change();
    hasty.tell.wait();
    await stepped.clock.advance(30);
    expect(codes).toEqual(["actor.turn_over", "actor.turn_over"]);
  });

  test("stays so, while developing, also where a turn kept it that did nothing else", async () => {
    const { stepped, kept, keeper } = keeping();
    keeper.tell.keep();
    keeper.tell.keepLong();
    await stepped.clock.advance(5);
    expect(kept.map((self) => codeOf(() => self.state))).toEqual(["actor.turn_over", { texts: [] }]);
  });

  test("is one whose handler's promise has settled, and not before", async () => {
    const { stepped, kept, keeper } = keeping();
    keeper.tell.keepLong();
    await stepped.clock.advance(9);
    const self = kept[0] as ActorContext<List>;
    expect(codeOf(() => self.state)).toEqual({ texts: [] });
    await stepped.clock.advance(2);
    expect(codeOf(() => self.state)).toBe("actor.turn_over");
  });

  test("says whose turn it was", async () => {
    const { stepped, kept, keeper } = keeping();
    keeper.tell.keep();
    await stepped.clock.settle();
    expect(() => kept[0]?.state).toThrow('Cannot go on in "keeper/k": the turn of keep is over');
  });
});

describe("what durable actors have besides", () => {
  const durableDeeds: Readonly<Record<string, (self: ActorContext<object>) => unknown>> = {
    "use rows": (self) => (self as unknown as { rows: unknown }).rows,
    "set an alarm": (self) =>
      (self as unknown as { alarm(name: string, options: object): void }).alarm("wake", { afterMs: 1, send: "work" }),
    "destroy what is stored": (self) => (self as unknown as { destroy(): void }).destroy(),
  };

  test.each(Object.keys(durableDeeds))("is refused to an actor that is none: %s", async (what) => {
    const { result } = await inTurn((self) => codeOf(() => durableDeeds[what]?.(self)));
    expect(result).toBe("actor.not_durable");
  });
});

async function drawnNumbers(seed: number): Promise<unknown> {
  const drawn: number[] = [];
  const Die = actor("die", { state: () => ({}) }).on("roll", {}, (self) => void drawn.push(self.random()));
  const clock = new FakeClock();
  const system = new ActorSystem({ clock, types: [Die], random: createRandom(seed) });
  for (let time = 0; time < 5; time++) system.ref(Die, "d").tell.roll();
  await clock.settle();
  return drawn;
}

describe("chance", () => {
  test("follows from the seed", async () => {
    expect(await drawnNumbers(1)).toEqual(await drawnNumbers(1));
    expect(await drawnNumbers(1)).not.toEqual(await drawnNumbers(2));
  });
});

/** Changes the state in every way that the compiler would not let it. */
const changes: Readonly<Record<string, (self: ReadContext<List>) => unknown>> = {
  "a new state": (self) => ((self as ActorContext<List>).state = { texts: ["changed"] }),
  "a field": ({ state }) => ((state as List).texts = []),
  "a list in it": ({ state }) => (state as List).texts.push("changed"),
  "a field less": ({ state }) => Reflect.deleteProperty(state, "texts"),
};

function reading(change: string, development: boolean) {
  const Book = actor("book", { state: (): List => ({ texts: ["first"] }) })
    .read("change", {}, (self) => void changes[change]?.(self))
    .read("all", { out: t.Array(t.String()) }, ({ state }) => state.texts);
  const stepped = new SteppedSystem([Book], { development });
  return { stepped, book: stepped.system.ref(Book, "b") };
}

describe("a read, while developing,", () => {
  test.each(Object.keys(changes))("is a crash where it changes the state: %s", async (change) => {
    const { stepped, book } = reading(change, true);
    expect(await stepped.outcome(book.change())).toMatchObject({ code: "actor.crashed" });
    expect(await stepped.outcome(book.all())).toEqual({ kind: "answered", value: ["first"] });
  });
});

describe("a message, while developing,", () => {
  const Pile = actor("pile", { state: () => ({ texts: [] as string[] }) })
    .on("keep", { in: t.Array(t.String()) }, ({ state }, texts) => void (state.texts = texts))
    .on("add", { in: t.String() }, ({ state }, text) => void state.texts.push(text));

  test("cannot be changed by its sender once it is sent", () => {
    const { system } = new SteppedSystem([Pile]);
    const texts = ["a"];
    system.ref(Pile, "p").tell.keep(texts);
    expect(() => texts.push("b")).toThrow(TypeError);
  });

  test("cannot be changed by its receiver, who has it together with the sender", async () => {
    const stepped = new SteppedSystem([Pile]);
    const pile = stepped.system.ref(Pile, "p");
    pile.tell.keep(["a"]);
    expect(await stepped.outcome(pile.add("b"))).toMatchObject({ code: "actor.crashed" });
  });

  test("is handed over as it is in production", async () => {
    const stepped = new SteppedSystem([Pile], { development: false });
    const texts = ["a"];
    const pile = stepped.system.ref(Pile, "p");
    pile.tell.keep(texts);
    await stepped.outcome(pile.add("b"));
    expect(texts).toEqual(["a", "b"]);
  });
});
