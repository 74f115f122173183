// What both stores make of a batch before they look at it: names that no file can hold, and an owner of yesterday.
import { RuntimeError } from "../core/errors.ts";
import type { Change, CommitBatch, IndexedValue } from "../core/stored.ts";

export type Outcome = "committed" | "stale";

/**
 * Throws `store.failed` when a name has half of a surrogate pair. UTF-8 has no such text: it would come back as
 * another, and two actors would become one. The core refuses such names earlier; this is for the day it does not.
 */
export function refuseIllFormed({ changes, quarantined }: CommitBatch, home: string): void {
  for (const change of changes) if (!isWellFormed(change)) throw illFormed(change, home);
  for (const each of quarantined) if (!each.key.isWellFormed()) throw illFormed(each, home);
}

/**
 * What becomes of a batch whose owner is not the newest any more: its changes are stale. Throws `store.locked` when it
 * has news of letters or quarantines, which have no outcome that could say so. The bound for letters is no news.
 */
export function outcomesOfOvertaken(batch: CommitBatch, home: string): readonly Outcome[] {
  const { letters, lettersRemoved, quarantined, released } = batch;
  const news = letters.length + lettersRemoved.length + quarantined.length + released.length;
  if (news > 0) throw new RuntimeError("store.locked", `Cannot commit to ${home}: a newer owner has opened it`);
  return batch.changes.map(() => "stale");
}

/** By which an indexed value is found: 1, "1" and true differ, and half of a surrogate pair is escaped. */
export function indexedText(value: IndexedValue): string {
  return JSON.stringify(value);
}

function isWellFormed({ key, rows, alarms, watches }: Change): boolean {
  if (!key.isWellFormed()) return false;
  for (const { row } of rows) if (!row.isWellFormed()) return false;
  for (const { name } of alarms) if (!name.isWellFormed()) return false;
  for (const { watchedKey } of watches) if (!watchedKey.isWellFormed()) return false;
  return true;
}

function illFormed({ type, key }: { type: string; key: string }, home: string): RuntimeError {
  const address = `${type}/${key.toWellFormed()}`;
  return new RuntimeError("store.failed", `Cannot commit to ${home}: a name of "${address}" has half a surrogate pair`);
}
