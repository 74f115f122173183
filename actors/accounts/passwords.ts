// What accounts need of password hashing: a port, declared by its caller. `runtime/passwords.ts` has argon2id.

/** Both answer `undefined` when so many hashes wait already, of all or of this address, and when the asker is gone. */
export interface Passwords {
  hash(password: string, asker: HashAsker): Promise<string | undefined>;
  /** False also where there is no hash, and then it takes as long. */
  verify(password: string, hash: string | undefined, asker: HashAsker): Promise<boolean | undefined>;
}

export interface HashAsker {
  readonly remoteAddress: string;
  /** Aborted when nobody waits for the hash any more: what has not begun by then is not hashed. */
  readonly signal: AbortSignal;
}
