// The gateway's bounds, each with its unit.

export const HTTP_LIMITS = {
  pageItemsMax: 500,
  pageItemsDefault: 50,
  cursorCharsMax: 1_024,
  nameCharsMax: 256,
  requestBodyBytesMax: 65_536,
  /** Bun's own fence behind that: a request that announces more gets the bare status 413. */
  announcedBodyBytesMax: 16_777_216,
  requestIdleSecondsMax: 30,
  /** A browser that answers no ping for so long is gone. */
  webSocketIdleSecondsMax: 30,
  /** Of one call; below the time after which a silent connection is closed. */
  callTimeoutMsMax: 25_000,
  /** Why an operator shuts a key. */
  reasonCharsMax: 1_000,
  /** Why a session is ended. */
  sessionReasonCharsMax: 120,
  /** Rows of the ledger, where only the last are asked for. */
  ledgerRowsMax: 10_000,
  stopGraceMs: 1_000,
  /** Who watches the live feed at once, of all and of one address. */
  liveViewersMax: 100,
  liveViewersPerAddressMax: 50,
  /** Events in one message of the feed, and the longest of them, in UTF-16 code units. */
  liveEventsMax: 200,
  liveEventLengthMax: 8_192,
  /** A viewer that has not taken so many bytes is left out until it has; for so many seconds, then it is cut off. */
  liveBehindBytesMax: 262_144,
  liveBehindSecondsMax: 30,
  /** What a viewer says is not for anybody; after so many messages it is closed. */
  liveMessagesFromViewerMax: 16,
  /** Time for a whole body, from the head on. */
  bodyMsMax: 10_000,
  /** Requests of one remote address: so many at once, then one each so many milliseconds. */
  requestsBurst: 2_000,
  requestsEveryMs: 2,
  /** Wrong tokens of one remote address, in the same way. */
  wrongTokensBurst: 10,
  wrongTokensEveryMs: 6_000,
  /** Remote addresses that are remembered for it. */
  addressesMax: 10_000,
  /** Refusals that are written into the audit, of all addresses; and of one that asks too often, one in so long. */
  refusalsBurst: 100,
  refusalsEveryMs: 1_000,
  refusedWindowMs: 60_000,
  /** Of an audit's entry, in UTF-16 code units. */
  auditBodyLengthMax: 2_000,
  auditPathLengthMax: 500,
  /** Until an entry is stored; then the act is refused. */
  auditMsMax: 2_000,
  /** Answers that are kept for a repeat under the same Idempotency-Key: how many, of what size, for how long. */
  repeatsMax: 1_000,
  repeatsBytesMax: 4_194_304,
  repeatBytesMax: 65_536,
  repeatMsMax: 600_000,
  /** Open at once, of all and of one remote address. */
  webSocketsMax: 4_096,
  webSocketsPerAddressMax: 500,
  /** So long a WebSocket may stay open for whom it was opened, when that token is revoked or over. */
  staleWebSocketMsMax: 10_000,
} as const;
