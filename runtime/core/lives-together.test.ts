// Everything that actors do and that is done to them, at random and at once, over several lives of their node: with
// sessions, restarts, upgrades, an owner that was overtaken, a store in trouble, a memory budget, a clock that is set.
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { MemoryDisk, openMemoryStore } from "../storage/memory-store.ts";
import { openSqliteStore } from "../storage/sqlite-store.ts";
import { timesRuns } from "../testing/times-runs.ts";
import type { Store } from "./ports.ts";
import { act } from "./test-chaos-acts.ts";
import { Ledger } from "./test-chaos-ledger.ts";
import { calmDown, firstLife, haunt, type Life, nextLife, problemsOf } from "./test-chaos-life.ts";
import { Chaos } from "./test-chaos.ts";

/** More of them: `TIMES_RUNS=50 bun test runtime/core/lives-together.test.ts`. */
const SEEDS = timesRuns(20);
const STEPS = 220;
/** One seed of so many runs on SQLite. */
const SQLITE_EVERY = 10;

/** Opens the same store again at each start. */
interface Disk {
  open(): Store;
  remove(): void;
}

describe("actors that do everything there is, over several lives of their node", () => {
  const keepToIt = async (): Promise<void> => {
    let all = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { handled, problems } = await run(seed);
      expect({ seed, problems }).toEqual({ seed, problems: [] });
      all += handled;
    }
    expect(all).toBeGreaterThan((SEEDS * STEPS) / 10);
  };

  test(
    "keep their turns apart, end every ask, lose nothing they acknowledged, do nothing twice, and leave nothing behind",
    keepToIt,
    20_000 + 1_000 * SEEDS,
  );
});

async function run(seed: number) {
  const chaos = new Chaos(seed);
  const disk = seed % SQLITE_EVERY === 0 ? sqliteDisk() : memoryDisk();
  const isShut = seed % 2 === 0;
  try {
    const ledger = new Ledger();
    const life = await live(chaos, ledger, () => troubled(disk.open(), chaos));
    await calmDown(life, isShut);
    return { handled: chaos.handled, problems: await problemsOf(life, isShut) };
  } finally {
    disk.remove();
  }
}

/** All lives but the end of the last, which is returned. */
async function live(chaos: Chaos, ledger: Ledger, open: () => Store): Promise<Life> {
  const memory = chaos.chance(0.5) ? { memory: { bytes: () => 1, used: () => chaos.below(3) } } : {};
  let life = await firstLife(chaos, ledger, { development: chaos.chance(0.5), open, ...memory });
  let ghost: Life | undefined;
  for (let step = 0; step < STEPS; step++) {
    await act(life);
    if (ghost !== undefined && chaos.chance(0.3)) await haunt(ghost);
    if (!chaos.chance(0.01)) continue;
    ghost = chaos.chance(0.5) ? life : undefined;
    life = await nextLife(life, ghost !== undefined);
  }
  return life;
}

function memoryDisk(): Disk {
  const disk = new MemoryDisk();
  return { open: () => openMemoryStore(disk), remove: () => undefined };
}

/** The lock of a process that is gone is gone too; one that was overtaken does not notice. */
function sqliteDisk(): Disk {
  const folder = mkdtempSync(join(tmpdir(), "correio-lives-"));
  const path = join(folder, "correio.db");
  const open = (): Store => {
    rmSync(`${path}.lock`, { force: true });
    return openSqliteStore({ path, sync: "normal", bytesMax: 1_073_741_824 });
  };
  return { open, remove: () => rmSync(folder, { recursive: true }) };
}

/** Now and then it has done what it says it could not do. */
function troubled(store: Store, chaos: Chaos): Store {
  const commit: Store["commit"] = async (batch) => {
    const committed = await store.commit(batch);
    if (chaos.trouble(0.03)) throw new Error("the answer is lost");
    return committed;
  };
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = name === "commit" ? commit : Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
