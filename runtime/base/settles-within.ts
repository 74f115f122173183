// Waiting for something, but not for ever.
import type { Clock } from "./clock.ts";

/** False when the time was over before the promise was resolved. Rejects with what the promise rejects with by then. */
export function settlesWithin(clock: Clock, promise: Promise<unknown>, waitMs: number): Promise<boolean> {
  const { promise: timeout, resolve } = Promise.withResolvers<boolean>();
  const cancel = clock.after(waitMs, () => resolve(false));
  return Promise.race([promise.then(() => true), timeout]).finally(cancel);
}
