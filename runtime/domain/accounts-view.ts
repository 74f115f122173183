// Accounts as the gateway is given them, for an operator: hashes stay here, and who is shut out is shut out at once.
import type { AccountState } from "#actors/accounts/account.ts";
import { type Id, idKey } from "#actors/chat/names.ts";
import type { AccountOutcome, AccountsView, AccountView } from "#gateway/accounts.ts";

import { Refusal } from "../core/errors.ts";
import { limits } from "../limits.ts";
import { type DomainSources, pageOfActors } from "./domain-sources.ts";

/** All operators are one address to whom hashes are dealt. */
const REMOTE_ADDRESS = "operator";
/** An account may be hashing for somebody else, and that takes a while. */
const PATIENT = { timeoutMs: limits.passwordTimeoutMs };

const OUTCOMES: ReadonlyMap<string, AccountOutcome> = new Map([
  ["account.exists", "exists"],
  ["account.unknown", "unknown"],
  ["account.busy", "busy"],
]);

export function createAccountsView(sources: DomainSources): AccountsView {
  const { types, view, ref } = sources;
  const type = types.account.name;
  const accountOf = (name: Id) => ref(types.account, idKey(name));
  /** Whoever tries to log in as somebody whom there is not wakes one for a moment: it has no hash. */
  const account = async (key: string): Promise<AccountView | undefined> => {
    const state = (await view.inspect(type, key))?.state as Partial<AccountState> | undefined;
    if (state === undefined || (state.hash ?? "") === "") return undefined;
    const { name = "", createdAt = 0, disabled = false } = state;
    const made = createdAt === 0 ? {} : { createdAt };
    return { name: name === "" ? key : name, status: disabled ? "disabled" : "active", ...made };
  };
  return {
    account: (name) => account(idKey(name)),
    accounts({ prefix, ...page }) {
      const filter = prefix === undefined ? {} : { keyPrefix: idKey(prefix as Id) };
      return pageOfActors(sources, { type, ...page, ...filter }, account);
    },
    create: (name, password, signal) =>
      outcomeOf(async () => {
        const asked = { password, remoteAddress: REMOTE_ADDRESS, name };
        await accountOf(name).create(asked, { ...PATIENT, signal });
        await ref(types.person, idKey(name)).register(name);
      }),
    disable: (name) =>
      outcomeOf(async () => {
        await accountOf(name).disable(undefined, PATIENT);
        await shutOut(sources, name);
      }),
    enable: (name) => outcomeOf(() => accountOf(name).enable(undefined, PATIENT)),
    reset: (name, password, signal) =>
      outcomeOf(async () => {
        await accountOf(name).reset({ password, remoteAddress: REMOTE_ADDRESS }, { ...PATIENT, signal });
        await shutOut(sources, name);
      }),
  };
}

async function outcomeOf(act: () => Promise<void>): Promise<AccountOutcome> {
  try {
    await act();
    return "done";
  } catch (error) {
    const outcome = error instanceof Refusal ? OUTCOMES.get(error.code) : undefined;
    if (outcome === undefined) throw error;
    return outcome;
  }
}

/** No key opens it any more, and whoever is there by it is not. */
async function shutOut({ types, ref, endSession }: DomainSources, name: Id): Promise<void> {
  const key = idKey(name);
  const found = await Promise.all([ref(types.person, key).revoke(), ref(types.player, key).revoke()]);
  for (const { holder } of found) if (holder !== undefined) endSession(holder);
}
