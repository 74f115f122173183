// What must come of what bots say: who has it, who has it twice, who has it not, and what came out of order.
import { describe, expect, test } from "bun:test";

import { Deliveries } from "./deliveries.ts";
import { DELIVERED_KEPT_MAX, PROBLEMS_SHOWN_MAX } from "./limits.ts";

const GERAL = { kind: "channel", name: "geral" } as const;

const published = (number: number, text: string) => ({ number, line: `bot-1: ${text} [12:00:00] (clock=${number})` });

/** Acknowledged, and for two. */
function withOneSaid(): { deliveries: Deliveries; text: string } {
  const deliveries = new Deliveries();
  const text = deliveries.said("oi", "t1", ["bot-1", "bot-2"]);
  deliveries.acknowledged("t1");
  return { deliveries, text };
}

describe("a message that is acknowledged", () => {
  test("is missing until each who must have it has it", () => {
    const { deliveries, text } = withOneSaid();
    expect(text).toBe("oi #t1");
    deliveries.shown("bot-1", published(1, text));
    expect(deliveries.missingCount).toBe(1);
    deliveries.shown("bot-2", published(1, text));
    expect([deliveries.missingCount, deliveries.arrivedCount]).toEqual([0, 2]);
    deliveries.closed();
    expect(deliveries.problemCount).toBe(0);
  });

  test("is a problem at the end where somebody has it not", () => {
    const { deliveries, text } = withOneSaid();
    deliveries.shown("bot-2", published(1, text));
    deliveries.closed();
    expect(deliveries.problems).toEqual(["#t1 não chegou a bot-1"]);
  });

  test("is a problem where it comes twice to one, also after all have it", () => {
    const { deliveries, text } = withOneSaid();
    for (const bot of ["bot-1", "bot-2", "bot-2"]) deliveries.shown(bot, published(1, text));
    expect(deliveries.problems).toEqual(["bot-2: 1 bot-1: oi #t1 [12:00:00] (clock=1) veio duas vezes"]);
  });

  test("may come to others, once", () => {
    const { deliveries, text } = withOneSaid();
    deliveries.shown("bot-3", published(1, text));
    expect([deliveries.problemCount, deliveries.arrivedCount]).toEqual([0, 0]);
    deliveries.shown("bot-3", published(1, text));
    expect(deliveries.problemCount).toBe(1);
  });
});

test("what nobody has acknowledged may come, or not", () => {
  const deliveries = new Deliveries();
  deliveries.said("oi", "t1", ["bot-1"]);
  deliveries.closed();
  expect([deliveries.missingCount, deliveries.problemCount]).toEqual([0, 0]);
});

test("what was refused is asked of nobody", () => {
  const { deliveries, text } = withOneSaid();
  deliveries.refused("t1");
  deliveries.shown("bot-1", published(1, text));
  deliveries.closed();
  expect([deliveries.missingCount, deliveries.problemCount]).toEqual([0, 0]);
});

test("what others than our bots say is none of ours", () => {
  const deliveries = new Deliveries();
  for (const line of ["ana: oi [12:00:00] (clock=1)", "ana: oi #t9 [12:00:00] (clock=1)", "#t9", ""]) {
    deliveries.shown("bot-1", { number: 1, line });
    deliveries.shown("bot-1", { number: 1, line });
  }
  expect([deliveries.problemCount, deliveries.arrivedCount]).toEqual([0, 0]);
});

test("publications come in the order of their numbers, of each topic to each bot", () => {
  const deliveries = new Deliveries();
  deliveries.heard("bot-1", GERAL, published(1, ""));
  deliveries.heard("bot-1", GERAL, published(4, ""));
  deliveries.heard("bot-2", GERAL, published(1, ""));
  deliveries.heard("bot-1", { ...GERAL, kind: "user" }, published(1, ""));
  expect(deliveries.problemCount).toBe(0);
  deliveries.heard("bot-1", GERAL, published(4, ""));
  deliveries.heard("bot-1", GERAL, published(3, ""));
  expect(deliveries.problems).toEqual(["bot-1: geral 4 veio depois de 4", "bot-1: geral 3 veio depois de 4"]);
});

describe("of what is kept", () => {
  test("messages that are over are forgotten, the oldest first, and no others", () => {
    const deliveries = new Deliveries();
    deliveries.said("aberta", "aberta", ["bot-1"]);
    for (let count = 0; count <= DELIVERED_KEPT_MAX; count++) {
      const text = deliveries.said("oi", `t${count}`, ["bot-1"]);
      deliveries.acknowledged(`t${count}`);
      deliveries.shown("bot-1", published(1, text));
    }
    for (const tag of ["t0", "t1", "aberta"]) deliveries.shown("bot-1", published(1, `oi #${tag}`));
    expect(deliveries.problems).toEqual([expect.stringContaining("#t1 ")]);
    expect(deliveries.arrivedCount).toBe(DELIVERED_KEPT_MAX + 2);
  });

  test("so many problems are shown, and all are counted", () => {
    const deliveries = new Deliveries();
    for (let count = 0; count <= PROBLEMS_SHOWN_MAX; count++) deliveries.problem(`${count}`);
    expect(deliveries.problems).toHaveLength(PROBLEMS_SHOWN_MAX);
    expect(deliveries.problemCount).toBe(PROBLEMS_SHOWN_MAX + 1);
  });
});
