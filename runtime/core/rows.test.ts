// The rows of a durable actor: ordered, read as the turn left them, committed with it, and bounded.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";
import * as fc from "fast-check";

import { compareUtf8 } from "../base/utf8-order.ts";
import { limits } from "../limits.ts";
import { timesRuns } from "../testing/times-runs.ts";
import type { DurableContext, DurableReadContext, Rows } from "./context.ts";
import { actor } from "./definition.ts";
import type { CallOptions } from "./shape.ts";
import { startNode } from "./test-node.ts";

type Work = (rows: Rows, self: DurableContext<object>) => unknown;
type Look = (self: DurableReadContext<object>) => unknown;

/** Runs whatever it is given as one turn of an actor with rows. */
async function shelf() {
  const work: { next: Work; look: Look } = { next: () => undefined, look: () => undefined };
  const Shelf = actor("shelf", { state: () => ({}), durable: true })
    .on("work", { out: t.Unknown() }, (self) => work.next(self.rows, self))
    .read("look", { out: t.Unknown() }, (self) => work.look(self));
  const node = await startNode([Shelf]);
  const inTurnOf =
    (on: typeof node) =>
    (next: Work, options: CallOptions = {}): Promise<unknown> => {
      work.next = next;
      return on.answer(on.ref(Shelf, "s").work(undefined, options));
    };
  const look = (next: Look): Promise<unknown> => {
    const answer = node.ref(Shelf, "s").look();
    work.look = next;
    return node.answer(answer);
  };
  const restarted = async () => inTurnOf(await node.restart());
  return { node, store: node.store, inTurn: inTurnOf(node), look, restarted };
}

/** As they come, `a=1 b=2`. */
async function listed(rows: Pick<Rows, "range">, range?: Parameters<Rows["range"]>[0]): Promise<string> {
  return (await rows.range(range)).map(({ row, value }) => `${row}=${String(value)}`).join(" ");
}

function putAll(rows: Rows, names: string): void {
  for (const name of names.split(" ")) rows.put(name, name.toUpperCase());
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.then(
    () => "nothing thrown",
    (thrown: Error) => thrown.cause ?? thrown,
  );
  return error instanceof Error ? ((error as { code?: string }).code ?? error.name) : error;
}

describe("rows", () => {
  test("are there in later turns, and after a restart", async () => {
    const { inTurn, restarted } = await shelf();
    await inTurn((rows) => rows.put("a", { deep: [1, null, "x"] }));
    expect(await inTurn((rows) => rows.get("a"))).toEqual({ deep: [1, null, "x"] });
    const inTurnAgain = await restarted();
    expect(await inTurnAgain((rows) => rows.get("a"))).toEqual({ deep: [1, null, "x"] });
  });

  test("are undefined where there are none", async () => {
    const { inTurn } = await shelf();
    expect(await inTurn((rows) => rows.get("a"))).toBe(undefined);
  });

  test("are seen by the turn that changes them", async () => {
    const { inTurn } = await shelf();
    const seen = await inTurn(async (rows) => {
      putAll(rows, "a b c");
      rows.delete("b");
      rows.put("a", "again");
      return [await rows.get("a"), await rows.get("b"), await listed(rows)];
    });
    expect(seen).toEqual(["again", undefined, "a=again c=C"]);
  });

  test("are seen by later turns while their commit is under way", async () => {
    const { store, inTurn } = await shelf();
    await inTurn((rows) => putAll(rows, "a b c"));
    store.hold();
    await expect(inTurn((rows) => (rows.delete("a"), rows.put("b", 2), rows.put("d", 4)))).rejects.toThrow("no answer");
    const seen: unknown[] = [];
    await expect(inTurn(async (rows) => seen.push(await listed(rows)))).rejects.toThrow("no answer");
    expect(seen).toEqual(["b=2 c=C d=4"]);
  });

  test("are copies: what becomes of the value later does not matter", async () => {
    const { inTurn } = await shelf();
    const seen = await inTurn(async (rows) => {
      const value = { count: 1 };
      rows.put("a", value);
      value.count = 2;
      return rows.get("a");
    });
    expect(seen).toEqual({ count: 1 });
  });

  test("belong to one actor", async () => {
    const { node, inTurn } = await shelf();
    await inTurn((rows) => rows.put("a", 1));
    expect(await node.store.rows("shelf", "t", { from: "", before: "~", limit: 10, reverse: false })).toEqual([]);
  });

  test("do not mix with what the runtime keeps for `once`", async () => {
    const { inTurn } = await shelf();
    await inTurn((rows) => rows.put("n", "mine"), { once: "first" });
    expect(await inTurn((rows) => listed(rows), { once: "second" })).toBe("n=mine");
  });

  test("can be looked at by reads, and not changed", async () => {
    const { inTurn, look } = await shelf();
    await inTurn((rows) => rows.put("a", 1));
    expect(await look((self) => listed(self.rows))).toBe("a=1");
    expect(await codeOf(look((self) => (self.rows as Rows).put("a", 2)))).toBe("TypeError");
  });

  test("cannot be changed after the turn", async () => {
    const { inTurn } = await shelf();
    const kept: Rows[] = [];
    await inTurn((rows) => void kept.push(rows));
    expect(() => kept[0]?.put("a", 1)).toThrow("the turn of work is over");
  });

  test("are what durable actors have, and no others", async () => {
    const Plain = actor("plain", { state: () => ({}) }).on("put", {}, (self) =>
      (self as unknown as DurableContext<object>).rows.put("a", 1),
    );
    const node = await startNode([Plain]);
    expect(await codeOf(node.answer(node.ref(Plain, "p").put()))).toBe("actor.not_durable");
  });
});

