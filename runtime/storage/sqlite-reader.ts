// All that is read from the database, each by a statement prepared once; bounds and orders are those of the port.
import type { Database, SQLQueryBindings, Statement } from "bun:sqlite";

import type {
  AlarmRecord,
  FieldFilter,
  RowRange,
  StoredActor,
  StoredAlarm,
  StoredLetter,
  StoredQuarantine,
  StoredWatch,
  StoreQuery,
} from "../core/stored.ts";
import { addressOf, keyOf, typeOf } from "./address.ts";
import { indexedText } from "./batch-rules.ts";
import { pageStart, prefixEnd } from "./key-range.ts";

type Prepared<Row> = Statement<Row, SQLQueryBindings[]>;
interface WithAddress {
  readonly address: string;
}
type AlarmRow = Omit<AlarmRecord, "input"> & { readonly input: string | null };
interface RowOfActor {
  readonly row: string;
  readonly value: string;
}
interface WatchRow {
  readonly watcher: string;
  readonly watched: string;
  readonly method: string;
}

const ALARM = "name, due_at AS dueAt, every_ms AS everyMs, method, input, missed, fire";
const LETTER = "id, at, type, key, method, reason, body";

/** Throws what SQLite throws. Half of a surrogate pair finds nothing, not what stands where it was replaced. */
export class SqliteReader {
  readonly #load: Prepared<StoredActor>;
  readonly #row: Prepared<{ value: string }>;
  readonly #rows: Prepared<RowOfActor>;
  readonly #rowsReversed: Prepared<RowOfActor>;
  readonly #alarmsDue: Prepared<AlarmRow & WithAddress>;
  readonly #alarmsOf: Prepared<AlarmRow>;
  readonly #anyAlarm: Prepared<WithAddress>;
  readonly #watches: Prepared<WatchRow>;
  readonly #keys: Prepared<WithAddress>;
  readonly #keysWhere: Prepared<WithAddress>;
  readonly #keysFrom: Prepared<WithAddress>;
  readonly #letters: Prepared<StoredLetter>;
  readonly #letter: Prepared<StoredLetter>;
  readonly #quarantines: Prepared<Omit<StoredQuarantine, "type" | "key"> & WithAddress>;

  constructor(database: Database) {
    const prepare = <Row>(sql: string): Prepared<Row> => database.prepare(sql);
    const range = "SELECT row, value FROM actor_rows WHERE address = ? AND row >= ? AND row < ? ORDER BY row";
    this.#load = prepare("SELECT version, epoch, state_version AS stateVersion, state FROM actors WHERE address = ?");
    this.#row = prepare("SELECT value FROM actor_rows WHERE address = ? AND row = ?");
    this.#rows = prepare(`${range} LIMIT ?`);
    this.#rowsReversed = prepare(`${range} DESC LIMIT ?`);
    this.#alarmsDue = prepare(`
      SELECT address, ${ALARM} FROM alarms WHERE due_at > ? AND due_at <= ? ORDER BY due_at, address, name LIMIT ?`);
    this.#alarmsOf = prepare(`SELECT ${ALARM} FROM alarms WHERE address = ? ORDER BY name`);
    this.#anyAlarm = prepare("SELECT address FROM alarms WHERE address >= ? AND address < ? LIMIT 1");
    this.#watches = prepare("SELECT watcher, watched, method FROM watches ORDER BY watcher, watched");
    this.#keys = prepare("SELECT address FROM actors WHERE address >= ? AND address < ? ORDER BY address LIMIT ?");
    this.#keysWhere = prepare(`
      SELECT address FROM indexed_fields WHERE field = ? AND value = ? AND address >= ? AND address < ?
      ORDER BY address LIMIT ?`);
    // Numbers from 1 on are found by their first digit. The plus signs keep the other index away: of all that are
    // stored few have more than none.
    this.#keysFrom = prepare(`
      SELECT address FROM indexed_fields
      WHERE field = ? AND value >= '1' AND value < ':' AND CAST(value AS REAL) >= ? AND +address >= ? AND +address < ?
      ORDER BY +address LIMIT ?`);
    this.#letters = prepare(`SELECT ${LETTER} FROM letters WHERE id < ? ORDER BY id DESC LIMIT ?`);
    this.#letter = prepare(`SELECT ${LETTER} FROM letters WHERE id = ?`);
    this.#quarantines = prepare("SELECT address, at, reason FROM quarantines ORDER BY address");
  }

  load(type: string, key: string): StoredActor | undefined {
    return key.isWellFormed() ? (this.#load.get(addressOf(type, key)) ?? undefined) : undefined;
  }

  row(type: string, key: string, row: string): string | undefined {
    return key.isWellFormed() && row.isWellFormed() ? this.#row.get(addressOf(type, key), row)?.value : undefined;
  }

  rows(type: string, key: string, { from, before, limit, reverse }: RowRange): readonly RowOfActor[] {
    if (!key.isWellFormed()) return [];
    return (reverse ? this.#rowsReversed : this.#rows).all(addressOf(type, key), from, before, limit);
  }

  alarmsDue(after: number, until: number, limit: number): readonly StoredAlarm[] {
    const due = this.#alarmsDue.all(after, until, limit);
    return due.map(({ address, ...alarm }) => ({ type: typeOf(address), key: keyOf(address), ...asRecord(alarm) }));
  }

  alarmsOf(type: string, key: string): readonly AlarmRecord[] {
    return key.isWellFormed() ? this.#alarmsOf.all(addressOf(type, key)).map(asRecord) : [];
  }

  hasAlarms(type: string): boolean {
    const start = addressOf(type, "");
    return this.#anyAlarm.get(start, prefixEnd(start) as string) !== null;
  }

  watches(): readonly StoredWatch[] {
    return this.#watches.all().map(({ watcher, watched, method }) => ({
      watcherType: typeOf(watcher),
      watcherKey: keyOf(watcher),
      watchedType: typeOf(watched),
      watchedKey: keyOf(watched),
      method,
    }));
  }

  keys({ type, keyPrefix, after, limit, where }: StoreQuery): readonly string[] {
    const start = addressOf(type, pageStart(keyPrefix, after));
    const end = prefixEnd(addressOf(type, keyPrefix)) as string;
    return this.#found(where, start, end, limit).map(({ address }) => keyOf(address));
  }

  #found(where: FieldFilter | undefined, start: string, end: string, limit: number): readonly WithAddress[] {
    if (where === undefined) return this.#keys.all(start, end, limit);
    if ("atLeast" in where) return this.#keysFrom.all(where.field, where.atLeast, start, end, limit);
    return this.#keysWhere.all(where.field, indexedText(where.value), start, end, limit);
  }

  letters(before: number, limit: number): readonly StoredLetter[] {
    return this.#letters.all(before, limit);
  }

  letter(id: number): StoredLetter | undefined {
    return this.#letter.get(id) ?? undefined;
  }

  quarantines(): readonly StoredQuarantine[] {
    const shut = this.#quarantines.all();
    return shut.map(({ address, ...why }) => ({ type: typeOf(address), key: keyOf(address), ...why }));
  }
}

function asRecord(alarm: AlarmRow): AlarmRecord {
  return { ...alarm, input: alarm.input ?? undefined };
}
