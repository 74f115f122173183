// What the core reports, as log lines: one for each kind of event, bounded by reason.
import type { CoreEvents } from "../core/ports.ts";
import type { Log } from "./log.ts";
import type { StackSampler } from "./stack-sampler.ts";

/** Failures of the store are `storeFailed`'s to write down. Stacks are known where there is a sampler. */
export function logEvents(log: Log, storeFailed: (error: unknown) => void, stacks?: StackSampler): CoreEvents {
  return {
    crashed: ({ error, ...where }) => log.limited("error", "actor.crashed", { ...where, err: error }),
    refused: ({ reason, ...where }) => log.limited("info", reason, where),
    deadLetter: ({ reason, ...where }) => log.limited("warn", reason, { ...where, msg: "Put a message aside" }),
    quarantined: ({ reason, ...where }) =>
      log.limited("error", "actor.quarantined", { ...where, why: reason, msg: "Shut an actor until it is released" }),
    overBudget: (turn) => {
      const stack = stacks?.stackOf(turn.tookMs);
      log.limited("warn", "turn.over_budget", { ...turn, stack, msg: "Turns computed too long" });
    },
    stillOpen: (turn) => log.limited("warn", "turn.still_open", { ...turn, msg: "A turn has been waiting long" }),
    storeFailed: ({ error }) => storeFailed(error),
  };
}
