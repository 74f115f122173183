// The fields of a state that queries find it by.
import { describe, expect, test } from "bun:test";

import { indexedFields } from "./state-encoding.ts";

describe("the indexed fields of a state", () => {
  test("are those that are text, number or boolean", () => {
    const state = { name: "ada", age: 36, living: false, tags: ["x"], born: null };
    const fields = indexedFields(["name", "age", "living", "tags", "born", "none"], state);
    expect(Object.fromEntries(fields)).toEqual({ name: "ada", age: 36, living: false });
  });

  test.each([null, 7, "text"])("are none where the state is %p", (state) => {
    expect(indexedFields(["name", "length"], state).size).toBe(0);
  });
});
