// What the core reports, as log lines: one for each kind of event, bounded by reason.
import type { CoreEvents } from "../core/ports.ts";
import type { Log } from "./log.ts";

export function logEvents(log: Log): CoreEvents {
  return {
    crashed: ({ error, ...where }) => log.limited("error", "actor.crashed", { ...where, err: error }),
    refused: ({ reason, ...where }) => log.limited("info", reason, where),
    deadLetter: ({ reason, ...where }) => log.limited("warn", reason, { ...where, msg: "Put a message aside" }),
    quarantined: ({ reason, ...where }) =>
      log.limited("error", "actor.quarantined", { ...where, why: reason, msg: "Shut an actor until it is released" }),
    overBudget: (turn) => log.limited("warn", "turn.over_budget", { ...turn, msg: "Turns computed too long" }),
    stillOpen: (turn) => log.limited("warn", "turn.still_open", { ...turn, msg: "A turn has been waiting long" }),
    storeFailed: ({ error }) => log.limited("error", "store.failed", { err: error, msg: "The store refused" }),
  };
}
