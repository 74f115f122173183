// Our own messages until they are acknowledged: in order, and again with the same tag whenever a link was lost.
import type { LinkName } from "../machine/actions.ts";
import { UNACKNOWLEDGED_MAX } from "./limits.ts";

export interface Outgoing {
  readonly tag: string;
  /** Without the tag. */
  readonly command: string;
  /** A room, or `@` and the id of whom it is for. */
  readonly place: string;
  readonly text: string;
}

interface Entry {
  readonly outgoing: Outgoing;
  /** On which it is under way. */
  link: LinkName | undefined;
  /** The server could not do it: not before this monotonic time. */
  notBeforeMs: number;
}

export class Outbox {
  /** By tag, oldest first. */
  readonly #entries = new Map<string, Entry>();

  /** Messages that are not acknowledged. */
  get count(): number {
    return this.#entries.size;
  }

  get isFull(): boolean {
    return this.#entries.size >= UNACKNOWLEDGED_MAX;
  }

  /** When there may be something to send that may not be sent yet. */
  get wakeAtMs(): number {
    let wakeAtMs = Number.POSITIVE_INFINITY;
    for (const { link, notBeforeMs } of this.#entries.values()) {
      if (link === undefined && notBeforeMs > 0) wakeAtMs = Math.min(wakeAtMs, notBeforeMs);
    }
    return wakeAtMs;
  }

  add(outgoing: Outgoing): void {
    this.#entries.set(outgoing.tag, { outgoing, link: undefined, notBeforeMs: 0 });
  }

  countOf(place: string): number {
    return this.#of(place).length;
  }

  /**
   * What goes over this link now, marked as under way. Messages keep their order: what is under way elsewhere, or
   * waits, holds up all behind it; only places that are not `ready` hold up nothing but themselves.
   */
  take(link: LinkName, isReady: (place: string) => boolean): readonly Outgoing[] {
    const taken: Outgoing[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.link === link || !isReady(entry.outgoing.place)) continue;
      if (entry.link !== undefined || entry.notBeforeMs > 0) break;
      entry.link = link;
      taken.push(entry.outgoing);
    }
    return taken;
  }

  get(tag: string): Outgoing | undefined {
    return this.#entries.get(tag)?.outgoing;
  }

  /** Done, or refused for good. */
  remove(tag: string): void {
    this.#entries.delete(tag);
  }

  later(tag: string, notBeforeMs: number): void {
    const entry = this.#entries.get(tag);
    if (entry !== undefined) Object.assign(entry, { link: undefined, notBeforeMs });
  }

  /** What has waited long enough may be sent. */
  woken(nowMs: number): void {
    for (const entry of this.#entries.values()) if (entry.notBeforeMs <= nowMs) entry.notBeforeMs = 0;
  }

  /** Whether what was under way on this link arrived is unknown: it goes again. */
  lost(link: LinkName): void {
    for (const entry of this.#entries.values()) if (entry.link === link) entry.link = undefined;
  }

  /** They can never be said. */
  removeAll(place: string): readonly Outgoing[] {
    const removed = this.#of(place);
    for (const { tag } of removed) this.#entries.delete(tag);
    return removed;
  }

  #of(place: string): readonly Outgoing[] {
    return Array.from(this.#entries.values(), ({ outgoing }) => outgoing).filter((each) => each.place === place);
  }
}
