// Time and the event loop as a port: everything that waits, or asks what time it is, gets one of these.

export interface Clock {
  /** Milliseconds since the process started, never going back; steps are well below a microsecond. */
  monotonicMs(): number;
  /** Unix time in milliseconds, as the wall clock says: it may step. */
  unixMs(): number;
  /** Calls back once, `delayMs` from now or a little later. The returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
  /** Calls back once the current callback of the event loop has returned, before any I/O. */
  soon(callback: () => void): void;
  /** Calls back after the event loop has looked at its sockets once. */
  afterIo(callback: () => void): void;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  unixMs: () => Date.now(),
  after(delayMs, callback) {
    // It would leave out the fraction, and call too early.
    const timer = setTimeout(callback, Math.ceil(delayMs));
    return () => clearTimeout(timer);
  },
  soon: (callback) => queueMicrotask(callback),
  afterIo: (callback) => void setImmediate(callback),
};

/**
 * The hardware clock of this machine: Unix milliseconds with fractions, never going back. It is the wall clock as it
 * was when the process started, and how long that is ago, which `monotonicMs` says.
 */
export function hardwareMsAt(monotonicMs: number): number {
  return performance.timeOrigin + monotonicMs;
}
