// The bounds of the chat client: what it keeps, and how long it waits.
import type { Backoff } from "../machine/backoff.ts";

/** Messages of our own that are not acknowledged; the next is refused, or waits in its pipe. */
export const UNACKNOWLEDGED_MAX = 256;
/** Replies that are awaited besides. */
export const AWAITED_MAX = 256;
/** Messages of one place that wait for those before them; what comes then is asked for again. */
export const HELD_MAX = 1_000;
/** What is shown of a place where we have not been: so many messages. */
export const FIRST_HISTORY = 20;
/** As many as the server gives at once. */
export const HISTORY_PAGE = 100;

/** What the server could not do now is asked again after this time. */
export const AGAIN_AFTER_MS = 2_000;
/** Before datagrams are tried again. */
export const UDP_AGAIN: Backoff = { firstMs: 1_000, maxMs: 10_000 };
/** A datagram connection must be open by then, and bound after as long again. */
export const UDP_WITHIN_MS = 3_000;
/** A pipe that has ended waits so long for acknowledgements. */
export const FINISH_WITHIN_MS = 30_000;
