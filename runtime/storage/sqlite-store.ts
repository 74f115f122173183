// The Store port on bun:sqlite: one file, one owner, a write-ahead log, one transaction for each batch.
import { type Clock, systemClock } from "../base/clock.ts";
import { RuntimeError } from "../core/errors.ts";
import type { Store } from "../core/ports.ts";
import type {
  AlarmRecord,
  CommitBatch,
  RowRange,
  StoredActor,
  StoredAlarm,
  StoredLetter,
  StoredQuarantine,
  StoredWatch,
  StoreQuery,
} from "../core/stored.ts";
import type { Outcome } from "./batch-rules.ts";
import { BatchWriter } from "./batch-writer.ts";
import { CommitQueue } from "./commit-queue.ts";
import { ReadBurst } from "./read-burst.ts";
import { isBusy, storeError } from "./sqlite-errors.ts";
import { openSqliteFile, type OwnedDatabase, type SqliteFileOptions } from "./sqlite-file.ts";
import { SqliteReader } from "./sqlite-reader.ts";
import { StoreHealth } from "./store-health.ts";

/** A store that knows whether it can be used. */
export interface WatchedStore extends Store {
  /** What it last failed with, until that goes well again; undefined while it can be used. See `StoreHealth`. */
  problem(): RuntimeError | undefined;
}

export interface SqliteStoreOptions extends SqliteFileOptions {
  readonly clock?: Clock;
}

/**
 * Opens the file as its only owner. Throws at once, as a `RuntimeError` that names the file: `store.locked`,
 * `store.corrupt`, `store.from_future`, `store.read_only`, `store.full` or `store.failed`; nothing in it is lost then.
 * Other programs may read the file meanwhile. A commit waits up to `storeBusyMs` for one that writes.
 */
export function openSqliteStore(options: SqliteStoreOptions): WatchedStore {
  const owned = openSqliteFile(options);
  try {
    return new SqliteStore(owned, options.clock ?? systemClock);
  } catch (error) {
    owned.close();
    throw storeError("open", owned.path, error);
  }
}

class SqliteStore implements WatchedStore {
  readonly epoch: number;
  readonly #owned: OwnedDatabase;
  readonly #reader: SqliteReader;
  readonly #reads: ReadBurst;
  readonly #commits: CommitQueue;
  readonly #health: StoreHealth;

  constructor(owned: OwnedDatabase, clock: Clock) {
    this.#reads = new ReadBurst(owned.database, clock);
    const writer = new BatchWriter(owned, this.#reads);
    this.epoch = owned.epoch;
    this.#owned = owned;
    this.#reader = new SqliteReader(owned.database);
    this.#commits = new CommitQueue({ clock, write: (batch) => writer.write(batch), isBusy });
    this.#health = new StoreHealth(clock, () => failureOf("commit to", owned.path, () => writer.tryOut()));
  }

  problem(): RuntimeError | undefined {
    return this.#health.problem();
  }

  load(type: string, key: string): Promise<StoredActor | undefined> {
    return this.#read((reader) => reader.load(type, key));
  }

  row(type: string, key: string, row: string): Promise<string | undefined> {
    return this.#read((reader) => reader.row(type, key, row));
  }

  rows(type: string, key: string, range: RowRange): Promise<readonly { row: string; value: string }[]> {
    return this.#read((reader) => reader.rows(type, key, range));
  }

  async commit(batch: CommitBatch): Promise<readonly Outcome[]> {
    if (this.#health.isDamaged) {
      throw new RuntimeError("store.corrupt", `Cannot commit to "${this.#owned.path}": it is damaged`);
    }
    try {
      const outcomes = await this.#commits.commit(batch);
      this.#health.worked("commit");
      return outcomes;
    } catch (error) {
      const failure = storeError("commit to", this.#owned.path, error);
      this.#health.failed("commit", failure);
      throw failure;
    }
  }

  alarmsDue(after: number, until: number, limit: number): Promise<readonly StoredAlarm[]> {
    return this.#read((reader) => reader.alarmsDue(after, until, limit));
  }

  alarmsOf(type: string, key: string): Promise<readonly AlarmRecord[]> {
    return this.#read((reader) => reader.alarmsOf(type, key));
  }

  hasAlarms(type: string): Promise<boolean> {
    return this.#read((reader) => reader.hasAlarms(type));
  }

  watches(): Promise<readonly StoredWatch[]> {
    return this.#read((reader) => reader.watches());
  }

  keys(query: StoreQuery): Promise<readonly string[]> {
    return this.#read((reader) => reader.keys(query));
  }

  letters(before: number, limit: number): Promise<readonly StoredLetter[]> {
    return this.#read((reader) => reader.letters(before, limit));
  }

  letter(id: number): Promise<StoredLetter | undefined> {
    return this.#read((reader) => reader.letter(id));
  }

  quarantines(): Promise<readonly StoredQuarantine[]> {
    return this.#read((reader) => reader.quarantines());
  }

  /** Commits that wait are written first, or given up. What a full disk keeps in the log is read from there later. */
  async close(): Promise<void> {
    await this.#commits.idle();
    try {
      this.#reads.end();
      this.#owned.close();
    } catch (error) {
      throw storeError("close", this.#owned.path, error);
    }
  }

  #read<Found>(find: (reader: SqliteReader) => Found): Promise<Found> {
    try {
      this.#reads.join();
      const found = find(this.#reader);
      this.#health.worked("read");
      return Promise.resolve(found);
    } catch (error) {
      const failure = storeError("read", this.#owned.path, error);
      this.#health.failed("read", failure);
      return Promise.reject(failure);
    }
  }
}

function failureOf(action: string, path: string, work: () => void): RuntimeError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return storeError(action, path, error);
  }
}
