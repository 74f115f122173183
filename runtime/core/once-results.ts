// Results kept for `once`: rows of the actor itself, in a ring, so that the oldest goes when one too many comes.
import { limits } from "../limits.ts";
import { decode, encode } from "./encoding.ts";
import { Refusal, RuntimeError } from "./errors.ts";
import type { RowChanges } from "./row-changes.ts";

type Kept = { readonly value?: unknown } | { readonly refused: string; readonly message: string };

/** The turn that a result is kept by: one that is over keeps nothing. */
interface OnceTurn {
  readonly live: boolean;
  /** Throws `actor.turn_over`. */
  throwOver(): never;
}

/** What results are kept in: the actor's rows, the oldest going when there are more than `countMax`. */
interface Shelf {
  readonly rows: RowChanges;
  readonly countMax: number;
}

/** The actor's own rows begin with another letter. */
const resultRow = (name: string): string => `o${name}`;
const placeRow = (place: number): string => `p${place}`;
const COUNT_ROW = "n";

/** Runs `handle`, or gives what it ended in the first time. An answer and a refusal are kept, a crash is not. */
export async function runOnce(turn: OnceTurn, shelf: Shelf, name: string, handle: () => unknown): Promise<unknown> {
  const kept = await shelf.rows.get(resultRow(name));
  if (!turn.live) turn.throwOver();
  if (kept !== undefined) return answerAgain(decode(kept) as Kept);
  try {
    const value = await handle();
    await keep(turn, shelf, name, value === undefined ? {} : { value });
    return value;
  } catch (error) {
    if (error instanceof Refusal) await keep(turn, shelf, name, { refused: error.code, message: error.message });
    throw error;
  }
}

function answerAgain(kept: Kept): unknown {
  if ("refused" in kept) throw new Refusal(kept.refused, kept.message);
  return kept.value;
}

async function keep(turn: OnceTurn, { rows, countMax }: Shelf, name: string, result: Kept): Promise<void> {
  const encoded = encode(result);
  if (typeof encoded !== "string") {
    throw new RuntimeError(
      "actor.bad_reply",
      `Cannot keep the answer for "${name}": it is no JSON: ${encoded.problem}`,
    );
  }
  if (encoded.length > limits.rowLengthMax) {
    const size = `it has ${encoded.length} characters, the limit is ${limits.rowLengthMax}`;
    const message = `Cannot keep the answer for "${name}": ${size}`;
    throw new RuntimeError("actor.bad_reply", message);
  }
  const count = Number((await rows.get(COUNT_ROW)) ?? 0);
  const place = placeRow(count % countMax);
  const oldest = await rows.get(place);
  if (!turn.live) turn.throwOver();
  if (oldest !== undefined) rows.set(resultRow(decode(oldest) as string), undefined);
  rows.set(place, JSON.stringify(name));
  rows.set(resultRow(name), encoded);
  rows.set(COUNT_ROW, String(count + 1));
}
