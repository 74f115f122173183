// The Store port without a file: everything in maps, on a disk of its own or on one that outlives it.
import { compareUtf8 } from "../base/utf8-order.ts";
import type { Store } from "../core/ports.ts";
import type {
  AlarmRecord,
  CommitBatch,
  FieldFilter,
  RowRange,
  StoredActor,
  StoredAlarm,
  StoredLetter,
  StoredQuarantine,
  StoredWatch,
  StoreQuery,
} from "../core/stored.ts";
import { addressOf } from "./address.ts";
import { indexedText, type Outcome, outcomesOfOvertaken, refuseIllFormed } from "./batch-rules.ts";
import { pageStart, prefixEnd } from "./key-range.ts";
import { MemoryDisk } from "./memory-disk.ts";

export { MemoryDisk } from "./memory-disk.ts";

/** What an indexed number is found by; the text of any other value begins otherwise. */
const NUMBER = /^[-\d]/;
const HOME = "the store in memory";

/** A store that is gone with the process. */
export function createMemoryStore(): Store {
  return openMemoryStore(new MemoryDisk());
}

/** The next owner of this disk: whoever opened it before commits nothing any more. */
export function openMemoryStore(disk: MemoryDisk): Store {
  return new MemoryStore(disk);
}

class MemoryStore implements Store {
  readonly epoch: number;
  readonly #disk: MemoryDisk;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
    this.epoch = ++disk.epoch;
  }

  async load(type: string, key: string): Promise<StoredActor | undefined> {
    return this.#disk.actor(type, key)?.stored;
  }

  async row(type: string, key: string, row: string): Promise<string | undefined> {
    return this.#disk.actor(type, key)?.rows.get(row);
  }

  async rows(type: string, key: string, range: RowRange): Promise<readonly { row: string; value: string }[]> {
    const rows = this.#disk.actor(type, key)?.rows;
    if (rows === undefined) return [];
    return Array.from(rows.texts(range), (row) => ({ row, value: rows.get(row) as string }));
  }

  async commit(batch: CommitBatch): Promise<readonly Outcome[]> {
    const disk = this.#disk;
    refuseIllFormed(batch, HOME);
    if (disk.epoch > this.epoch) return outcomesOfOvertaken(batch, HOME);
    for (const { type, key } of batch.released) disk.quarantines.delete(addressOf(type, key));
    for (const each of batch.quarantined) disk.quarantines.set(addressOf(each.type, each.key), each);
    const outcomes = batch.changes.map((change) => (disk.apply(change, this.epoch) ? "committed" : "stale"));
    disk.keepLetters(batch);
    return outcomes;
  }

  async alarmsDue(after: number, until: number, limit: number): Promise<readonly StoredAlarm[]> {
    const due: StoredAlarm[] = [];
    for (const { type, key, alarms } of this.#disk.alarmed) {
      for (const alarm of alarms.values()) {
        if (alarm.dueAt > after && alarm.dueAt <= until) due.push({ type, key, ...alarm });
      }
    }
    return due.sort(byDueTime).slice(0, limit);
  }

  async alarmsOf(type: string, key: string): Promise<readonly AlarmRecord[]> {
    return this.#disk.actor(type, key)?.alarms.values() ?? [];
  }

  async hasAlarms(type: string): Promise<boolean> {
    return Iterator.from(this.#disk.alarmed).some((actor) => actor.type === type);
  }

  async watches(): Promise<readonly StoredWatch[]> {
    const actors = Array.from(this.#disk.actors.values(), (keys) => keys.values()).flat();
    return actors.flatMap(({ watches }) => [...watches.values()]).sort(byWatcher);
  }

  async keys(query: StoreQuery): Promise<readonly string[]> {
    const { type, keyPrefix, after, limit, where } = query;
    const actors = this.#disk.actors.get(type);
    const range = { from: pageStart(keyPrefix, after), before: prefixEnd(keyPrefix), limit: Infinity, reverse: false };
    const keys = actors?.texts(range) ?? Iterator.from<string>([]);
    if (where === undefined) return keys.take(limit).toArray();
    const isFound = foundBy(where);
    return keys
      .filter((key) => isFound(actors?.get(key)?.indexed.get(where.field)))
      .take(limit)
      .toArray();
  }

  async letters(before: number, limit: number): Promise<readonly StoredLetter[]> {
    const older = [...this.#disk.letters.values()].filter(({ id }) => id < before);
    return older.sort((left, right) => right.id - left.id).slice(0, limit);
  }

  async letter(id: number): Promise<StoredLetter | undefined> {
    return this.#disk.letters.get(id);
  }

  async quarantines(): Promise<readonly StoredQuarantine[]> {
    return this.#disk.quarantines.values();
  }

  async close(): Promise<void> {
    // What is in memory is stored already.
  }
}

function foundBy(where: FieldFilter): (text: string | undefined) => boolean {
  if ("atLeast" in where) return (text) => NUMBER.test(text ?? "") && Number(text) >= where.atLeast;
  const wanted = indexedText(where.value);
  return (text) => text === wanted;
}

function byDueTime(left: StoredAlarm, right: StoredAlarm): number {
  return (
    left.dueAt - right.dueAt ||
    compareUtf8(addressOf(left.type, left.key), addressOf(right.type, right.key)) ||
    compareUtf8(left.name, right.name)
  );
}

function byWatcher(left: StoredWatch, right: StoredWatch): number {
  return (
    compareUtf8(addressOf(left.watcherType, left.watcherKey), addressOf(right.watcherType, right.watcherKey)) ||
    compareUtf8(addressOf(left.watchedType, left.watchedKey), addressOf(right.watchedType, right.watchedKey))
  );
}
