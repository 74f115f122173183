// Which faults may be asked for, and what holds for a way of which nothing is said.
import { describe, expect, test } from "bun:test";

import { linkOf, type NetworkFaults } from "./relay-faults.ts";

describe("a way", () => {
  test("of which nothing is said passes everything on, in order", () => {
    expect(linkOf({}, "up")).toMatchObject({ loss: 0, delayMs: 0, jitterMs: 0, rateBitsPerSecond: 0, keepOrder: true });
  });

  test("has the faults of both, and its own instead where it has any", () => {
    const faults: NetworkFaults = { loss: 0.1, delayMs: 20, up: { loss: 0.5 }, down: { delayMs: 5 } };
    expect(linkOf(faults, "up")).toMatchObject({ loss: 0.5, delayMs: 20 });
    expect(linkOf(faults, "down")).toMatchObject({ loss: 0.1, delayMs: 5 });
  });

  test("in a burst loses everything, and outside nothing, unless told otherwise", () => {
    expect(linkOf({ burst: { enter: 0.1, leave: 0.2 } }, "up").burst).toEqual({
      enter: 0.1,
      leave: 0.2,
      lossInside: 1,
      lossOutside: 0,
    });
  });
});

describe("a wrong fault", () => {
  test.each<[NetworkFaults, string]>([
    [{ loss: 1.01 }, "Cannot use loss=1.01: it must be a number from 0 to 1"],
    [{ loss: -0.1 }, "Cannot use loss=-0.1: it must be a number from 0 to 1"],
    [{ corrupt: Number.NaN }, "Cannot use corrupt=NaN: it must be a number from 0 to 1"],
    [{ delayMs: 3_600_001 }, "Cannot use delayMs=3600001: it must be a number from 0 to 3600000"],
    [{ up: { rateBitsPerSecond: -1 } }, "Cannot use rateBitsPerSecond=-1: it must be a number from 0 to 1000000000000"],
    [{ burst: { enter: 2, leave: 0.5 } }, "Cannot use enter=2: it must be a number from 0 to 1"],
  ])("%j is named", (faults, message) => {
    expect(() => linkOf(faults, "up")).toThrow(new TypeError(message));
  });

  test("is named beside the other wrong ones", () => {
    expect(() => linkOf({ loss: 2, delayMs: -1 }, "up")).toThrow(/loss=2.*; .*delayMs=-1/);
  });

  test.each([{ loss: 0 }, { loss: 1 }, { delayMs: 3_600_000 }])("is not %j, at the limit", (faults) => {
    expect(linkOf(faults, "up")).toMatchObject(faults);
  });
});
