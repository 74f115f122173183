// The smallest durable actor, hosted to try things with: it counts, and what it has acknowledged is never lost.
import { actor, t } from "#runtime/mod.ts";

export interface CounterState {
  count: number;
}

const COUNT_MAX = Number.MAX_SAFE_INTEGER;

/** One for each key, such as `page/home`. */
export const Counter = actor("counter", {
  about: "Counts, to try things with: what it has acknowledged is never lost",
  aboutMethods: {
    add: "Adds to the count, or takes from it",
    clear: "Sets the count to 0",
    clearLater: "Sets the count to 0 after a time, by an alarm; asked again, the time begins anew",
    value: "What the count is",
  },
  state: (): CounterState => ({ count: 0 }),
  durable: true,
  indexed: ["count"],
})
  .on(
    "add",
    {
      in: t.Object({ amount: t.Integer({ description: "How much to add; may be negative, not 0", examples: [1] }) }),
      out: t.Integer({ description: "The count from now on", examples: [1] }),
    },
    (counter, { amount }) => {
      if (amount === 0) throw counter.refuse("counter.nothing_to_add", "Adding 0 changes nothing");
      const count = counter.state.count + amount;
      if (Math.abs(count) > COUNT_MAX) throw counter.refuse("counter.too_large", "It would not be exact any more");
      return (counter.state.count = count);
    },
  )
  .on("clear", {}, (counter) => {
    counter.state.count = 0;
    counter.cancelAlarm("clear");
  })
  .on(
    "clearLater",
    {
      in: t.Object({
        afterMs: t.Integer({ minimum: 0, maximum: 86_400_000, description: "From now", examples: [60_000] }),
      }),
    },
    (counter, { afterMs }) => counter.alarm("clear", { afterMs, send: "clear" }),
  )
  .read("value", { out: t.Integer({ description: "The count", examples: [1] }) }, (counter) => counter.state.count);
