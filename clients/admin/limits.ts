// The bounds of the administration's program.

/** For the end of its connections, so that what it has sent is not cut off. */
export const CLOSE_MS = 1_000;
/** Between two looks of `live`, at least and at most. */
export const EVERY_MS_MIN = 100;
export const EVERY_MS_MAX = 3_600_000;
/** Of a name in a table, in columns; what is longer is cut off. */
export const NAME_COLUMNS_MAX = 16;
/** Of a text that a server sent, in UTF-16 code units. */
export const TEXT_LENGTH_MAX = 1_024;
