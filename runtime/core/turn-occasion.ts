// Turns that begin with more than a call: an alarm, the news that somebody is gone, a message that was tried before.
import type { CellHost } from "./cell-host.ts";
import type { Gone } from "./context.ts";
import type { DurableState } from "./durable-state.ts";
import type { Origin } from "./envelope.ts";
import { RuntimeError } from "./errors.ts";
import type { AlarmRecord } from "./stored.ts";
import type { FailureRecord } from "./supervision.ts";

export interface OccasionCell {
  readonly host: CellHost;
  readonly key: string;
  readonly address: string;
  readonly durable: DurableState | undefined;
  readonly failure: FailureRecord | undefined;
}

/** Notes what the turn's end has to say of it. False when it is void: the alarm was cancelled or replaced since. */
export function beginOccasion(cell: OccasionCell, turn: { unixMs(): number }, origin: Origin): boolean {
  const { durable, failure } = cell;
  if (failure?.isPoison(origin.id)) {
    const message = `Cannot handle ${origin.id} in "${cell.address}": it has crashed too often and was put aside`;
    throw new RuntimeError("actor.poison", message);
  }
  const { alarm, gone } = origin;
  if (durable === undefined) return true;
  if (gone !== undefined) {
    durable.atEnd(() => endWatch(cell, durable, gone));
  }
  if (alarm === undefined) return true;
  if (!durable.alarms.isCurrent(alarm)) return false;
  const unixMs = turn.unixMs();
  durable.atEnd(() => {
    if (durable.alarms.changes(alarm)) return;
    durable.alarms.set(alarm.name, nextFiring(alarm, unixMs, durable.nextVersion));
  });
  return true;
}

/** The news has been brought. The actor may be watched again since: that is another watch of the same name. */
export function endWatch(cell: Pick<OccasionCell, "host" | "key">, durable: DurableState, gone: Gone): void {
  const { type, services } = cell.host;
  if (!services.watches.isWatching({ type: type.name, key: cell.key }, gone)) durable.watches.set(gone, undefined);
}

/** The alarm after this firing; undefined when that was its last. */
export function nextFiring(alarm: AlarmRecord, unixMs: number, fire: number): AlarmRecord | undefined {
  const { dueAt, everyMs, missed } = alarm;
  if (everyMs === 0) return undefined;
  const missedTimes = missed === "all" ? 0 : Math.max(0, Math.floor((unixMs - dueAt) / everyMs));
  return { ...alarm, dueAt: dueAt + (missedTimes + 1) * everyMs, fire };
}