describe("a range of rows", () => {
  const ranges: readonly [range: Parameters<Rows["range"]>[0], expected: string][] = [
    [{}, "a=A b=B c=C d=D"],
    [{ from: "b" }, "b=B c=C d=D"],
    [{ before: "c" }, "a=A b=B"],
    [{ from: "b", before: "b" }, ""],
    [{ from: "b", before: "bb" }, "b=B"],
    [{ limit: 2 }, "a=A b=B"],
    [{ reverse: true, limit: 2 }, "d=D c=C"],
    [{ from: "b", before: "d", reverse: true }, "c=C b=B"],
    [{ limit: 0 }, ""],
    [{ limit: -5 }, ""],
  ];
  test.each(ranges)("%j", async (range, expected) => {
    const { inTurn } = await shelf();
    await inTurn((rows) => putAll(rows, "c a d b"));
    expect(await inTurn((rows) => listed(rows, range))).toBe(expected);
    expect(await inTurn((rows) => (putAll(rows, "c a d b"), listed(rows, range)))).toBe(expected);
  });

  test("comes in order of the names' UTF-8 bytes", async () => {
    const { inTurn } = await shelf();
    const names = ["\u{1f600}", "\ufffd", "é", "z", "a", "B"];
    await inTurn((rows) => names.slice(0, 3).forEach((name) => rows.put(name, 1)));
    const seen = await inTurn(async (rows) => {
      names.slice(3).forEach((name) => rows.put(name, 1));
      return (await rows.range()).map(({ row }) => row);
    });
    expect(seen).toEqual(["B", "a", "z", "é", "\ufffd", "\u{1f600}"]);
  });

  test("is what a sorted map would give, whatever the turn has put over what is stored", async () => {
    const row = fc.string({ unit: fc.constantFrom("a", "b", "é", "\u{1f600}"), minLength: 1, maxLength: 3 });
    const changes = fc.array(fc.tuple(row, fc.option(fc.nat(9), { nil: undefined })), { maxLength: 12 });
    const range = fc.record(
      { from: row, before: row, limit: fc.integer({ min: 1, max: 6 }), reverse: fc.boolean() },
      { requiredKeys: [] },
    );
    const run = fc.asyncProperty(changes, changes, range, async (stored, unstored, asked) => {
      const { inTurn } = await shelf();
      const model = new Map<string, number>();
      const apply = (rows: Rows, list: typeof stored): void => {
        for (const [name, value] of list) {
          if (value === undefined) rows.delete(name);
          else rows.put(name, value);
          if (value === undefined) model.delete(name);
          else model.set(name, value);
        }
      };
      await inTurn((rows) => apply(rows, stored));
      const seen = await inTurn((rows) => (apply(rows, unstored), rows.range(asked)));
      const { from = "", before, limit = 100, reverse = false } = asked;
      const fits = Array.from(model, ([name, value]) => ({ row: name, value }))
        .filter((each) => compareUtf8(each.row, from) >= 0)
        .filter((each) => before === undefined || compareUtf8(each.row, before) < 0)
        .sort((left, right) => compareUtf8(left.row, right.row) * (reverse ? -1 : 1));
      expect(seen).toEqual(fits.slice(0, limit));
    });
    await fc.assert(run, { seed: 7, numRuns: timesRuns(70) });
  });

  test("of not a number of rows is a mistake of its turn, not of the store", async () => {
    const { node, inTurn } = await shelf();
    expect(await codeOf(inTurn((rows) => rows.range({ limit: Number("many") })))).toBe("actor.bad_input");
    expect(node.storeFailures).toEqual([]);
  });

  test("is 100 rows unless asked otherwise, and 1 000 at most", async () => {
    const { inTurn } = await shelf();
    await inTurn((rows) => {
      for (let row = 0; row <= limits.rowsPerRangeMax; row++) rows.put(`${row}`, row);
    });
    const counts = await inTurn(async (rows) => [
      (await rows.range()).length,
      (await rows.range({ limit: limits.rowsPerRangeMax })).length,
      (await rows.range({ limit: limits.rowsPerRangeMax + 1 })).length,
      (await rows.range({ limit: 2.5 })).length,
    ]);
    expect(counts).toEqual([100, limits.rowsPerRangeMax, limits.rowsPerRangeMax, 2]);
  });
});

