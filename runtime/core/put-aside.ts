// Messages that nobody will handle, or whose handling came to nothing: their askers are told, the others are kept.
import type { CellHost, NodeServices } from "./cell-host.ts";
import type { Gone } from "./context.ts";
import type { DurableState } from "./durable-state.ts";
import { Envelope } from "./envelope.ts";
import { isStoreFailure, type RuntimeError } from "./errors.ts";
import type { HeldOutput } from "./group-commit.ts";
import type { MailboxItem } from "./mailbox.ts";
import { endWatch, nextFiring } from "./turn-occasion.ts";

export interface AddressedCell {
  readonly host: CellHost;
  readonly services: NodeServices;
  readonly key: string;
  readonly durable: DurableState | undefined;
  state: unknown;
}

/**
 * Nobody will handle this message: its asker is told. Without one it is a dead letter; an alarm comes again, and so do
 * the news of a durable watcher where the store was to blame: its watch still stands there.
 */
export function putAside(cell: AddressedCell, envelope: Envelope, why: RuntimeError): void {
  const { host, services, key } = cell;
  const { alarm, gone, inTime } = envelope.origin ?? {};
  if (envelope.asking !== undefined) envelope.asking.reject(why);
  else if (gone !== undefined && comesAgain(cell, envelope, gone, why)) return;
  else if (alarm === undefined) services.deadLetter(cell, envelope, why);
  else services.alarms.lookAgain({ type: host.type.name, key }, ...(inTime === true ? [alarm] : []));
}

function comesAgain(cell: AddressedCell, { method }: Envelope, gone: Gone, why: RuntimeError): boolean {
  const { host, services, key } = cell;
  if (host.type.options.durable !== true || !isStoreFailure(why)) return false;
  return services.watches.bringAgain({ type: host.type.name, key, method: method.name }, gone);
}

/** A message that waited, of an actor that is gone, or shut for this reason. */
export function discard(cell: AddressedCell, item: MailboxItem, why: RuntimeError | undefined): void {
  if (!(item instanceof Envelope)) item.release();
  else if (why === undefined) item.asking?.abandon();
  else putAside(cell, item, why);
}

/** What will not be tried again: a dead letter. An alarm goes on to its next time, a watch that brought news ends. */
export function settleAside(cell: AddressedCell, envelope: Envelope, why: RuntimeError): void {
  const { durable, services } = cell;
  const { alarm, gone } = envelope.origin ?? {};
  const isStored = durable?.loaded === true && (alarm !== undefined || gone !== undefined);
  if (!isStored) return services.deadLetter(cell, envelope, why);
  if (alarm !== undefined && durable.alarms.isCurrent(alarm)) {
    durable.alarms.set(alarm.name, nextFiring(alarm, services.clock.unixMs(), durable.nextVersion));
  }
  if (gone !== undefined) endWatch(cell, durable, gone);
  const change = durable.checkpoint(cell.state, true);
  // An alarm whose commit is lost comes again, and then has another letter; news do not.
  services.deadLetter(cell, envelope, why, alarm === undefined ? undefined : change);
}

/** A handler throws it: the message is put aside for this reason, which is no crash. */
export class Unhandled extends Error {
  readonly why: RuntimeError;

  constructor(why: RuntimeError) {
    super(why.message);
    this.why = why;
  }
}

/** Nobody waits for this message, but what came of it may be lost. */
export class Handled implements HeldOutput {
  readonly #cell: AddressedCell;
  readonly #envelope: Envelope;

  constructor(cell: AddressedCell, envelope: Envelope) {
    this.#cell = cell;
    this.#envelope = envelope;
  }

  release(): void {
    // It is stored: nothing is left to be done for it.
  }

  discard(error: RuntimeError): void {
    putAside(this.#cell, this.#envelope, error);
  }
}
