// What callers may look at when something went wrong.
import { describe, expect, test } from "bun:test";

import { accepted, isStoreFailure, Refusal, RuntimeError } from "./errors.ts";

describe("a RuntimeError", () => {
  test("carries its code, where the message stood, and the cause", () => {
    const cause = new Error("why");
    const error = new RuntimeError("actor.crashed", "Crashed", { stood: "running", cause });
    expect(error).toMatchObject({ name: "RuntimeError", code: "actor.crashed", stood: "running", cause });
  });

  test("has no cause when it was given none", () => {
    expect("cause" in new RuntimeError("actor.bad_key", "Cannot address")).toBe(false);
  });

  test("takes only codes that are in the list", () => {
    // @ts-expect-error -- no such code
    expect(new RuntimeError("actor.on_strike", "Cannot").stood).toBeUndefined();
  });

  test("says by its code whether the store is to blame", () => {
    const errors = [new RuntimeError("store.full", "Cannot"), new RuntimeError("actor.crashed", "Cannot")];
    expect([...errors, new Error("full")].map(isStoreFailure)).toEqual([true, false, false]);
  });
});

describe("a Refusal", () => {
  test("says its code when it was given no message", () => {
    expect(new Refusal("room.full").message).toBe("room.full");
  });

  test("is not a RuntimeError: the actor answered", () => {
    expect(new Refusal("room.full")).not.toBeInstanceOf(RuntimeError);
  });
});

describe("the receipt of an accepted message", () => {
  test("is shared, so it cannot be changed", () => {
    expect(() => Object.assign(accepted, { accepted: false })).toThrow();
  });
});
