// Password hashes: argon2id (RFC 9106), off the loop, so few at once that their memory stays bounded.
import { limits } from "./limits.ts";

/** As `Bun.password`: about 64 MiB and a tenth of a second each. */
const ARGON2ID = { algorithm: "argon2id" } as const;

/** Of a password that was thrown away: what is verified for a name that has none. */
const NOBODYS = [
  "$argon2id$v=19$m=65536,t=2,p=1",
  "QHveCzbueD59p82MmEyUWy6VY5h2Rjsq+6VE5kno4m0",
  "SCn3c4ddN1dFU60SrPXRAJEBxr3JmH7o1i0ipA1DBZM",
].join("$");

export class PasswordHasher {
  readonly #runningMax: number;
  readonly #waitingMax: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

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
    return this.#inTurn(async () => (await Bun.password.verify(password, hash ?? NOBODYS)) && hash !== undefined);
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
