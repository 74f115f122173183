// The end of a node that has waited for its actors as long as it may: nobody who asked is left without an answer.
import type { ActorSystem } from "./system.ts";
import type { Turn } from "./turn.ts";

/**
 * Turns that go on are abandoned, their signals aborted, and every open ask fails with `system.draining`. What waits in
 * mailboxes is not run if the clock ends with this.
 */
export function cutOff(system: ActorSystem): void {
  for (const { cells } of system.hosts) {
    for (const cell of cells.values()) {
      for (const turn of cell.blockers()) abandon(turn as Turn);
    }
  }
  for (const asking of system.delivery.openAsks()) asking.cutOff();
}

/** What its handler still does counts for nothing; its actor has no other turn. */
function abandon(turn: Turn): void {
  turn.abandoned = true;
  turn.live = false;
  turn.cancel();
}
