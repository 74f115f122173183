// What is said of a store that failed: until when, and who finds out that it works again.
import { describe, expect, test } from "bun:test";

import { RuntimeError, type RuntimeErrorCode } from "../core/errors.ts";
import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { StoreHealth } from "./store-health.ts";

const failure = (code: RuntimeErrorCode): RuntimeError => new RuntimeError(code, `It is ${code}`);

/** A store that fails a try with what `fails` holds, and counts tries. */
function setting() {
  const clock = new FakeClock();
  const trial = { tries: 0, fails: undefined as RuntimeError | undefined };
  const health = new StoreHealth(clock, () => (trial.tries++, trial.fails));
  return { clock, trial, health };
}

describe("a store", () => {
  test("that has not failed has no problem, and is not tried", async () => {
    const { clock, trial, health } = setting();
    await clock.advance(limits.storeTryMs);
    expect([health.problem(), trial.tries]).toEqual([undefined, 0]);
  });

  test.each(["read", "commit"] as const)("whose %s failed has this problem until one goes well", (work) => {
    const { health } = setting();
    const locked = failure("store.locked");
    health.failed(work, locked);
    expect(health.problem()).toBe(locked);
    health.worked(work);
    expect(health.problem()).toBeUndefined();
  });

  test("whose disk is full is not writable again because it can be read", () => {
    const { health } = setting();
    const full = failure("store.full");
    health.failed("commit", full);
    health.worked("read");
    health.failed("read", failure("store.failed"));
    health.worked("read");
    expect(health.problem()).toBe(full);
  });

  test("is tried when its last failure is long enough ago, by whoever asks", async () => {
    const { clock, trial, health } = setting();
    const [first, second] = [failure("store.full"), failure("store.read_only")];
    health.failed("commit", first);
    await clock.advance(limits.storeTryMs - 1);
    expect([health.problem(), trial.tries]).toEqual([first, 0]);
    trial.fails = second;
    await clock.advance(1);
    expect([health.problem(), health.problem(), trial.tries]).toEqual([second, second, 1]);
    trial.fails = undefined;
    await clock.advance(limits.storeTryMs);
    expect([health.problem(), health.problem(), trial.tries]).toEqual([undefined, undefined, 2]);
  });

  test("that was found damaged stays so, whatever goes well, and is not tried", async () => {
    const { clock, trial, health } = setting();
    const damaged = failure("store.corrupt");
    health.failed("commit", failure("store.full"));
    health.failed("read", damaged);
    health.worked("read");
    health.worked("commit");
    health.failed("commit", failure("store.full"));
    await clock.advance(limits.storeTryMs);
    expect([health.problem(), trial.tries]).toEqual([damaged, 0]);
  });
});
