// Why a connection ends: the codes of close frames. Numbers are part of the protocol and never change their meaning.

export const closeCode = {
  /** Nothing more is to be said. */
  done: 0,
  /** A packet with the right checksum and wrong contents. */
  malformed: 1,
  /** A packet was acknowledged that was never sent. */
  neverSent: 2,
  /** More came than the window allowed, or a message too far ahead. */
  windowOverrun: 3,
  /** Fragments of one message that contradict each other, or are too long together. */
  badMessage: 4,
  /** A message that cannot be inflated, or not within its limit. */
  badCompression: 5,
  /** The numbers of packets or messages are used up: connect again. */
  numbersUsedUp: 6,
  /** The server ends. */
  shutdown: 7,
  /** Nothing was said for too long. */
  idle: 8,
  /** From here on the application's own. */
  application: 64,
} as const;

/** What can be wrong with what came. */
export type Fault = "malformed" | "neverSent" | "windowOverrun" | "badMessage" | "badCompression";
