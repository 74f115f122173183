// All that is read from the database, each by a statement prepared once; bounds and orders are those of the port.
import type { Database, SQLQueryBindings, Statement } from "bun:sqlite";

import type {
  AlarmRecord,
  RowRange,
  StoredActor,
  StoredAlarm,
  StoredLetter,
  StoredQuarantine,
  StoredWatch,
  StoreQuery,
} from "../core/ports.ts";
import { indexedText } from "./batch-rules.ts";
import { pageStart, prefixEnd } from "./utf8-order.ts";

type Prepared<Row> = Statement<Row, SQLQueryBindings[]>;
type AlarmRow<Alarm> = Omit<Alarm, "input"> & { readonly input: string | null };
interface RowOfActor {
  readonly row: string;
  readonly value: string;
}

const ALARM = "name, due_at AS dueAt, every_ms AS everyMs, method, input, missed, fire";
const LETTER = "id, at, type, key, method, reason, body";
/** Comes after every text, because SQLite puts blobs there. */
const AFTER_ALL_TEXTS = new Uint8Array(0);

/** Throws what SQLite throws. Whatever a name with half of a surrogate pair would find is somebody else's. */
export class SqliteReader {
  readonly #load: Prepared<StoredActor>;
  readonly #row: Prepared<{ value: string }>;
  readonly #rows: Prepared<RowOfActor>;
  readonly #rowsReversed: Prepared<RowOfActor>;
  readonly #alarmsDue: Prepared<AlarmRow<StoredAlarm>>;
  readonly #alarmsOf: Prepared<AlarmRow<AlarmRecord>>;
  readonly #watches: Prepared<StoredWatch>;
  readonly #keys: Prepared<{ key: string }>;
  readonly #keysWhere: Prepared<{ key: string }>;
  readonly #letters: Prepared<StoredLetter>;
  readonly #letter: Prepared<StoredLetter>;
  readonly #quarantines: Prepared<StoredQuarantine>;

  constructor(database: Database) {
    const prepare = <Row>(sql: string): Prepared<Row> => database.prepare(sql);
    const range = "SELECT row, value FROM actor_rows WHERE type = ? AND key = ? AND row >= ? AND row < ? ORDER BY row";
    this.#load = prepare(`
      SELECT version, epoch, state_version AS stateVersion, state FROM actors WHERE type = ? AND key = ?`);
    this.#row = prepare("SELECT value FROM actor_rows WHERE type = ? AND key = ? AND row = ?");
    this.#rows = prepare(`${range} LIMIT ?`);
    this.#rowsReversed = prepare(`${range} DESC LIMIT ?`);
    this.#alarmsDue = prepare(`
      SELECT type, key, ${ALARM} FROM alarms WHERE due_at > ? AND due_at <= ?
      ORDER BY due_at, type, key, name LIMIT ?`);
    this.#alarmsOf = prepare(`SELECT ${ALARM} FROM alarms WHERE type = ? AND key = ? ORDER BY name`);
    this.#watches = prepare(`
      SELECT watcher_type AS watcherType, watcher_key AS watcherKey, watched_type AS watchedType,
        watched_key AS watchedKey, method
      FROM watches ORDER BY watcher_type, watcher_key, watched_type, watched_key`);
    this.#keys = prepare("SELECT key FROM actors WHERE type = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?");
    this.#keysWhere = prepare(`
      SELECT key FROM indexed_fields WHERE type = ? AND field = ? AND value = ? AND key >= ? AND key < ?
      ORDER BY key LIMIT ?`);
    this.#letters = prepare(`SELECT ${LETTER} FROM letters WHERE id < ? ORDER BY id DESC LIMIT ?`);
    this.#letter = prepare(`SELECT ${LETTER} FROM letters WHERE id = ?`);
    this.#quarantines = prepare("SELECT type, key, at, reason FROM quarantines ORDER BY type, key");
  }

  load(type: string, key: string): StoredActor | undefined {
    return key.isWellFormed() ? (this.#load.get(type, key) ?? undefined) : undefined;
  }

  row(type: string, key: string, row: string): string | undefined {
    return key.isWellFormed() && row.isWellFormed() ? this.#row.get(type, key, row)?.value : undefined;
  }

  rows(type: string, key: string, { from, before, limit, reverse }: RowRange): readonly RowOfActor[] {
    if (!key.isWellFormed()) return [];
    const statement = reverse ? this.#rowsReversed : this.#rows;
    return statement.all(type, key, from, before, limit);
  }

  alarmsDue(after: number, until: number, limit: number): readonly StoredAlarm[] {
    return this.#alarmsDue.all(after, until, limit).map(withInput);
  }

  alarmsOf(type: string, key: string): readonly AlarmRecord[] {
    return key.isWellFormed() ? this.#alarmsOf.all(type, key).map(withInput) : [];
  }

  watches(): readonly StoredWatch[] {
    return this.#watches.all();
  }

  keys({ type, keyPrefix, after, limit, where }: StoreQuery): readonly string[] {
    const bounds = [pageStart(keyPrefix, after), prefixEnd(keyPrefix) ?? AFTER_ALL_TEXTS, limit];
    const found =
      where === undefined
        ? this.#keys.all(type, ...bounds)
        : this.#keysWhere.all(type, where.field, indexedText(where.value), ...bounds);
    return found.map(({ key }) => key);
  }

  letters(before: number, limit: number): readonly StoredLetter[] {
    return this.#letters.all(before, limit);
  }

  letter(id: number): StoredLetter | undefined {
    return this.#letter.get(id) ?? undefined;
  }

  quarantines(): readonly StoredQuarantine[] {
    return this.#quarantines.all();
  }
}

function withInput<Alarm extends { readonly input: string | null }>(
  alarm: Alarm,
): Alarm & { input: string | undefined } {
  return { ...alarm, input: alarm.input ?? undefined };
}
