// A map that seldom has more than one entry: a `Map` of the engine takes five times the memory for that one.

/** Keys are not undefined. Entries come in the order in which they were added, as in a `Map`. */
export class FewMap<Key extends string, Value> {
  #key: Key | undefined = undefined;
  #value: Value | undefined = undefined;
  /** All entries, once there were two. */
  #all: Map<Key, Value> | undefined = undefined;

  get size(): number {
    return this.#all?.size ?? (this.#key === undefined ? 0 : 1);
  }

  has(key: Key): boolean {
    return this.#all?.has(key) ?? this.#key === key;
  }

  get(key: Key): Value | undefined {
    if (this.#all !== undefined) return this.#all.get(key);
    return this.#key === key ? this.#value : undefined;
  }

  keys(): Iterable<Key> {
    return this.#all?.keys() ?? (this.#key === undefined ? [] : [this.#key]);
  }

  values(): Iterable<Value> {
    return this.#all?.values() ?? (this.#key === undefined ? [] : [this.#value as Value]);
  }

  set(key: Key, value: Value): this {
    if (this.#all === undefined && this.#key !== undefined && this.#key !== key) {
      this.#all = new Map([[this.#key, this.#value as Value]]);
      this.#key = this.#value = undefined;
    }
    if (this.#all !== undefined) {
      this.#all.set(key, value);
    } else {
      this.#key = key;
      this.#value = value;
    }
    return this;
  }

  /** Whether there was one. */
  delete(key: Key): boolean {
    if (this.#all !== undefined) return this.#all.delete(key);
    if (this.#key !== key) return false;
    this.#key = this.#value = undefined;
    return true;
  }
}
