// What accounts need of password hashing: a port, declared by its caller. `runtime/passwords.ts` has argon2id.

/** Both answer `undefined` when so many hashes wait already that one more would not be done in time. */
export interface Passwords {
  hash(password: string): Promise<string | undefined>;
  /** False also where there is no hash, and then it takes as long. */
  verify(password: string, hash: string | undefined): Promise<boolean | undefined>;
}
