// The bounds of the messaging client and its bots: what they keep, and how long they wait.

/** Requests that are not answered; the next is refused, or waits in its pipe. */
export const REQUESTS_MAX = 64;
/** Channels that are followed at once. */
export const CHANNELS_MAX = 256;
/** History that could not be had now is asked for again after this time. */
export const AGAIN_AFTER_MS = 2_000;
/** Of a list of names; the others are counted. */
export const NAMES_SHOWN_MAX = 200;
/** UTF-16 code units of one line from elsewhere, well above what a server of ours sends; the rest is left out. */
export const SHOWN_LENGTH_MAX = 8_192;
/** Of a message that a person has typed, where it is only named. */
export const EXCERPT_LENGTH = 60;
/** A pipe that has ended waits so long for its replies. */
export const FINISH_WITHIN_MS = 30_000;

/** Of bots: messages whose way is over and that are still known, so that one that comes again is noticed. */
export const DELIVERED_KEPT_MAX = 10_000;
/** Of what was not as it should be, so much is shown; all of it is counted. */
export const PROBLEMS_SHOWN_MAX = 20;
/** When bots have said their last, they wait so long for what is on its way. */
export const SETTLE_WITHIN_MS = 15_000;
