// An account: whose password is hashed for whom, and what becomes of it when nobody waits any more.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";
import { SteppedSystem } from "#runtime/testing/mod.ts";

import { PlainPasswords } from "../test-services.ts";
import { createAccount } from "./account.ts";

const GIVEN = { password: "segredo", remoteAddress: "192.0.2.1" };
const CALLS = [
  ["create", GIVEN],
  ["verify", GIVEN],
  ["change", { ...GIVEN, next: "novo" }],
] as const;

function started() {
  const passwords = new PlainPasswords();
  const { askers } = passwords.hold();
  const type = createAccount(passwords);
  const stepped = new SteppedSystem([type]);
  const refusals = (): unknown => Object.fromEntries(stepped.system.hosts[0]?.stats.refusals ?? []);
  return { askers, stepped, account: stepped.ref(type, "ana"), refusals };
}

describe.each(CALLS)("%s", (method, input) => {
  const call = (account: ReturnType<typeof started>["account"], options = {}) =>
    (account[method] as (...args: unknown[]) => Promise<unknown>)(input, options);

  test("waits for its hash in the name of its asker's address", async () => {
    const { askers, stepped, account } = started();
    expect(await stepped.outcome(call(account))).toEqual({ kind: "pending" });
    expect(askers.map(({ remoteAddress }) => remoteAddress)).toEqual(["192.0.2.1"]);
  });

  test("waits no more when its time is over: nothing is hashed, and that is counted", async () => {
    const { askers, stepped, account, refusals } = started();
    const asked = call(account).catch((error: unknown) => error);
    await stepped.advance(limits.askTimeoutMs - 1);
    expect(askers[0]?.signal.aborted).toBe(false);
    await stepped.advance(1);
    expect(await asked).toMatchObject({ code: "actor.deadline_passed", stood: "running" });
    expect(refusals()).toEqual({ "account.asker_gone": 1 });
  });

  test("waits no more when its asker is gone", async () => {
    const { stepped, account, refusals } = started();
    const gone = new AbortController();
    const asked = call(account, { signal: gone.signal }).catch((error: unknown) => error);
    await stepped.clock.settle();
    gone.abort();
    await stepped.clock.settle();
    expect(await asked).toMatchObject({ code: "actor.cancelled" });
    expect(refusals()).toEqual({ "account.asker_gone": 1 });
    expect(await stepped.outcome(account.exists())).toEqual({ kind: "answered", value: false });
  });

  test("says that there is no room for it where there is none, and that is counted", async () => {
    const passwords = new PlainPasswords();
    passwords.busy = true;
    const type = createAccount(passwords);
    const stepped = new SteppedSystem([type]);
    expect(await stepped.outcome(call(stepped.ref(type, "ana")))).toMatchObject({ code: "account.busy" });
    expect([...(stepped.system.hosts[0]?.stats.refusals ?? [])]).toEqual([["account.busy", 1]]);
  });
});
