// The stores as their tests meet them: homes that outlive a store, and changes and batches with little in them.
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { RuntimeError } from "../core/errors.ts";
import type { Store } from "../core/ports.ts";
import type { AlarmRecord, Change, CommitBatch, StoredLetter } from "../core/stored.ts";
import { MemoryDisk, openMemoryStore } from "./memory-store.ts";
import { openSqliteStore } from "./sqlite-store.ts";

/** Where stores are opened one after the other. */
export interface StoreHome {
  open(): Store;
  /** Opens it although its owner is alive, and hears nothing of it. */
  overtake(): Store;
}

export interface StoreKind {
  readonly name: string;
  readonly createHome: () => StoreHome;
}

export const storeKinds: readonly StoreKind[] = [
  {
    name: "in memory",
    createHome: () => {
      const disk = new MemoryDisk();
      return { open: () => openMemoryStore(disk), overtake: () => openMemoryStore(disk) };
    },
  },
  {
    name: "on SQLite",
    createHome: () => {
      const path = newDatabasePath();
      const open = (): Store => openSqliteStore({ path, sync: "full", bytesMax: GENEROUS_BYTES });
      return { open, overtake: () => (rmSync(`${path}.lock`), open()) };
    },
  },
];

/** In order of their UTF-8 bytes; UTF-16 would have the last two the other way round. */
export const IN_ORDER = ["", "\0", "%", "A", "_", "a", "a\0", "a/b", "aa", "b", "é", "\ud7ff", "\ufffd", "\u{1f600}"];

export const GENEROUS_BYTES = 1_073_741_824;

const made: { folder?: string; paths: number } = { paths: 0 };

/** In a folder that nobody has used. */
export function newDatabasePath(): string {
  // The tests of another file may have removed it.
  if (made.folder === undefined || !existsSync(made.folder))
    made.folder = mkdtempSync(join(tmpdir(), "correio-store-"));
  chmodSync(made.folder, 0o755);
  return join(made.folder, String(++made.paths), "actors.db");
}

export function removeDatabases(): void {
  if (made.folder !== undefined) rmSync(made.folder, { recursive: true, force: true });
}

/** The first commit of "room/lobby", unless told otherwise. */
export function change(differences: Partial<Change> = {}): Change {
  return {
    type: "room",
    key: "lobby",
    baseVersion: 0,
    version: (differences.baseVersion ?? 0) + 1,
    stateVersion: 1,
    state: "{}",
    rows: [],
    alarms: [],
    watches: [],
    indexed: undefined,
    ...differences,
  };
}

export function batch(differences: Partial<CommitBatch>): CommitBatch {
  const letters = { letters: [], lettersRemoved: [], lettersRemovedTo: 0 };
  return { changes: [], ...letters, quarantined: [], released: [], ...differences };
}

export function commit(store: Store, ...changes: readonly Change[]): ReturnType<Store["commit"]> {
  return store.commit(batch({ changes }));
}

export function alarm(name: string, differences: Partial<AlarmRecord> = {}): AlarmRecord {
  return { name, dueAt: 1_000, everyMs: 0, method: "ring", input: undefined, missed: "once", fire: 0, ...differences };
}

export function letter(id: number, differences: Partial<StoredLetter> = {}): StoredLetter {
  const address = { type: "room", key: "lobby", method: "post" };
  return { id, at: 1_763_640_000_000 + id, ...address, reason: "actor.crashed", body: `{"id":${id}}`, ...differences };
}

/** What an open or a commit that must fail failed with. */
export async function failureOf(work: () => unknown): Promise<RuntimeError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof RuntimeError) return error;
    throw error;
  }
  throw new Error("It did not fail");
}
