// How an actor's state comes into memory and leaves it: made, loaded from the store, or unpacked; of a session, packed.
import type { CellHost } from "./cell-host.ts";
import type { DurableState } from "./durable-state.ts";
import { decode, encode, encodeDefined } from "./encoding.ts";
import { Envelope } from "./envelope.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Encoded } from "./stored.ts";
import { type EndingCell, failActivation } from "./turn-ending.ts";

/** Packed: a session's state was put away while its connection stays. */
export type Presence = "absent" | "waking" | "present" | "packed";

export interface ActivatedCell extends EndingCell {
  readonly host: CellHost;
  readonly mailbox: Mailbox;
  presence: Presence;
  state: unknown;
  /** The state is there, or the message at the head has failed for want of it. */
  woken(): void;
}

/** Before a handler is called. A durable actor has been woken by then: this is for the others. */
export function remember(cell: ActivatedCell): void {
  if (cell.presence === "present") return;
  if (cell.presence === "packed") {
    cell.state = decode(cell.state as Encoded);
  } else {
    cell.state = cell.host.type.options.state(cell.key);
    cell.host.stats.activations++;
  }
  cell.presence = "present";
}

/** Loads what is stored. What stands against that fails the message at the head; the next one tries again. */
export async function wake(cell: ActivatedCell, durable: DurableState): Promise<void> {
  cell.presence = "waking";
  try {
    cell.state = await durable.load();
    cell.presence = "present";
    cell.host.stats.activations++;
  } catch (error) {
    cell.presence = "absent";
    const head = cell.mailbox.peek();
    if (head instanceof Envelope) {
      cell.mailbox.shift(head);
      failActivation(cell, head, error);
    }
  }
  cell.woken();
}

/** A state that is no JSON stays as it is. */
export function pack(cell: ActivatedCell): void {
  const encoded = cell.presence === "present" ? encodeDefined(cell.state) : undefined;
  if (typeof encoded !== "string") return;
  cell.state = encoded;
  cell.presence = "packed";
}

/** A copy of the state, for whoever looks from outside; undefined where it is no JSON or not in memory. */
export function shownState(cell: { readonly presence: Presence; readonly state: unknown }): unknown {
  if (cell.presence === "packed") return decode(cell.state as Encoded);
  const encoded = cell.presence === "present" ? encode(cell.state) : undefined;
  return typeof encoded === "string" ? decode(encoded) : undefined;
}
