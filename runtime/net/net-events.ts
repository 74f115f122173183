// What the sockets of a node report, and of whom.

/** Called once a connection: never on the path of a message. One that has said nothing has no id. */
export interface NetEvents {
  refused(event: { remoteAddress: string; reason: string }): void;
  failed(event: NetPeer & { error: Error }): void;
  ended(event: NetPeer & { reason: string }): void;
}

export interface NetPeer {
  readonly id?: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** These alone, of whatever has them. */
export function netPeer({ id, remoteAddress, remotePort }: NetPeer): NetPeer {
  return { ...(id === undefined ? {} : { id }), remoteAddress, remotePort };
}