describe("the bounds of rows:", () => {
  test("a turn changes 10 000, and not one more", async () => {
    const { inTurn } = await shelf();
    const put = (count: number): Promise<unknown> =>
      inTurn((rows) => {
        for (let row = 0; row < count; row++) rows.put(`${row}`, 1);
        rows.put("0", 2);
      });
    expect(await put(limits.rowsPerTurnMax)).toBe(undefined);
    expect(await codeOf(put(limits.rowsPerTurnMax + 1))).toBe("actor.limit_reached");
  });

  test("one has 1 048 576 characters of JSON, and not one more", async () => {
    const { inTurn } = await shelf();
    const put = (length: number): Promise<unknown> => inTurn((rows) => rows.put("a", "x".repeat(length - 2)));
    expect(await put(limits.rowLengthMax)).toBe(undefined);
    expect(await codeOf(put(limits.rowLengthMax + 1))).toBe("actor.state_too_large");
  });

  test.each([
    ["", "actor.bad_key"],
    ["x".repeat(limits.nameLengthMax), "nothing thrown"],
    ["x".repeat(limits.nameLengthMax + 1), "actor.bad_key"],
    ["a\0b", "actor.bad_key"],
    ["a\ud800", "actor.bad_key"],
    [" ", "nothing thrown"],
    ["a/b", "nothing thrown"],
    ["\u{1f600}", "nothing thrown"],
  ])("the name %j: %s", async (name, code) => {
    const { inTurn } = await shelf();
    expect(await codeOf(inTurn((rows) => rows.put(name, 1)))).toBe(code);
  });

  test.each([
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["a function", () => 1],
    ["not a number", Number.NaN],
    ["undefined in a list", [undefined]],
    ["undefined", undefined],
    ["a big integer", 1n],
  ])("%s is no row", async (_, value) => {
    const { inTurn } = await shelf();
    expect(await codeOf(inTurn((rows) => rows.put("a", value)))).toBe("actor.state_not_encodable");
  });
});
