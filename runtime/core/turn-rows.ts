// The rows of a durable actor, as the handler of one turn sees them: JSON values under names of its own.
import { limits } from "../limits.ts";
import type { Rows } from "./context.ts";
import { decode, encodeDefined } from "./encoding.ts";
import { RuntimeError } from "./errors.ts";
import type { RowChanges } from "./row-changes.ts";
import type { Encoded } from "./stored.ts";
import { checkedName } from "./turn-options.ts";

/** The actor's own rows; the runtime keeps its own beside them under other letters. */
const OWN = "r";
/** The letter after it: rows of the actor come before. */
const AFTER_OWN = "s";
const RANGE_LIMIT = 100;

interface RowsTurn {
  readonly live: boolean;
  readonly method: { readonly name: string; readonly kind: string };
  /** What was read is there: the handler goes on. */
  resumes(): void;
}

export class TurnRows implements Rows {
  readonly #rows: RowChanges;
  readonly #turn: RowsTurn;

  constructor(rows: RowChanges, turn: RowsTurn) {
    this.#rows = rows;
    this.#turn = turn;
  }

  put(row: string, value: unknown): void {
    this.#set(row, encodeRow(row, value));
  }

  delete(row: string): void {
    this.#set(row, undefined);
  }

  async get(row: string): Promise<unknown> {
    const value = await this.#rows.get(OWN + checkedName("row", row));
    this.#turn.resumes();
    return value === undefined ? undefined : decode(value);
  }

  async range(range: Parameters<Rows["range"]>[0] = {}): ReturnType<Rows["range"]> {
    const { from = "", before, limit = RANGE_LIMIT, reverse = false } = range;
    if (Number.isNaN(limit)) throw new RuntimeError("actor.bad_input", "Cannot look at rows: the limit is NaN");
    const within = Math.max(0, Math.min(Math.floor(limit), limits.rowsPerRangeMax));
    const rows = await this.#rows.range({
      from: OWN + from,
      before: before === undefined ? AFTER_OWN : OWN + before,
      limit: within,
      reverse,
    });
    this.#turn.resumes();
    return rows.map(({ row, value }) => ({ row: row.slice(OWN.length), value: decode(value) }));
  }

  #set(row: string, value: Encoded | undefined): void {
    const { live, method } = this.#turn;
    if (!live)
      throw new RuntimeError("actor.turn_over", `Cannot change row "${row}": the turn of ${method.name} is over`);
    if (method.kind === "read") throw new TypeError(`Cannot change row "${row}" in a read`);
    this.#rows.set(OWN + checkedName("row", row), value);
  }
}

function encodeRow(row: string, value: unknown): Encoded {
  const encoded = encodeDefined(value);
  if (typeof encoded !== "string") {
    throw new RuntimeError("actor.state_not_encodable", `Cannot put row "${row}": it is no JSON: ${encoded.problem}`);
  }
  if (encoded.length > limits.rowLengthMax) {
    const message = `Cannot put row "${row}": it has ${encoded.length} characters, the limit is ${limits.rowLengthMax}`;
    throw new RuntimeError("actor.state_too_large", message);
  }
  return encoded;
}
