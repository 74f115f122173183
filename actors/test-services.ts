// What actors are given in tests instead of a process: passwords without work, and logs that are kept in memory.
import { limits } from "#runtime/mod.ts";

import type { HashAsker, Passwords } from "./accounts/passwords.ts";
import type { Services } from "./catalog.ts";

/** As slow as hashing, without its work. */
export class PlainPasswords implements Passwords {
  /** How many were hashed or verified. */
  count = 0;
  busy = false;

  #held: HashAsker[] | undefined;

  /** From now on nothing is hashed: whoever asks waits, and is written down. */
  hold(): { readonly askers: readonly HashAsker[] } {
    return { askers: (this.#held ??= []) };
  }

  async hash(password: string, asker: HashAsker): Promise<string | undefined> {
    const may = await this.#begin(asker);
    return may ? `hash of ${password}` : undefined;
  }

  async verify(password: string, hash: string | undefined, asker: HashAsker): Promise<boolean | undefined> {
    const may = await this.#begin(asker);
    return may ? hash === `hash of ${password}` : undefined;
  }

  async #begin(asker: HashAsker): Promise<boolean> {
    this.count++;
    this.#held?.push(asker);
    if (this.#held !== undefined) await new Promise((resolve) => asker.signal.addEventListener("abort", resolve));
    return !this.busy && this.#held === undefined;
  }
}

const nothing = (): undefined => undefined;

/** Nothing but what is given does anything; all secrets are one. */
export function createTestServices(given: {
  readonly text?: Partial<Services["text"]>;
  readonly match?: Partial<Services["match"]>;
  readonly servers?: Partial<Services["servers"]>;
}): Services {
  const experiment = { numServers: "", numClients: "", numMessages: "" };
  return {
    pipeline: { serverId: "test", workMs: () => 0, experiment, ledger: { append: nothing } },
    text: {
      plainLogin: "allow",
      isWebEncrypted: false,
      clock: { unixMs: () => 0, monotonicMs: () => 0 },
      udpPort: nothing,
      secret: () => "secret",
      passwords: new PlainPasswords(),
      log: { console: nothing, file: nothing },
      ...given.text,
    },
    match: {
      heartbeatMs: limits.heartbeatMs,
      pongMs: limits.pongMs,
      turnMs: limits.turnMs,
      plainLogin: "allow",
      isWebEncrypted: false,
      secret: () => "secret",
      digest: (secret) => `digest of ${secret}`,
      openSecurePort: nothing,
      closeSecurePort: nothing,
      dialHeartbeat: nothing,
      listensAt: () => false,
      log: { append: nothing },
      ...given.match,
    },
    servers: {
      serves: true,
      hasJoined: false,
      hardwareMs: () => 0,
      sleepCount: () => 0,
      publications: { send: nothing },
      askStore: () => Promise.reject(new Error("There is no home")),
      administration: {
        askReference: async () => undefined,
        askServer: async () => undefined,
        keepServers: nothing,
        announce: async () => false,
      },
      proxy: { figures: () => ({ published: 0, delivered: 0, dropped: 0, subscribers: 0 }), slowest: () => [] },
      server: {
        address: undefined,
        instance: "test",
        heartbeatMs: limits.serverHeartbeatMs,
        synchronisation: "estimate",
        adopt: () => false,
        nameAt: nothing,
        askReference: async () => undefined,
        askServer: async () => undefined,
        addressOf: ({ address }) => address,
        keepServers: nothing,
        announce: nothing,
        standAs: nothing,
        log: nothing,
      },
      ...given.servers,
    },
  };
}
