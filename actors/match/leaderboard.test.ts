// The leaderboard on a simulated node: its order, its ranks, and that neither repeats nor a kill change them.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { SteppedSystem } from "#runtime/testing/mod.ts";

import { Leaderboard, LEADERBOARD_KEY } from "./leaderboard.ts";

interface Score {
  readonly key: string;
  readonly name: string;
  readonly score: number;
}

function startBoard() {
  const stepped = new SteppedSystem([Leaderboard]);
  const board = stepped.ref(Leaderboard, LEADERBOARD_KEY);
  /** What the call ends in, once all has run that can without time passing. */
  const answerOf = async <Value>(call: Promise<Value>): Promise<Value | string> => {
    const outcome = await stepped.outcome(call);
    if (outcome.kind === "answered") return outcome.value;
    return outcome.kind === "failed" ? outcome.code : outcome.kind;
  };
  return {
    stepped,
    set: async (...scores: readonly (readonly [name: string, score: number])[]) => {
      const calls = scores.map(([name, score]) => board.set({ key: name.toLowerCase(), name, score }));
      expect(await answerOf(Promise.all(calls))).toBeArrayOfSize(scores.length);
    },
    setAs: (score: Score) => answerOf(board.set(score)),
    top: async (count: number) => shown(await answerOf(board.top({ count }))),
    around: async (key: string, count: number) => shown(await answerOf(board.around({ key, count }))),
  };
}

/** `1:Ana:3` for each place, or the code of what went wrong. */
function shown(answer: readonly { rank: number; name: string; score: number }[] | string): readonly string[] | string {
  return typeof answer === "string" ? answer : answer.map(({ rank, name, score }) => `${rank}:${name}:${score}`);
}

describe("the top", () => {
  test("of an empty board is empty", async () => {
    expect(await startBoard().top(100)).toEqual([]);
  });

  test("has the highest score first, whoever came first, and those without a point last", async () => {
    const { set, top } = startBoard();
    await set(["Ana", 2], ["Bea", 10], ["Caio", 0], ["Beto", 1_000]);
    expect(await top(100)).toEqual(["1:Beto:1000", "2:Bea:10", "3:Ana:2", "4:Caio:0"]);
  });

  test("has a score's players on one rank, by key, and counts them for the next", async () => {
    const { set, top } = startBoard();
    await set(["Caio", 3], ["Bea", 5], ["ana", 5], ["b_a", 5], ["b-a", 5], ["a", 3]);
    expect(await top(100)).toEqual(["1:ana:5", "1:b-a:5", "1:b_a:5", "1:Bea:5", "5:a:3", "5:Caio:3"]);
  });

  test("is as many as were asked for, 1 to 100", async () => {
    const { set, top } = startBoard();
    await set(...Array.from({ length: 101 }, (_, index) => [`p${index}`, index] as const));
    expect(await top(1)).toEqual(["1:p100:100"]);
    expect(await top(100)).toHaveLength(100);
    expect(await top(101)).toBe("actor.bad_input");
    expect(await top(0)).toBe("actor.bad_input");
  });
});

describe("around a player", () => {
  const four = [["Ana", 9] as const, ["Bea", 8] as const, ["Beto", 7] as const, ["Caio", 6] as const];

  test("are those above and below, with their ranks", async () => {
    const { set, around } = startBoard();
    await set(...four);
    expect(await around("bea", 1)).toEqual(["1:Ana:9", "2:Bea:8", "3:Beto:7"]);
  });

  test("at either end are only those that there are", async () => {
    const { set, around } = startBoard();
    await set(...four);
    expect(await around("ana", 2)).toEqual(["1:Ana:9", "2:Bea:8", "3:Beto:7"]);
    expect(await around("caio", 2)).toEqual(["2:Bea:8", "3:Beto:7", "4:Caio:6"]);
    expect(await around("bea", 100)).toHaveLength(4);
  });

  test("are ranked right also where many of one score stand before those that are shown", async () => {
    const { set, around } = startBoard();
    const many = Array.from({ length: 30 }, (_, index) => [`m${String(index).padStart(2, "0")}`, 4] as const);
    await set(["Ana", 9], ...many, ["Bea", 3], ["Caio", 3], ["Beto", 0]);
    expect(await around("bea", 2)).toEqual(["2:m28:4", "2:m29:4", "32:Bea:3", "32:Caio:3", "34:Beto:0"]);
    expect(await around("m15", 1)).toEqual(["2:m14:4", "2:m15:4", "2:m16:4"]);
  });

  test("who is not on the board there is nobody", async () => {
    const { set, around } = startBoard();
    await set(["Ana", 1]);
    expect(await around("bea", 1)).toBe("leaderboard.unknown");
  });
});

