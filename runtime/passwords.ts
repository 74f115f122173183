// Password hashes: argon2id (RFC 9106), off the loop, so few at once that their memory stays bounded.
import { limits } from "./limits.ts";

/** As `Bun.password`: about 64 MiB and a tenth of a second each. */
const ARGON2ID = { algorithm: "argon2id" } as const;

export class PasswordHasher {
  readonly #runningMax: number;
  readonly #waitingMax: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  /** Of a password that nobody has: what is verified for a name that has none. */
  #nobodys: Promise<string> | undefined;

  constructor(runningMax: number = limits.passwordHashesMax, waitingMax: number = limits.passwordHashesWaitingMax) {
    this.#runningMax = runningMax;
    this.#waitingMax = waitingMax;
  }

  /** Undefined when too many wait already. */
  hash(password: string): Promise<string | undefined> {
    return this.#inTurn(() => Bun.password.hash(password, ARGON2ID));
  }

  /** Without a hash it is false and takes as long; undefined when too many wait already. */
  verify(password: string, hash: string | undefined): Promise<boolean | undefined> {
    return this.#inTurn(async () => {
      if (hash !== undefined) return Bun.password.verify(password, hash);
      this.#nobodys ??= Bun.password.hash(crypto.randomUUID(), ARGON2ID);
      await Bun.password.verify(password, await this.#nobodys);
      return false;
    });
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#running >= this.#runningMax) {
      if (this.#waiting.length >= this.#waitingMax) return undefined;
      await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
