// What the sockets of this node have done so far: plain fields that a scrape reads.

export class NetStats {
  accepted = 0;
  bytesIn = 0;
  /** Bytes written to connections that are closed by now; open ones know their own. */
  bytesOutOfClosed = 0;
  messagesIn = 0;
  messagesOut = 0;
  /** Times a socket was paused because its session could take no more. */
  pauses = 0;
  /** Connections turned away, and connections ended, by reason. */
  readonly refused = new Map<string, number>();
  readonly ended = new Map<string, number>();
  /** Connections that were dialled in vain, by reason. */
  readonly dialFailed = new Map<string, number>();

  countRefused(reason: string): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
  }

  countEnded(reason: string): void {
    this.ended.set(reason, (this.ended.get(reason) ?? 0) + 1);
  }

  countDialFailed(reason: string): void {
    this.dialFailed.set(reason, (this.dialFailed.get(reason) ?? 0) + 1);
  }
}
