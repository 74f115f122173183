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
} as const;
