// Hot. A first-in, first-out queue on one array that grows by doubling and keeps nothing while it was never used.

const FIRST_CAPACITY = 4;

/** Unbounded by itself: whoever owns one states the bound. Empty slots hold `undefined`, which cannot be queued. */
export class RingBuffer<Item extends object> {
  #slots: (Item | undefined)[] = [];
  #head = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(item: Item): void {
    if (this.#count === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#count) & (this.#slots.length - 1)] = item;
    this.#count++;
  }

  peek(): Item | undefined {
    return this.#slots[this.#head];
  }

  shift(): Item | undefined {
    if (this.#count === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#count--;
    return item;
  }

  /** Forgets everything, the memory too. */
  clear(): void {
    this.#slots = [];
    this.#head = 0;
    this.#count = 0;
  }

  #grow(): void {
    const grown: (Item | undefined)[] = Array.from({ length: Math.max(FIRST_CAPACITY, this.#slots.length * 2) });
    for (let index = 0; index < this.#count; index++) {
      grown[index] = this.#slots[(this.#head + index) & (this.#slots.length - 1)];
    }
    this.#slots = grown;
    this.#head = 0;
  }
}
