// Stores that break a promise on purpose: what the crash test is worth shows when it finds each of them.
import type { Store } from "#runtime/core/ports.ts";
import type { Change, CommitBatch } from "#runtime/core/stored.ts";

/** How late a commit is written that was acknowledged at once. */
const LATE_MS = 50;

const FAULTS = {
  /** Says of commits that they are stored before they are. */
  "early-answers": (store: Store): Partial<Store> => ({
    commit: async (batch) => {
      setTimeout(() => void store.commit(batch).catch(() => undefined), LATE_MS);
      return batch.changes.map(() => "committed");
    },
  }),
  /** Rows of the state's commit get lost now and then. */
  "torn-commits": (store: Store): Partial<Store> => ({
    commit: (batch) => store.commit(withChanges(batch, (change) => (change.version % 4 === 0 ? { rows: [] } : {}))),
  }),
  /** Keeps no answers for `once`. */
  "forgotten-answers": (store: Store): Partial<Store> => ({
    commit: (batch) =>
      store.commit(withChanges(batch, ({ rows }) => ({ rows: rows.filter(({ row }) => row.startsWith("r")) }))),
  }),
  /** Keeps alarms that have fired. */
  "repeated-alarms": (store: Store): Partial<Store> => ({
    commit: (batch) =>
      store.commit(withChanges(batch, ({ alarms }) => ({ alarms: alarms.filter(({ alarm }) => alarm !== undefined) }))),
  }),
  /** Loses alarms that were set. */
  "lost-alarms": (store: Store): Partial<Store> => ({
    commit: (batch) => store.commit(withChanges(batch, () => ({ alarms: [] }))),
  }),
} satisfies Record<string, (store: Store) => Partial<Store>>;

export type FaultName = keyof typeof FAULTS;

export function withFault(store: Store, fault: FaultName | undefined): Store {
  if (fault === undefined) return store;
  const broken: Partial<Store> = FAULTS[fault](store);
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(broken, name) ?? Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function withChanges(batch: CommitBatch, changeOf: (change: Change) => Partial<Change>): CommitBatch {
  const changes = batch.changes.map((change) => {
    const { type, key, baseVersion, version, stateVersion, state, rows, alarms, watches, indexed } = change;
    const parts = { type, key, baseVersion, version, stateVersion, state, rows, alarms, watches, indexed };
    return { ...parts, ...changeOf(change) };
  });
  return { ...batch, changes };
}
