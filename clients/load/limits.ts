// The bounds of the load client: what it accepts as settings, buffers, and waits for.

export const REPLY_PAYLOAD_BYTES_MAX = 1_048_576;
export const REQUEST_PAYLOAD_BYTES_MAX = 1_048_576;
/** Requests are encoded into one shared block of at least this size and written together. */
export const REQUEST_BLOCK_BYTES = 256 * 1_024;

export const CLIENTS_MAX = 10_000;
export const MESSAGES_PER_CLIENT_MAX = 10_000_000;
export const WORKERS_MAX = 10_000;
export const TIMEOUT_MS_MAX = 3_600_000;

/** How often stalled connections are looked for and progress is shown. */
export const SWEEP_INTERVAL_MS = 50;
/** How long a server may take to close after the close frame; then the connection is cut without complaint. */
export const CLOSE_GRACE_MS = 1_000;
/** Latencies above this are recorded as this. */
export const LATENCY_MS_MAX = 3_600_000;
/** Characters of a wrong reply that are kept as the example of its reason. */
export const EXAMPLE_CHARACTERS_MAX = 120;
