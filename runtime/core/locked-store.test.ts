// A database that another program holds: whoever waits for an answer is told that, and not that it took too long.
import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { openSqliteStore } from "../storage/sqlite-store.ts";
import { GENEROUS_BYTES, newDatabasePath, removeDatabases } from "../storage/test-stores.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import { startNode } from "./test-node.ts";

afterAll(removeDatabases);

const Account = actor("account", { state: () => ({ balance: 0 }), durable: true }).on(
  "add",
  { in: t.Integer(), out: t.Integer() },
  ({ state }, amount) => (state.balance += amount),
);

/** Kept: one that nobody holds is collected, and what it has locked is free. */
const others: Database[] = [];

async function lockedBank() {
  const clock = new FakeClock();
  const path = newDatabasePath();
  const open = () => openSqliteStore({ path, sync: "full", bytesMax: GENEROUS_BYTES, clock });
  const node = await startNode([Account], { clock, open });
  const other = new Database(path);
  others.push(other);
  other.run("BEGIN EXCLUSIVE");
  return { clock, other, add: (key: string) => watch(node.ref(Account, key).add(1)) };
}

const locked = { kind: "failed", code: "store.locked" };

describe("an ask while another program holds the database", () => {
  test("is told so within its deadline", async () => {
    const { clock, add } = await lockedBank();
    const ask = add("ada");
    await clock.advance(limits.askTimeoutMs - 1);
    expect(ask.outcome).toMatchObject(locked);
  });

  test("is told so too where it came while another waited, at the worst time", async () => {
    const { clock, add } = await lockedBank();
    add("ada");
    await clock.advance(1);
    const behind = add("bob");
    await clock.advance(limits.askTimeoutMs - 1);
    expect(behind.outcome).toMatchObject(locked);
  });

  test("is answered when the other is done in time", async () => {
    const { clock, other, add } = await lockedBank();
    const ask = add("ada");
    await clock.advance(limits.storeBusyMs - 1);
    expect(ask.outcome).toEqual({ kind: "pending" });
    other.run("ROLLBACK");
    await clock.advance(limits.storeBusyRetryMs);
    expect(ask.outcome).toEqual({ kind: "answered", value: 1 });
  });
});
