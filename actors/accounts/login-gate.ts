// How often a password may be tried: from one address, for one account from there, and for one account from anywhere.
import { actor, type ActorContext, limits, t } from "#runtime/mod.ts";

import { TokenBuckets } from "./token-buckets.ts";

const TrySchema = t.Object({
  address: t.String({ description: "Where whoever tries is connected from" }),
  account: t.Optional(t.String({ description: "Key of the account whose password is tried; none where one is made" })),
});

/** There is one: all that is remembered is in one place, and bounded there. */
const GATE_KEY = "main";
/** Longer than any bucket takes to be full again: a gate that has slept knows nothing that matters. */
const FORGET_MS = 10 * 60_000;

const untried = () => ({
  addresses: new TokenBuckets({
    burst: limits.loginsPerAddressBurst,
    everyMs: limits.loginsPerAddressEveryMs,
    bucketsMax: limits.loginBucketsMax,
  }),
  pairs: new TokenBuckets({
    burst: limits.loginsPerAccountAndAddressBurst,
    everyMs: limits.loginsPerAccountAndAddressEveryMs,
    bucketsMax: limits.loginBucketsMax,
  }),
  accounts: new TokenBuckets({
    burst: limits.loginsPerAccountBurst,
    everyMs: limits.loginsPerAccountEveryMs,
    bucketsMax: limits.loginBucketsMax,
  }),
});

/**
 * Asked before anything is hashed. Tries from one address come to their end long before those for the account do: so a
 * stranger locks out himself, and the owner only where very many strangers try at once. A try that may not be made
 * takes nothing from any bucket.
 */
export const LoginGate = actor("login-gate", {
  about: "How often a password may be tried; there is one",
  aboutMethods: {
    pass: "Whether a password may be tried, or an account made, from there now",
  },
  state: untried,
  hibernateAfterMs: FORGET_MS,
  private: true,
  mailbox: { capacity: limits.loginGateMailboxMax },
}).on("pass", { in: TrySchema, out: t.Boolean() }, ({ state, turnStartedMs: nowMs }, { address, account }) => {
  const counted: [buckets: TokenBuckets, key: string][] = [[state.addresses, address]];
  if (account !== undefined) counted.push([state.pairs, `${account} ${address}`], [state.accounts, account]);
  const passes = counted.every(([buckets, key]) => buckets.has(key, nowMs));
  if (passes) for (const [buckets, key] of counted) buckets.take(key, nowMs);
  return passes;
});

type Asking = Pick<ActorContext<unknown>, "ref">;

/** Whether an account may be made now from this address. It takes no try from the account: nobody locks another out. */
export function mayMakeAccount(me: Asking, remoteAddress: string): Promise<boolean> {
  return me.ref(LoginGate, GATE_KEY).pass({ address: remoteAddress });
}

/** Whether a password may be tried now for the account with this key, from this address. */
export function mayTryPassword(me: Asking, accountKey: string, remoteAddress: string): Promise<boolean> {
  return me.ref(LoginGate, GATE_KEY).pass({ address: remoteAddress, account: accountKey });
}
