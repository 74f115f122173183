// Who may try a password, and how often: nobody for long, and nobody at another's expense.
import { describe, expect, test } from "bun:test";

import { actor, limits, t } from "#runtime/mod.ts";
import { SteppedSystem } from "#runtime/testing/mod.ts";

import { LoginGate, mayMakeAccount, mayTryPassword } from "./login-gate.ts";

const TrySchema = t.Object({ account: t.Optional(t.String()), address: t.String() });

/** Tries in the name of whoever is told to. */
const Trier = actor("trier", { state: () => ({}) }).on("try", { in: TrySchema, out: t.Boolean() }, (me, tried) =>
  tried.account === undefined ? mayMakeAccount(me, tried.address) : mayTryPassword(me, tried.account, tried.address),
);

const OWNER = "192.0.2.1";
const STRANGER = "198.51.100.1";

class Gate {
  readonly stepped = new SteppedSystem([LoginGate, Trier]);

  async try(address: string, account?: string): Promise<boolean> {
    const outcome = await this.stepped.outcome(
      this.stepped.ref(Trier, "one").try(account === undefined ? { address } : { address, account }),
    );
    if (outcome.kind !== "answered") throw new Error(`No answer: ${outcome.kind}`);
    return outcome.value;
  }

  /** How many of so many tries at once may be made. */
  async tries(count: number, address: string, account?: string): Promise<number> {
    let passed = 0;
    for (let index = 0; index < count; index++) if (await this.try(address, account)) passed++;
    return passed;
  }
}

describe("tries for one account from one address", () => {
  test("are so many at once, and then one each so many seconds", async () => {
    const gate = new Gate();
    const burst = limits.loginsPerAccountAndAddressBurst;
    expect(await gate.tries(burst + 1, STRANGER, "ana")).toBe(burst);
    await gate.stepped.advance(limits.loginsPerAccountAndAddressEveryMs - 1);
    expect(await gate.try(STRANGER, "ana")).toBe(false);
    await gate.stepped.advance(1);
    expect(await gate.tries(2, STRANGER, "ana")).toBe(1);
  });

  test("take nothing from the owner at another, however often a stranger tries", async () => {
    const gate = new Gate();
    for (let round = 0; round < 10; round++) {
      await gate.tries(2 * limits.loginsPerAddressBurst, STRANGER, "ana");
      await gate.stepped.advance(1_000);
    }
    const burst = limits.loginsPerAccountAndAddressBurst;
    expect(await gate.tries(burst + 1, OWNER, "ana")).toBe(burst);
  });
});

describe("tries for one account from all addresses", () => {
  const { loginsPerAccountAndAddressBurst: each, loginsPerAccountBurst: all } = limits;

  test("are bounded too, so that many strangers are slowed, …", async () => {
    const gate = new Gate();
    let passed = 0;
    for (let index = 0; index <= all / each; index++) passed += await gate.tries(each, `198.51.100.${index}`, "ana");
    expect(passed).toBe(all);
    await gate.stepped.advance(limits.loginsPerAccountEveryMs);
    expect(await gate.tries(2, OWNER, "ana")).toBe(1);
  });

  test("… and so widely that fewer than forty of them never keep the owner out", async () => {
    const gate = new Gate();
    const strangers = Array.from({ length: all / each - 1 }, (_, index) => `198.51.100.${index}`);
    for (const stranger of strangers) await gate.tries(each, stranger, "ana");
    for (let round = 0; round < 3; round++) {
      await gate.stepped.advance(limits.loginsPerAccountAndAddressEveryMs);
      for (const stranger of strangers) await gate.tries(2, stranger, "ana");
      expect(await gate.try(OWNER, "ana")).toBe(true);
    }
  });
});

describe("tries from one address", () => {
  const burst = limits.loginsPerAddressBurst;

  test("are bounded whatever the account, those for new ones with them", async () => {
    const gate = new Gate();
    let passed = 0;
    for (let index = 0; index < burst; index += 2) {
      passed += await gate.tries(1, STRANGER, `person-${index}`);
      passed += await gate.tries(1, STRANGER);
    }
    expect([passed, await gate.try(STRANGER), await gate.try(STRANGER, "ana")]).toEqual([burst, false, false]);
    await gate.stepped.advance(limits.loginsPerAddressEveryMs);
    expect(await gate.tries(2, STRANGER)).toBe(1);
  });

  test("that may not be made for one account are left for another", async () => {
    const gate = new Gate();
    const once = limits.loginsPerAccountAndAddressBurst;
    await gate.tries(burst, STRANGER, "ana");
    expect(await gate.tries(burst, STRANGER, "beto")).toBe(burst - once);
  });

  test("to make accounts take nothing from an account", async () => {
    const gate = new Gate();
    await gate.tries(burst, OWNER);
    await gate.stepped.advance(burst * limits.loginsPerAddressEveryMs);
    const once = limits.loginsPerAccountAndAddressBurst;
    expect(await gate.tries(once, OWNER, "ana")).toBe(once);
  });
});
