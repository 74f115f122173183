// Dead letters, quarantines and releases while the store refuses: kept and tried again, apart from what actors changed.
import { afterAll, describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { createMemoryStore } from "../storage/memory-store.ts";
import { removeDatabases, type StoreHome, storeKinds } from "../storage/test-stores.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { watch } from "../testing/outcome.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import type { DeadLetter } from "./dead-letters.ts";
import { actor } from "./definition.ts";
import { decode } from "./encoding.ts";
import { RuntimeError } from "./errors.ts";
import { NodeRecords } from "./node-records.ts";
import { Operations } from "./operations.ts";
import type { Store } from "./ports.ts";
import type { StoredLetter } from "./stored.ts";
import { GatedStore } from "./test-gated-store.ts";

afterAll(removeDatabases);

const ignore = (): void => undefined;
const LAST = Number.MAX_SAFE_INTEGER;

const Box = actor("box", { state: () => ({}) })
  .on("lose", { in: t.Integer() }, () => {
    throw new Error("no room");
  })
  .on("take", {}, () => undefined);
const Account = actor("account", { state: () => ({ balance: 0 }), durable: true }).on(
  "add",
  { in: t.Integer(), out: t.Integer() },
  ({ state }, amount) => (state.balance += amount),
);

/** The first open is an ordinary one, and each later one takes over from a process that was killed. */
function opening(home: StoreHome): () => Store {
  let isFirst = true;
  return () => {
    if (!isFirst) return home.overtake();
    isFirst = false;
    return home.open();
  };
}

describe.each([...storeKinds])("what the node has to store, $name,", ({ createHome }) => {
  const begin = async () => {
    const stepped = new SteppedSystem([Box, Account], { openStore: opening(createHome()) });
    await stepped.started();
    const refuse = (): void => stepped.storeFaults.next("commit", { fails: "store.full" });
    /** Puts a letter with this input aside; its actor has rested when the next one comes. */
    const lose = async (input: number): Promise<void> => {
      stepped.ref(Box, `${input}`).tell.lose(input);
      await stepped.clock.settle();
    };
    /** Inputs of the letters that are stored, newest first. */
    const stored = async (): Promise<readonly unknown[]> =>
      (await stepped.system.store.letters(LAST, 100)).map(({ body }) => (decode(body) as DeadLetter).input);
    const operations = (): Operations => new Operations(stepped.system);
    const isShut = async (): Promise<boolean> => {
      const { kind } = await stepped.outcome(stepped.ref(Box, "a").take());
      return kind === "failed";
    };
    return { stepped, refuse, lose, stored, operations, isShut, account: stepped.ref(Account, "ada") };
  };

  test("is tried again after a second when it was refused, with all that came meanwhile", async () => {
    const { stepped, refuse, lose, stored } = await begin();
    refuse();
    await lose(1);
    await lose(2);
    expect([await stored(), stepped.storeFailures.length]).toEqual([[], 1]);
    await stepped.advance(limits.recordRetryMs);
    expect(await stored()).toEqual([2, 1]);
  });

  test("is tried again as often as it is refused", async () => {
    const { stepped, refuse, lose, stored } = await begin();
    for (let time = 0; time < 5; time++) refuse();
    await lose(1);
    await stepped.advance(5 * limits.recordRetryMs - 1);
    expect(await stored()).toEqual([]);
    await stepped.advance(1);
    expect(await stored()).toEqual([1]);
  });

  test("is stored once though the answer to it was lost", async () => {
    const { stepped, lose, stored } = await begin();
    stepped.storeFaults.next("commit", { answerLost: true });
    await lose(1);
    expect(await stored()).toEqual([1]);
    await stepped.advance(limits.recordRetryMs);
    expect(await stored()).toEqual([1]);
  });

  test("takes no actor's change with it when it is refused", async () => {
    const { stepped, refuse, account, stored } = await begin();
    refuse();
    stepped.ref(Box, "1").tell.lose(1);
    expect(await stepped.outcome(account.add(5))).toEqual({ kind: "answered", value: 5 });
    expect(await stored()).toEqual([]);
    await stepped.advance(limits.recordRetryMs);
    expect(await stored()).toEqual([1]);
  });

  test("is stored though an actor's change beside it is refused", async () => {
    const { stepped, account, stored } = await begin();
    stepped.storeFaults.next("commit", {});
    stepped.storeFaults.next("commit", { fails: "store.full" });
    stepped.ref(Box, "1").tell.lose(1);
    expect(await stepped.outcome(account.add(5))).toMatchObject({ code: "store.full" });
    expect(await stored()).toEqual([1]);
  });

  test("is missing after a kill only where it was not stored yet", async () => {
    const { stepped, refuse, lose, stored } = await begin();
    await lose(1);
    refuse();
    await lose(2);
    await stepped.restart();
    await stepped.advance(limits.recordRetryMs);
    expect(await stored()).toEqual([1]);
    await lose(3);
    expect(await stored()).toEqual([3, 1]);
  });

  test("is given to the store once more when the node drains, which no refusal holds up", async () => {
    const { stepped, refuse, lose, stored } = await begin();
    refuse();
    await lose(1);
    refuse();
    const drained = watch(stepped.system.drain());
    await stepped.clock.settle();
    expect([drained.outcome.kind, await stored()]).toEqual(["answered", []]);
    await stepped.system.drain();
    await stepped.clock.settle();
    expect(await stored()).toEqual([1]);
  });

  test("is for one key what was said last: shut, and still so after a restart", async () => {
    const { stepped, refuse, operations, isShut } = await begin();
    refuse();
    operations().quarantine("box", "a", "by hand");
    await stepped.clock.settle();
    await operations().release("box", "a");
    operations().quarantine("box", "a", "again");
    await stepped.advance(limits.recordRetryMs);
    await stepped.restart();
    expect([await isShut(), await operations().inspect("box", "a")]).toMatchObject([true, { quarantine: "again" }]);
  });

  test("is for one key what was said last: open, and still so after a restart", async () => {
    const { stepped, refuse, operations, isShut } = await begin();
    operations().quarantine("box", "a", "by hand");
    await stepped.clock.settle();
    refuse();
    await operations().release("box", "a");
    await stepped.advance(limits.recordRetryMs);
    await stepped.restart();
    expect(await isShut()).toBe(false);
  });

  test("has no letter that was thrown away, though the store refused that at first", async () => {
    const { stepped, refuse, lose, stored, operations } = await begin();
    await lose(1);
    refuse();
    expect(await operations().discard(1)).toBe(true);
    await stepped.clock.settle();
    expect(await stored()).toEqual([1]);
    await stepped.advance(limits.recordRetryMs);
    expect(await stored()).toEqual([]);
  });
});

/** Records whose store refuses until it is told otherwise. */
function refused() {
  const clock = new FakeClock();
  const store = new GatedStore(createMemoryStore());
  const failures: unknown[] = [];
  const full = new RuntimeError("store.full", "Cannot commit to actors.db: the disk is full");
  const failed = (error: unknown): unknown => failures.push(error);
  const records = new NodeRecords(store, clock, { refused: failed, dropped: failed, stored: ignore, quiet: ignore });
  const refuseNext = (): unknown => (store.refusal = full);
  refuseNext();
  return { clock, store, failures, full, records, refuseNext };
}

const letter = (id: number, length: number): StoredLetter => {
  const body = JSON.stringify("x".repeat(length - 2));
  return { id, at: 0, type: "box", key: "b", method: "take", reason: "actor.crashed", body };
};

describe("what waits for a store that refuses", () => {
  test("has as many characters of dead letters as may be; with one more the oldest letter is given up", async () => {
    const { clock, store, failures, full, records } = refused();
    const share = limits.lettersWaitingLengthMax / 4;
    for (let id = 1; id <= 4; id++) records.keepLetter(letter(id, share), 0);
    await clock.settle();
    expect([failures, records.dropped]).toEqual([[full], 0]);
    records.keepLetter(letter(5, 2), 0);
    expect([failures.length, records.dropped]).toEqual([2, 1]);
    expect(failures[1]).toMatchObject({
      code: "actor.limit_reached",
      message: expect.stringContaining("dead letter 1, of box/b.take"),
      cause: full,
    });
    await clock.advance(limits.recordRetryMs);
    expect((await store.letters(LAST, 10)).map(({ id }) => id)).toEqual([5, 4, 3, 2]);
  });

  test("has no letters that would be removed as they are stored", async () => {
    const { clock, store, records } = refused();
    for (let id = 1; id <= 5; id++) records.keepLetter(letter(id, 10), id - 3);
    await clock.settle();
    await clock.advance(limits.recordRetryMs);
    expect([(await store.letters(LAST, 10)).map(({ id }) => id), records.dropped]).toEqual([[5, 4, 3], 0]);
    expect(store.batches.at(-1)?.letters.length).toBe(3);
  });

  test("has 10 000 keys; with one more the one that was shut or released first is given up", async () => {
    const { clock, store, failures, records } = refused();
    const shut = (key: number): void => records.quarantine({ type: "box", key: `${key}`, at: 0, reason: "by hand" });
    for (let key = 1; key <= limits.quarantinedKeysMax; key++) shut(key);
    records.release("box", "1");
    await clock.settle();
    expect([failures.length, records.dropped]).toEqual([1, 0]);
    shut(0);
    expect([failures.length, records.dropped]).toEqual([2, 1]);
    expect(failures[1]).toMatchObject({ message: expect.stringContaining("the quarantine of box/2:") });
    await clock.advance(limits.recordRetryMs);
    expect((await store.quarantines()).length).toBe(limits.quarantinedKeysMax - 1);
  });

  test("is not given to it more often than once a second, whatever comes meanwhile", async () => {
    const { clock, store, records, refuseNext } = refused();
    for (let id = 1; id <= 45; id++) {
      records.keepLetter(letter(id, 10), 0);
      refuseNext();
      await clock.advance(100);
    }
    expect(store.batches.length).toBe(5);
  });
});
