// What the store is given and gives back: actors, alarms, watches, dead letters, quarantines, and batches of changes.

/** What an indexed field may hold; others, and absent ones, are not found by that field. */
export type IndexedValue = string | number | boolean;

/**
 * State, inputs, rows and letters as they are kept: JSON text, which any program can read. (Text, not bytes: in a
 * database it is a TEXT column. It may hold lone surrogates only as JSON escapes.)
 */
export type Encoded = string;

/** One durable actor as it was last committed. */
export interface StoredActor {
  /** Commits so far: 1 after the first. */
  readonly version: number;
  /** Of the owner that committed it. */
  readonly epoch: number;
  /** The version of the state's shape, as the actor type counted when it was written. */
  readonly stateVersion: number;
  readonly state: Encoded;
}

/** What happens to firings whose time passed while nobody could run them: one of them runs, none, or each. */
export type MissedPolicy = "once" | "skip" | "all";

export interface AlarmRecord {
  readonly name: string;
  /** Unix milliseconds. */
  readonly dueAt: number;
  /** 0: it fires once. */
  readonly everyMs: number;
  readonly method: string;
  readonly input: Encoded | undefined;
  readonly missed: MissedPolicy;
  /** Counts up with each firing, and over replacements: together with the name it is the fire id. */
  readonly fire: number;
}

/** Versions begin anew with an actor that was destroyed: one of its earlier life differs in something else. */
export function isSameFiring(left: AlarmRecord, right: AlarmRecord): boolean {
  const isSameTime = left.name === right.name && left.fire === right.fire && left.dueAt === right.dueAt;
  return isSameTime && left.method === right.method && left.input === right.input;
}

export interface StoredAlarm extends AlarmRecord {
  readonly type: string;
  readonly key: string;
}

/** Whoever watches is told by this method that the watched actor is gone for good; a later method replaces it. */
export interface StoredWatch {
  readonly watcherType: string;
  readonly watcherKey: string;
  readonly watchedType: string;
  readonly watchedKey: string;
  readonly method: string;
}

/** All that one actor commits together. Later entries for one row, alarm or watch replace earlier ones. */
export interface Change {
  readonly type: string;
  readonly key: string;
  /** Refused as stale unless this is the stored version (0: nothing is stored) and no newer epoch has written. */
  readonly baseVersion: number;
  /** The stored version from now on; higher than `baseVersion`. */
  readonly version: number;
  readonly stateVersion: number;
  /** Undefined: the actor goes, with its rows, alarms, watches and index entries; the rest of the change is ignored. */
  readonly state: Encoded | undefined;
  /** An undefined value deletes the row. */
  readonly rows: readonly { readonly row: string; readonly value: Encoded | undefined }[];
  /** An undefined alarm cancels. */
  readonly alarms: readonly { readonly name: string; readonly alarm: AlarmRecord | undefined }[];
  readonly watches: readonly (Omit<StoredWatch, "watcherType" | "watcherKey"> & { readonly on: boolean })[];
  /** Put aside with it, and stored if it is; undefined: none. */
  readonly letters?: readonly StoredLetter[] | undefined;
  /** All indexed fields of the state; undefined: they are as they were. */
  readonly indexed: ReadonlyMap<string, IndexedValue> | undefined;
}

/** A message that nobody handled, and why. */
export interface StoredLetter {
  /** Counts up from 1. */
  readonly id: number;
  /** Unix milliseconds. */
  readonly at: number;
  readonly type: string;
  readonly key: string;
  readonly method: string;
  readonly reason: string;
  /** Input, cause, last turns: encoded by the core. */
  readonly body: Encoded;
}

/** A key that is shut until someone releases it. */
export interface StoredQuarantine {
  readonly type: string;
  readonly key: string;
  readonly at: number;
  readonly reason: string;
}

/**
 * Everything of a batch is stored, except stale changes; or nothing is. Letters are added before others are removed,
 * and keys released before others are shut.
 */
export interface CommitBatch {
  readonly changes: readonly Change[];
  readonly letters: readonly StoredLetter[];
  readonly lettersRemoved: readonly number[];
  /** Letters up to this id go too. */
  readonly lettersRemovedTo: number;
  readonly quarantined: readonly StoredQuarantine[];
  readonly released: readonly { readonly type: string; readonly key: string }[];
}

/** Of an indexed field: the value, of its type; or the least that a number may be, 1 or more. */
export type FieldFilter =
  { readonly field: string; readonly value: IndexedValue } | { readonly field: string; readonly atLeast: number };

export interface StoreQuery {
  readonly type: string;
  readonly keyPrefix: string;
  /** Keys after this one, in order of their UTF-8 bytes; "" for the first page. */
  readonly after: string;
  readonly limit: number;
  readonly where?: FieldFilter;
}

export interface RowRange {
  /** From this row on, inclusive. */
  readonly from: string;
  /** Up to this row, exclusive. */
  readonly before: string;
  readonly limit: number;
  /** From the end backwards. */
  readonly reverse: boolean;
}
