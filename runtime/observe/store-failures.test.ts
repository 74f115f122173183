// The log lines of a store that fails: one for each failure, then a count; stacks only where nobody knows the cause.
import { describe, expect, test } from "bun:test";

import { RuntimeError, type RuntimeErrorCode } from "../core/errors.ts";
import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import type { Log } from "./log.ts";
import { logStoreFailures } from "./store-failures.ts";

function setting() {
  const lines: { readonly fields: object; readonly message: string }[] = [];
  const logger = { error: (fields: object, message: string) => void lines.push({ fields, message }) };
  const clock = new FakeClock();
  return { lines, clock, report: logStoreFailures({ logger } as unknown as Log, clock) };
}

function failure(code: RuntimeErrorCode, cause: unknown = Object.assign(new Error("full"), { code: "SQLITE_FULL" })) {
  return new RuntimeError(code, `Cannot commit to "a.db": it is ${code}`, { cause });
}

describe("a failure of the store", () => {
  test("is one line with its code, its message and the code of its cause, and without a stack", () => {
    const { lines, report } = setting();
    report(failure("store.full"));
    expect(lines).toEqual([
      { fields: { reason: "store.full", cause: "SQLITE_FULL" }, message: 'Cannot commit to "a.db": it is store.full' },
    ]);
  });

  test("without a cause is one line of its own words", () => {
    const { lines, report } = setting();
    report(new RuntimeError("store.failed", 'Cannot commit to "a.db": it was moved'));
    expect(lines).toEqual([{ fields: { reason: "store.failed" }, message: 'Cannot commit to "a.db": it was moved' }]);
  });

  test("that nobody expected has its stack", () => {
    const { lines, report } = setting();
    const unnamed = new TypeError("not a function");
    const named = failure("store.failed", unnamed);
    report(named);
    expect(lines.at(-1)?.fields).toEqual({ reason: "store.failed", err: named });
    const second = setting();
    second.report(unnamed);
    expect(second.lines).toEqual([{ fields: { reason: "store.failed", err: unnamed }, message: "The store failed" }]);
  });

  test("is written once, though the actor and the gateway both report it", async () => {
    const { lines, clock, report } = setting();
    const error = failure("store.full");
    report(error);
    report(error);
    await clock.advance(limits.storeFailureLogMs);
    expect(lines).toHaveLength(1);
  });

  test("that comes again is counted, each code by itself, and named when the time is over", async () => {
    const { lines, clock, report } = setting();
    for (let count = 0; count < 100; count++) report(failure("store.full"));
    report(failure("store.locked"));
    expect(lines).toHaveLength(2);
    await clock.advance(limits.storeFailureLogMs);
    expect(lines.slice(2)).toEqual([
      { fields: { reason: "store.full", again: 99 }, message: "The store went on failing" },
    ]);
    report(failure("store.full"));
    expect(lines).toHaveLength(4);
  });
});
