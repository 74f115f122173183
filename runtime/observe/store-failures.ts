// Failures of the store as log lines: each once, however many report it, and the same again within a while as a count.
import type { Clock } from "../base/clock.ts";
import { isPassedOn, isStoreFailure } from "../core/errors.ts";
import { limits } from "../limits.ts";
import type { Log } from "./log.ts";

/** The reason of a line is the code of the error; its stack is there only when the failure has no known cause. */
export function logStoreFailures({ logger }: Log, clock: Clock): (error: unknown) => void {
  const reported = new WeakSet<object>();
  const counts = new Map<string, number>();

  function closeWindow(): void {
    for (const [reason, count] of counts) {
      if (count > 1) logger.error({ reason, again: count - 1 }, "The store went on failing");
    }
    counts.clear();
  }

  return (error) => {
    if (isStoreFailure(error) && isPassedOn(error)) return;
    const identity = Object(error) as object;
    if (reported.has(identity)) return;
    reported.add(identity);
    const reason = isStoreFailure(error) ? error.code : "store.failed";
    const count = (counts.get(reason) ?? 0) + 1;
    if (counts.size === 0) clock.after(limits.storeFailureLogMs, closeWindow);
    counts.set(reason, count);
    if (count === 1) logger.error(...lineOf(reason, error));
  };
}

function lineOf(reason: string, error: unknown): [fields: object, message: string] {
  if (!isStoreFailure(error)) return [{ reason, err: error }, "The store failed"];
  const { cause, message } = error;
  if (cause === undefined) return [{ reason }, message];
  const isKnown = cause instanceof Error && "code" in cause;
  return [isKnown ? { reason, cause: cause.code } : { reason, err: error }, message];
}
