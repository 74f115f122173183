// The rows of one durable actor as its turns see them: what is stored, under what is not stored yet.
import { compareUtf8 } from "../base/utf8-order.ts";
import { limits } from "../limits.ts";
import { RuntimeError } from "./errors.ts";
import type { Store } from "./ports.ts";
import type { Encoded, RowRange } from "./stored.ts";

/** Higher than every version: changed in the turn that is running. */
const THIS_TURN = Number.POSITIVE_INFINITY;

interface RowChange {
  readonly value: Encoded | undefined;
  /** The commit that it belongs to. */
  version: number;
}

export class RowChanges {
  readonly #type: string;
  readonly #key: string;
  readonly #store: Store;
  /** Made on first use: most actors have no rows. */
  #changes: Map<string, RowChange> | undefined;
  /** Changed in the turn that is running. */
  #turn: Map<string, Encoded | undefined> | undefined;

  constructor(type: string, key: string, store: Store) {
    this.#type = type;
    this.#key = key;
    this.#store = store;
  }

  /** The running turn has changed rows. */
  get any(): boolean {
    return this.#turn !== undefined && this.#turn.size > 0;
  }

  /** Throws `actor.limit_reached` for a turn that changes too many rows. */
  set(row: string, value: Encoded | undefined): void {
    this.#turn ??= new Map();
    if (this.#turn.size >= limits.rowsPerTurnMax && !this.#turn.has(row)) {
      const message = `Cannot change row "${row}": this turn has changed ${limits.rowsPerTurnMax} rows, the limit`;
      throw new RuntimeError("actor.limit_reached", message);
    }
    this.#turn.set(row, value);
    this.#changes ??= new Map();
    this.#changes.set(row, { value, version: THIS_TURN });
  }

  async get(row: string): Promise<Encoded | undefined> {
    const change = this.#changes?.get(row);
    return change === undefined ? this.#store.row(this.#type, this.#key, row) : change.value;
  }

  async range(range: RowRange): Promise<readonly { row: string; value: Encoded }[]> {
    const changed = Array.from(this.#changes ?? []).filter(
      ([row]) => compareUtf8(row, range.from) >= 0 && compareUtf8(row, range.before) < 0,
    );
    // As many more as the changes may take away.
    const stored = await this.#store.rows(this.#type, this.#key, { ...range, limit: range.limit + changed.length });
    const rows = new Map(stored.map(({ row, value }) => [row, value]));
    for (const [row, { value }] of changed) {
      if (value === undefined) rows.delete(row);
      else rows.set(row, value);
    }
    const sign = range.reverse ? -1 : 1;
    return Array.from(rows, ([row, value]) => ({ row, value }))
      .sort((left, right) => sign * compareUtf8(left.row, right.row))
      .slice(0, range.limit);
  }

  /** The running turn's changes become part of this commit. */
  moveTo(commit: { readonly version: number; readonly rows: { row: string; value: Encoded | undefined }[] }): void {
    for (const [row, value] of this.#turn ?? []) {
      commit.rows.push({ row, value });
      const change = this.#changes?.get(row);
      if (change !== undefined) change.version = commit.version;
    }
    this.#turn = undefined;
  }

  committed(version: number): void {
    for (const [row, change] of this.#changes ?? []) if (change.version <= version) this.#changes?.delete(row);
  }

  /**
   * The running turn crashed. A row that an earlier turn changed, and whose commit is not through, is looked up again
   * among `commits`, oldest first.
   */
  dropTurn(
    commits: readonly {
      readonly version: number;
      readonly rows: readonly { row: string; value: Encoded | undefined }[];
    }[],
  ): void {
    const turn = this.#turn;
    const changes = this.#changes;
    this.#turn = undefined;
    if (turn === undefined || changes === undefined) return;
    for (const row of turn.keys()) changes.delete(row);
    for (const { version, rows } of commits) {
      for (const { row, value } of rows) if (turn.has(row)) changes.set(row, { value, version });
    }
  }

  /** What is stored is all there is. */
  forget(): void {
    this.#turn = this.#changes = undefined;
  }
}
