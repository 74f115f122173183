// The messages of one place, each once and in order, though they come twice, too early, or by another link.
import type { LinkName } from "../machine/actions.ts";
import { FIRST_HISTORY, HELD_MAX, HISTORY_PAGE } from "./limits.ts";

interface Numbered {
  readonly number: number;
}

export type Shown<M> =
  | { readonly kind: "message"; readonly message: M }
  /** So many are kept no more. */
  | { readonly kind: "gap"; readonly count: number };

/** Lines that follow a reply on its link: they are all there is of their numbers. */
interface Page {
  readonly link: LinkName;
  /** Lines that may still come. */
  left: number;
  /** Its last number. */
  readonly until: number;
  /** What was shown before is shown again. */
  readonly again: boolean;
}

export class Feed<M extends Numbered> {
  /** The last number shown; undefined before anybody has said how far the place is. */
  #seen: number | undefined;
  /** The highest number that there is, as far as we know. */
  #target = 0;
  #page: Page | undefined;
  #isAsked = false;
  /** The target when it was asked. */
  #askedTarget = 0;
  /** Came before those that stand before them. */
  readonly #held = new Map<number, M>();

  get seen(): number | undefined {
    return this.#seen;
  }

  /** Everything that we know of is shown. */
  get isCaughtUp(): boolean {
    return this.#seen !== undefined && this.#page === undefined && this.#seen >= this.#target;
  }

  /** The number after which history is wanted; undefined while none is, or it is on its way. */
  get wants(): number | undefined {
    return this.#isAsked || this.#page !== undefined || this.isCaughtUp ? undefined : this.#seen;
  }

  /**
   * The server has said how far the place is; `after` is what had been seen when it was asked. What follows that
   * number comes behind the reply, where `hasPage` says so: one page at most. True when
   * numbers have begun anew: then so do we.
   */
  opened(last: number, link: LinkName, after: number | undefined, hasPage: boolean): boolean {
    const isAnew = after !== undefined && last < after;
    if (isAnew) this.#held.clear();
    if (isAnew) this.#seen = 0;
    else if (after === undefined) this.#seen ??= Math.max(0, last - FIRST_HISTORY);
    else if (hasPage && last > after) this.#page = { link, left: HISTORY_PAGE, until: last, again: false };
    this.#target = isAnew ? last : Math.max(this.#target, last);
    return isAnew;
  }

  /** There is a message with this number. */
  known(number: number): void {
    this.#target = Math.max(this.#target, number);
  }

  /** History was asked for; nothing more is wanted before it is there. */
  asked(): void {
    this.#isAsked = true;
    this.#askedTarget = this.#target;
  }

  /** History could not be had now. */
  refused(): void {
    this.#isAsked = false;
  }

  /** The reply to that: so many lines follow, the last with this number. */
  page(count: number, last: number, link: LinkName, again: boolean): readonly Shown<M>[] {
    if (!again) this.#isAsked = false;
    if (count > 0) this.#page = { link, left: count, until: last, again };
    if (count > 0 || again || this.#seen === undefined) return [];
    // What we knew of when we asked, and do not have, is kept no more. What has come since says nothing about it.
    const next = Math.min(this.#askedTarget + 1, ...this.#held.keys());
    return [...(next > this.#seen ? this.#skipTo(next) : []), ...this.#release()];
  }

  /** A message has come. Returns what can be shown now. */
  take(message: M, link: LinkName): readonly Shown<M>[] {
    const { number } = message;
    this.#target = Math.max(this.#target, number);
    const page = this.#page;
    if (page?.link === link && number <= page.until) return this.#takeFromPage(message, page);
    if (this.#seen === undefined || number > this.#seen + 1) {
      if (this.#held.size < HELD_MAX) this.#held.set(number, message);
      return [];
    }
    return number <= this.#seen ? [] : [this.#show(message), ...this.#release()];
  }

  /** Nothing comes on this link any more. */
  lost(link: LinkName): void {
    if (this.#page?.link === link) this.#page = undefined;
    if (link === "main") this.#isAsked = false;
  }

  #takeFromPage(message: M, page: Page): readonly Shown<M>[] {
    if (--page.left === 0 || message.number === page.until) this.#page = undefined;
    const seen = this.#seen ?? 0;
    if (message.number <= seen) return page.again ? [{ kind: "message", message }] : this.#release();
    return [...this.#skipTo(message.number), this.#show(message), ...this.#release()];
  }

  #skipTo(number: number): readonly Shown<M>[] {
    const count = number - 1 - (this.#seen ?? 0);
    this.#seen = number - 1;
    return count > 0 ? [{ kind: "gap", count }] : [];
  }

  #show(message: M): Shown<M> {
    this.#seen = message.number;
    return { kind: "message", message };
  }

  /** What was held and can be shown now. */
  #release(): readonly Shown<M>[] {
    const shown: Shown<M>[] = [];
    for (const number of this.#held.keys()) if (number <= (this.#seen ?? 0)) this.#held.delete(number);
    for (let next = this.#next(); next !== undefined; next = this.#next()) shown.push(this.#show(next));
    return shown;
  }

  #next(): M | undefined {
    const number = (this.#seen ?? 0) + 1;
    const message = this.#held.get(number);
    this.#held.delete(number);
    return message;
  }
}
