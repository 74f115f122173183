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
} as const;
