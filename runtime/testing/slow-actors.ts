// Actors that take their time, to be asked with deadlines: `slow` waits or blocks, `middle` asks `slow` for others.
import { Type as t } from "@sinclair/typebox";

import { actor } from "../core/definition.ts";
import { SteppedSystem } from "./stepped-system.ts";

/** Two refs to `slow`, one to `middle`; notes that ran are in `ran`, the signals that handlers held in `signals`. */
export function startSlowActors() {
  const ran: string[] = [];
  const signals: AbortSignal[] = [];
  const Slow = actor("slow", { state: () => ({ count: 0 }) })
    .on("wait", { in: t.Number(), out: t.String() }, async (self, delayMs) => {
      signals.push(self.signal);
      await self.sleep(delayMs);
      return "done";
    })
    .on("lookLate", { in: t.Number() }, async (self, delayMs) => {
      await self.sleep(delayMs);
      signals.push(self.signal);
    })
    .on("block", { in: t.Number() }, (_, delayMs) => stepped.clock.block(delayMs))
    .on("note", { in: t.String() }, (_, text) => void ran.push(text));
  const Middle = actor("middle", { state: () => ({}) })
    .on("relay", { in: t.Number(), out: t.String() }, (self, timeoutMs) =>
      self.ref(Slow, "inner").wait(1_000_000, { timeoutMs }),
    )
    .on("relayLate", { in: t.Number() }, async (self, delayMs) => {
      await self.sleep(delayMs).catch(() => undefined);
      await self.ref(Slow, "inner").note("late");
    })
    .on("blockAndRelay", { in: t.Number(), out: t.String() }, (self, delayMs) => {
      stepped.clock.block(delayMs);
      return self.ref(Slow, "inner").wait(0);
    })
    .on("hear", {}, async (self) => {
      await self.ref(Slow, "inner").wait(40, { timeoutMs: 1_000 });
      ran.push("inner answered");
    });
  const stepped: SteppedSystem = new SteppedSystem([Slow, Middle]);
  const { system, clock } = stepped;
  const ask = system.ref(Slow, "a");
  return { stepped, clock, ran, signals, ask, inner: system.ref(Slow, "inner"), middle: system.ref(Middle, "m") };
}
