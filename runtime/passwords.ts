// Password hashes: argon2id (RFC 9106), off the loop, so few at once that their memory stays bounded; nobody takes all.
import { limits } from "./limits.ts";

/** As `Bun.password`: about 64 MiB and 0.1 to 0.25 seconds each. */
const ARGON2ID = { algorithm: "argon2id" } as const;

/** Of a password that was thrown away: what is verified for a name that has none. */
const NOBODYS = [
  "$argon2id$v=19$m=65536,t=2,p=1",
  "QHveCzbueD59p82MmEyUWy6VY5h2Rjsq+6VE5kno4m0",
  "SCn3c4ddN1dFU60SrPXRAJEBxr3JmH7o1i0ipA1DBZM",
].join("$");

/** Who waits for a hash. */
interface Asker {
  readonly remoteAddress: string;
  /** Aborted when nobody waits any more: then nothing is hashed that had to wait. */
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly asker: Asker;
  /** False: it will not be its turn. */
  readonly decide: (isItsTurn: boolean) => void;
}

interface Bounds {
  readonly runningMax: number;
  readonly waitingMax: number;
  readonly waitingPerAddressMax: number;
}

const BOUNDS: Bounds = {
  runningMax: limits.passwordHashesMax,
  waitingMax: limits.passwordHashesWaitingMax,
  waitingPerAddressMax: limits.passwordHashesWaitingPerAddressMax,
};

export class PasswordHasher {
  readonly #bounds: Bounds;
  #running = 0;
  /** In the order in which they are hashed. */
  readonly #waiting: Waiting[] = [];

  constructor(bounds: Partial<Bounds> = {}) {
    this.#bounds = { ...BOUNDS, ...bounds };
  }

  /** Undefined when too many wait already, of all or of this address, and when the asker is gone before its turn. */
  hash(password: string, asker: Asker): Promise<string | undefined> {
    return this.#inTurn(asker, () => Bun.password.hash(password, ARGON2ID));
  }

  /** Without a hash it is false and takes as long; undefined as with `hash`. */
  verify(password: string, hash: string | undefined, asker: Asker): Promise<boolean | undefined> {
    const verify = async () => (await Bun.password.verify(password, hash ?? NOBODYS)) && hash !== undefined;
    return this.#inTurn(asker, verify);
  }

  async #inTurn<Result>(asker: Asker, work: () => Promise<Result>): Promise<Result | undefined> {
    if (asker.signal.aborted) return undefined;
    if (this.#running < this.#bounds.runningMax) this.#running++;
    else if (!this.#mayWait(asker) || !(await this.#turnOf(asker))) return undefined;
    try {
      return await work();
    } finally {
      // Its place goes to the next.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next.decide(true);
    }
  }

  #mayWait({ remoteAddress }: Asker): boolean {
    const { waitingMax, waitingPerAddressMax } = this.#bounds;
    const ofAddress = this.#waiting.filter(({ asker }) => asker.remoteAddress === remoteAddress).length;
    return this.#waiting.length < waitingMax && ofAddress < waitingPerAddressMax;
  }

  async #turnOf(asker: Asker): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiting: Waiting = { asker, decide: resolve };
    const leave = (): void => {
      const index = this.#waiting.indexOf(waiting);
      if (index >= 0) this.#waiting.splice(index, 1);
      resolve(false);
    };
    this.#waiting.push(waiting);
    asker.signal.addEventListener("abort", leave);
    const isItsTurn = await promise;
    asker.signal.removeEventListener("abort", leave);
    return isItsTurn;
  }
}
