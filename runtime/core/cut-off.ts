// The end of a node, also where its actors are not done in time: nobody who asked is left without an answer.
import type { ProcessClock } from "../base/process-clock.ts";
import { settlesWithin } from "../base/settles-within.ts";
import type { ActorSystem } from "./system.ts";
import type { Turn } from "./turn.ts";

/** Drains it, closes its store and ends its clock. False when that took longer than `drainMs`: the rest is cut off. */
export async function stopSystem(system: ActorSystem, clock: ProcessClock, drainMs: number): Promise<boolean> {
  const drained = await settlesWithin(clock, system.drain(), drainMs);
  try {
    await system.store.close();
    // Answers that waited for what the store was still at work on go out first.
    await new Promise<void>((resolve) => clock.afterIo(resolve));
  } finally {
    if (!drained) cutOff(system);
    clock.kill();
  }
  return drained;
}

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
  turn.cancel("its node has ended");
}
