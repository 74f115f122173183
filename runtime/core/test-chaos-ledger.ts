// What was asked of durable actors, and what they answered: to be held against what is stored when all is over.
import type { Store } from "./ports.ts";
import { Promises } from "./test-chaos-promises.ts";
import type { Counted } from "./test-chaos.ts";

/** The state of a book. */
export interface Book extends Counted {
  /** By mark, how often it was made; each is a row besides. */
  marks: Record<string, number>;
  last: number;
  /** That of the shape. */
  version: number;
}

export interface Mark {
  readonly id: number;
  readonly key: string;
  readonly once: string | undefined;
  readonly answers: number[];
  /** Its book was destroyed after it was asked for. */
  isVoid: boolean;
}

export class Ledger {
  readonly marks: Mark[] = [];
  /** Names of the alarms whose setting was acknowledged. */
  readonly promised = new Set<string>();
  /** Names of those that came, or whose book was destroyed. */
  readonly came = new Set<string>();
  /** Names of those whose turn has crashed. */
  readonly broke = new Set<string>();
  /** How often each connection had its `closed` turn. */
  readonly closed = new Map<string, number>();
  /** Connections whose sessions let an error of the store pass: they are to end. */
  readonly passed = new Set<string>();
  readonly promises = new Promises();
  /** By alarm, the key of its book. */
  readonly #alarms = new Map<string, string>();
  #lastId = 0;

  mark(key: string, isOnce = false): Mark {
    const id = ++this.#lastId;
    const mark = { id, key, once: isOnce ? `name ${id}` : undefined, answers: [], isVoid: false };
    this.marks.push(mark);
    return mark;
  }

  alarm(key: string): string {
    const name = `alarm ${++this.#lastId}`;
    this.#alarms.set(name, key);
    return name;
  }

  /** Marks that are asked for later are not void; of some that are asked for before, no more is known. */
  destroyed(key: string): void {
    for (const mark of this.marks) if (mark.key === key) mark.isVoid = true;
    for (const [name, of] of this.#alarms) if (of === key) this.came.add(name);
  }

  countClosed(id: string): void {
    this.closed.set(id, (this.closed.get(id) ?? 0) + 1);
  }

  get missingAlarms(): readonly string[] {
    return [...this.promised].filter((name) => !this.came.has(name)).map((name) => `${name} never came`);
  }

  /** What one book has that was not asked for once, and has not that was acknowledged. */
  async problems(store: Store, key: string): Promise<readonly string[]> {
    const stored = await store.load("book", key);
    const marks = stored === undefined ? {} : (JSON.parse(stored.state) as Book).marks;
    const rows = await store.rows("book", key, { from: "r", before: "s", limit: 1_000_000, reverse: false });
    const asRows = Object.fromEntries(rows.map(({ row, value }) => [row.slice(1), JSON.parse(value) as number]));
    const asked = this.marks.filter((mark) => mark.key === key);
    const wrong = asked.flatMap((mark) => markProblems(mark, marks[mark.id] ?? 0));
    if (!Bun.deepEquals(asRows, marks)) wrong.push("the rows are not as the state");
    return wrong.map((problem) => `book/${key}: ${problem}`);
  }
}

function markProblems({ id, answers, isVoid }: Mark, times: number): string[] {
  const wrong: string[] = [];
  if (answers.length > 0 && times === 0 && !isVoid) wrong.push(`${id} was acknowledged, and is not stored`);
  if (times > 1) wrong.push(`${id} was done ${times} times`);
  if (answers.some((answer) => answer !== id)) wrong.push(`${id} was answered ${answers}`);
  return wrong;
}
