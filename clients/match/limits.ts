// The bounds of the match client: what it keeps, and how long it waits.

/** Replies that are awaited; the next command is refused, or waits in its pipe. */
export const AWAITED_MAX = 64;
/** A reply that has not come by then: the connection is taken for lost. */
export const REPLY_WITHIN_MS = 20_000;
/** What the server could not do now is asked again after this time. */
export const AGAIN_AFTER_MS = 2_000;
/** Between two of our signs of life; each measures the delay too. */
export const SERVER_PING_EVERY_MS = 5_000;
export const PEER_PING_EVERY_MS = 2_000;
/** The latest measurements of a delay. */
export const DELAY_SAMPLES_MAX = 10;

/** Invitations to us, as many as the server lets a guest have. */
export const INVITATIONS_MAX = 8;
/** As the server has it: who has not answered by then has declined. */
export const INVITATION_MS = 60_000;
/** What we are told of our own invitation comes by then, or never. */
export const INVITED_WITHIN_MS = 75_000;
/** A hosted match that both want begins within this time, or does not. */
export const MATCH_WITHIN_MS = 15_000;

/** So long before our time to move is over, we are told. */
export const HURRY_MS = 10_000;

/** The peer is connected by then, or there is no game; a host tries again every so often. */
export const PEER_WITHIN_MS = 20_000;
export const PEER_AGAIN_MS = 500;
/** Within this time the server says what came of both reports. */
export const CONFIRMED_WITHIN_MS = 75_000;

/** As many as the server lets a connection watch. */
export const WATCHED_MAX = 8;
/** Pages of names that are shown, of 500 each. */
export const LIST_PAGES_MAX = 10;

/** A pipe that has ended waits so long for all that it began. */
export const FINISH_WITHIN_MS = 90_000;
