// The troubles that a test has in mind for its store: each meets the next operation of its name, in order.
import type { OperationName, StoreOperation, StorePlan, Trouble } from "./faulty-store.ts";

export class StoreScript {
  readonly #troubles = new Map<OperationName, Trouble[]>();

  /** The next of these, after those that have a trouble already. */
  next(name: OperationName, trouble: Trouble): void {
    const troubles = this.#troubles.get(name) ?? [];
    this.#troubles.set(name, troubles);
    troubles.push(trouble);
  }

  /** The next commit is held until the returned function is called: nothing of the turns in it leaves before. */
  holdCommit(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.next("commit", { until: promise });
    return resolve;
  }

  readonly plan: StorePlan = ({ name }: StoreOperation) => this.#troubles.get(name)?.shift();
}
