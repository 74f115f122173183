// Every bound of the network relay, with its unit.

export const relayLimits = {
  /** Datagrams, and their bytes, that are on their way in one direction; a further one is dropped and counted. */
  packetsOnTheWayMax: 65_536,
  bytesOnTheWayMax: 64 * 1_048_576,
  /** Senders of datagrams that are kept apart; those of a further one are dropped and counted. */
  flowsMax: 4_096,
  /** A flow in which nothing came in either direction for this long is forgotten. */
  flowIdleMs: 60_000,
  /** Datagrams of a new flow that wait for its socket. */
  packetsBeforeOpenMax: 64,
  /** TCP connections; a further one is reset and counted. */
  connectionsMax: 4_096,
  /** Bytes of one TCP connection on their way in one direction: above it, its sender is not read; below half, again. */
  streamBytesMax: 1_048_576,
  /** What the model of TCP takes for one segment: an Ethernet packet of 1 500 bytes without its headers. */
  segmentBytes: 1_448,
  /** The least time after which Linux sends a segment again, the most, and how often it does. */
  retransmitMs: 200,
  retransmitMaxMs: 120_000,
  retransmissionsMax: 15,
  /** What a link lets through at once, and what waits behind it, unless the faults say otherwise. */
  rateBurstBytes: 3_000,
  rateQueueBytes: 65_536,
  /** How much later a packet comes that is taken out of line, unless the faults say otherwise. */
  reorderByMs: 10,
  /** Longest time that a fault may add, and the largest number of bytes or bits that one may name. */
  faultMsMax: 3_600_000,
  faultCountMax: 1e12,
} as const;