describe("a score", () => {
  test("moves its player, and nobody else", async () => {
    const { set, top } = startBoard();
    await set(["Ana", 1], ["Bea", 1], ["Caio", 2], ["Bea", 3], ["Ana", 2]);
    expect(await top(100)).toEqual(["1:Bea:3", "2:Ana:2", "2:Caio:2"]);
  });

  test("that comes again changes nothing", async () => {
    const { set, top, around } = startBoard();
    await set(["Ana", 1], ["Bea", 0], ["Ana", 1], ["Ana", 1], ["Bea", 0]);
    expect(await top(100)).toEqual(["1:Ana:1", "2:Bea:0"]);
    expect(await around("bea", 1)).toEqual(["1:Ana:1", "2:Bea:0"]);
  });

  test("that comes late, lower than what is known, stays out; the name is taken", async () => {
    const { setAs, top } = startBoard();
    await setAs({ key: "ana", name: "ana", score: 5 });
    await setAs({ key: "ana", name: "Ana", score: 4 });
    expect(await top(100)).toEqual(["1:Ana:5"]);
  });

  test("above 999 999 stands as that, and ranks with it", async () => {
    const { set, top } = startBoard();
    await set(["Ana", 999_998], ["Bea", 999_999], ["Caio", Number.MAX_SAFE_INTEGER]);
    expect(await top(100)).toEqual(["1:Bea:999999", "1:Caio:999999", "3:Ana:999998"]);
  });

  test.each([
    { key: "ana", name: "Ana", score: -1 },
    { key: "ana", name: "Ana", score: 0.5 },
    { key: "ana", name: "", score: 1 },
    { key: "ana", name: "a".repeat(33), score: 1 },
    { key: "a".repeat(33), name: "Ana", score: 1 },
    { key: "a/b", name: "Ana", score: 1 },
    { key: "Ana", name: "Ana", score: 1 },
  ])("is not taken: %j", async (score) => {
    expect(await startBoard().setAs(score)).toBe("actor.bad_input");
  });

  test("is taken for the longest name", async () => {
    const { setAs, top } = startBoard();
    await setAs({ key: "a".repeat(32), name: "A".repeat(32), score: 1 });
    expect(await top(1)).toEqual([`1:${"A".repeat(32)}:1`]);
  });
});

describe("a board whose process is killed", () => {
  test("is as it was acknowledged, and goes on from there", async () => {
    const { stepped, set, top, around } = startBoard();
    await set(["Ana", 2], ["Bea", 1]);
    await stepped.restart();
    expect(await top(100)).toEqual(["1:Ana:2", "2:Bea:1"]);
    await set(["Bea", 2]);
    expect(await around("ana", 1)).toEqual(["1:Ana:2", "1:Bea:2"]);
  });

  test.each(["before", "after"] as const)("%s a score is stored ranks right once that is told again", async (kills) => {
    const { stepped, set, setAs, top } = startBoard();
    await set(["Ana", 1], ["Bea", 2]);
    stepped.storeFaults.next("commit", { kills });
    expect(await setAs({ key: "ana", name: "Ana", score: 3 })).toBe("node.killed");
    await stepped.restart();
    await set(["Ana", 3]);
    expect(await top(100)).toEqual(["1:Ana:3", "2:Bea:2"]);
  });
});

test("whatever is set, top and around are what a sorted list would give", async () => {
  const key = fc.constantFrom("a", "a-", "a.", "aa", "a_", "b", "c", "9");
  const score = fc.oneof(fc.nat({ max: 4 }), fc.constantFrom(999, 1_000, 1_001, 1_999, 2_000, 999_999));
  const sets = fc.array(fc.record({ key, name: key, score }), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(sets, fc.integer({ min: 1, max: 4 }), async (scores, count) => {
      const { stepped, setAs, top, around } = startBoard();
      const model = new Map<string, Score>();
      for (const each of scores) {
        await setAs(each);
        model.set(each.key, { ...each, score: Math.max(each.score, model.get(each.key)?.score ?? 0) });
      }
      const players = sorted(model);
      const ranked = players.map(({ name, score: own }) => {
        const rank = 1 + players.filter(({ score: other }) => other > own).length;
        return `${rank}:${name}:${own}`;
      });
      expect(await top(100)).toEqual(ranked);
      await stepped.restart();
      expect(await top(count)).toEqual(ranked.slice(0, count));
      for (const [index, player] of players.entries()) {
        const expected = ranked.slice(Math.max(0, index - count), index + count + 1);
        expect(await around(player.key, count)).toEqual(expected);
      }
    }),
    { numRuns: 30 },
  );
});

function sorted(model: ReadonlyMap<string, Score>): readonly Score[] {
  return [...model.values()].sort((left, right) => right.score - left.score || (left.key < right.key ? -1 : 1));
}
