// The counter on a fake clock: what it adds and refuses, what a kill leaves of it, and when it is cleared.
import { describe, expect, test } from "bun:test";

import { SteppedSystem } from "#runtime/testing/mod.ts";

import { Counter } from "./counter.ts";

function startCounter() {
  const stepped = new SteppedSystem([Counter]);
  return { stepped, counter: stepped.ref(Counter, "page/home"), other: stepped.ref(Counter, "page/about") };
}

/** What the call ends in, once all has run that can without time passing. */
async function answerOf<Value>(stepped: SteppedSystem, call: Promise<Value>): Promise<Value | string> {
  const outcome = await stepped.outcome(call);
  if (outcome.kind === "answered") return outcome.value;
  return outcome.kind === "failed" ? outcome.code : outcome.kind;
}

describe("adding", () => {
  test("answers the count from then on, each key on its own", async () => {
    const { stepped, counter, other } = startCounter();
    expect(await answerOf(stepped, counter.add({ amount: 2 }))).toBe(2);
    expect(await answerOf(stepped, counter.add({ amount: -5 }))).toBe(-3);
    expect(await answerOf(stepped, other.add({ amount: 1 }))).toBe(1);
    expect(await answerOf(stepped, counter.value())).toBe(-3);
  });

  test("nothing is refused", async () => {
    const { stepped, counter } = startCounter();
    expect(await answerOf(stepped, counter.add({ amount: 0 }))).toBe("counter.nothing_to_add");
    expect(await answerOf(stepped, counter.value())).toBe(0);
  });

  test.each([1, -1])("is refused where it would not be exact any more: %p times the largest and one", async (sign) => {
    const { stepped, counter } = startCounter();
    const most = sign * Number.MAX_SAFE_INTEGER;
    expect(await answerOf(stepped, counter.add({ amount: most }))).toBe(most);
    expect(await answerOf(stepped, counter.add({ amount: sign }))).toBe("counter.too_large");
    expect(await answerOf(stepped, counter.value())).toBe(most);
  });

  test("twice under one name counts once", async () => {
    const { stepped, counter } = startCounter();
    expect(await answerOf(stepped, counter.add({ amount: 3 }, { once: "click-1" }))).toBe(3);
    expect(await answerOf(stepped, counter.add({ amount: 3 }, { once: "click-1" }))).toBe(3);
    expect(await answerOf(stepped, counter.add({ amount: 3 }, { once: "click-2" }))).toBe(6);
  });
});

describe("clearing", () => {
  test("starts again from 0", async () => {
    const { stepped, counter } = startCounter();
    await answerOf(stepped, counter.add({ amount: 2 }));
    await answerOf(stepped, counter.clear());
    expect(await answerOf(stepped, counter.add({ amount: 1 }))).toBe(1);
  });

  test("later happens when its time has come, not a millisecond before", async () => {
    const { stepped, counter } = startCounter();
    await answerOf(stepped, counter.add({ amount: 2 }));
    await answerOf(stepped, counter.clearLater({ afterMs: 60_000 }));
    await stepped.advance(59_999);
    expect(await answerOf(stepped, counter.value())).toBe(2);
    await stepped.advance(1);
    expect(await answerOf(stepped, counter.value())).toBe(0);
  });

  test("later, asked for again, happens at the later time only", async () => {
    const { stepped, counter } = startCounter();
    await answerOf(stepped, counter.clearLater({ afterMs: 1_000 }));
    await answerOf(stepped, counter.clearLater({ afterMs: 5_000 }));
    await answerOf(stepped, counter.add({ amount: 2 }));
    await stepped.advance(4_999);
    expect(await answerOf(stepped, counter.value())).toBe(2);
  });

  test("at once leaves nothing to be cleared later", async () => {
    const { stepped, counter } = startCounter();
    await answerOf(stepped, counter.clearLater({ afterMs: 1_000 }));
    await answerOf(stepped, counter.clear());
    await answerOf(stepped, counter.add({ amount: 2 }));
    await stepped.advance(2_000);
    expect(await answerOf(stepped, counter.value())).toBe(2);
  });
});

describe("a counter whose process is killed", () => {
  test("keeps what it has acknowledged, and the answers that belong to it", async () => {
    const { stepped, counter } = startCounter();
    expect(await answerOf(stepped, counter.add({ amount: 3 }, { once: "click-1" }))).toBe(3);
    await stepped.restart();
    expect(await answerOf(stepped, counter.value())).toBe(3);
    expect(await answerOf(stepped, counter.add({ amount: 3 }, { once: "click-1" }))).toBe(3);
  });

  test("is cleared after the restart when that was due meanwhile", async () => {
    const { stepped, counter } = startCounter();
    await answerOf(stepped, counter.add({ amount: 3 }));
    await answerOf(stepped, counter.clearLater({ afterMs: 1_000 }));
    stepped.kill();
    await stepped.clock.advance(3_600_000);
    await stepped.restart();
    await stepped.advance(1);
    expect(await answerOf(stepped, counter.value())).toBe(0);
  });
});

test("counters are found by what they count", async () => {
  const { stepped, counter, other } = startCounter();
  await answerOf(stepped, counter.add({ amount: 3 }));
  await answerOf(stepped, other.add({ amount: 4 }));
  const query = { type: "counter", keyPrefix: "", after: "", limit: 10, where: { field: "count", value: 3 } };
  expect(await answerOf(stepped, stepped.system.store.keys(query))).toEqual(["page/home"]);
});
