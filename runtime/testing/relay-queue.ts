// What is on its way, earliest first: a binary heap by due time, in which those due at once keep their order.

export interface Waiting {
  readonly dueMs: number;
  readonly bytes: Uint8Array;
  readonly arrive: (bytes: Uint8Array) => void;
}

interface Numbered {
  readonly waiting: Waiting;
  readonly number: number;
}

/** Unbounded by itself: whoever owns one states the bound. */
export class DueQueue {
  readonly #heap: Numbered[] = [];
  #count = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The one that is due first. */
  peek(): Waiting | undefined {
    return this.#heap[0]?.waiting;
  }

  push(waiting: Waiting): void {
    const added = { waiting, number: this.#count++ };
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Numbered;
      if (!isBefore(added, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = added;
  }

  shift(): Waiting | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first !== undefined && last !== undefined && first !== last) this.#sink(last);
    return first?.waiting;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #sink(moved: Numbered): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Numbered)) child++;
      const below = heap[child];
      if (below === undefined || isBefore(moved, below)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = moved;
  }
}

function isBefore(one: Numbered, other: Numbered): boolean {
  const lateMs = one.waiting.dueMs - other.waiting.dueMs;
  return lateMs < 0 || (lateMs === 0 && one.number < other.number);
}
