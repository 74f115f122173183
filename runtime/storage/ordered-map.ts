// A map whose texts can be walked in order of their UTF-8 bytes; the order is made when somebody asks for it.
import { compareUtf8 } from "../base/utf8-order.ts";

export interface TextRange {
  /** Inclusive. */
  readonly from: string;
  /** Exclusive; undefined: to the end. */
  readonly before: string | undefined;
  readonly limit: number;
  readonly reverse: boolean;
}

/** Writing costs what a map costs, and appending in order keeps the order; the first walk after other writes sorts. */
export class OrderedMap<Value> {
  readonly #values = new Map<string, Value>();
  /** All texts in order; undefined: to be made anew. */
  #order: string[] | undefined = [];

  get count(): number {
    return this.#values.size;
  }

  get(text: string): Value | undefined {
    return this.#values.get(text);
  }

  set(text: string, value: Value): void {
    if (!this.#values.has(text)) this.#added(text);
    this.#values.set(text, value);
  }

  delete(text: string): void {
    if (!this.#values.delete(text)) return;
    if (this.#order?.at(-1) === text) this.#order.pop();
    else this.#order = undefined;
  }

  /** All values, in order of their texts. */
  values(): Value[] {
    return this.#sorted().map((text) => this.#values.get(text) as Value);
  }

  /** The texts of a range, from its end backwards when it is reversed. */
  *texts({ from, before, limit, reverse }: TextRange): Generator<string> {
    const sorted = this.#sorted();
    const start = indexFrom(sorted, from.toWellFormed());
    const end = before === undefined ? sorted.length : indexFrom(sorted, before.toWellFormed());
    const count = Math.min(limit, end - start);
    for (let step = 0; step < count; step++) yield sorted[reverse ? end - 1 - step : start + step] as string;
  }

  #added(text: string): void {
    const last = this.#order?.at(-1);
    if (last === undefined || compareUtf8(last, text) < 0) this.#order?.push(text);
    else this.#order = undefined;
  }

  #sorted(): readonly string[] {
    return (this.#order ??= [...this.#values.keys()].sort(compareUtf8));
  }
}

/** How many of the sorted texts come before this one. */
function indexFrom(sorted: readonly string[], text: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareUtf8(sorted[middle] as string, text) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
