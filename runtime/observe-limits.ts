// Bounds of what shows a node to its operators, with their units: the live page, the log, traces.

export const observeLimits = {
  /** Snapshots of the live page that are kept: those of so many seconds, one each while somebody watches. */
  liveHistoryMax: 300,
  /**
   * Actors looked at for each of them, while somebody watches and while nobody does; those whose turns are known
   * from the one before; and those in each of its lists.
   */
  liveActorsLookedAtMax: 20_000,
  liveActorsLookedAtUnwatchedMax: 500,
  liveActorsKnownMax: 20_000,
  liveActorsListedMax: 10,

  /** A line of the log: what is longer keeps its beginning, and of what clients sent so many characters each. */
  logLineCharsMax: 8_192,
  logFieldCharsMax: 512,
  /** Of the log that is in memory, for whoever looks at it. */
  logTailLinesMax: 2_000,
  logTailCharsMax: 1_048_576,
  /** The file of the log: its size, those set aside, and what may wait for the disk; more is lost, and counted. */
  logFileBytesMax: 16 * 1_048_576,
  logFilesMax: 5,
  logFilePendingBytesMax: 1_048_576,
  /** So long after a write has failed, the file is begun again. */
  logFileRetryMs: 1_000,
  /** What it may take for its last lines when the process ends. */
  logFileCloseMs: 1_000,
  /** Spans that wait for the collector; more are dropped, and nothing new is followed. How many it is sent at once. */
  traceSpansMax: 8_192,
  traceBatchSpansMax: 512,
  traceDelayMs: 1_000,
  /** Traces begun of the node's own accord in a tenth of a second: a node under load spends nothing to speak of. */
  tracesBegunMax: 10,
  tracesBegunMs: 100,
  /** For the collector to take a batch, tries again included; and for the last ones when the process ends. */
  traceExportMs: 10_000,
  traceFlushMs: 1_000,
} as const;
