// Who the page acts for: signed in by a token, remembered by the browser in a cookie that no script can read.

import { batch, computed, signal } from "@preact/signals";

import { type Answer, ask, proveWith } from "../lib/api.ts";

export const ROLES = ["anonymous", "viewer", "operator", "admin"] as const;

export type Role = (typeof ROLES)[number];

export interface Identity {
  readonly name: string;
  readonly role: Role;
  readonly via: "none" | "token" | "cookie";
  readonly csrf?: string;
}

const NOBODY: Identity = { name: "", role: "anonymous", via: "none" };

export const identity = signal<Identity>(NOBODY);
/** False until the server has said it for the first time. */
export const isIdentityKnown = signal(false);
export const isSignedIn = computed(() => identity.value.via !== "none");
/** Whether the sign-in dialog is open. */
export const signInAsked = signal(false);

export async function loadIdentity(): Promise<void> {
  const answer = await ask<Identity>("GET", "/access/me");
  const known = answer.ok ? answer.value : NOBODY;
  proveWith(known.csrf ?? "");
  batch(() => {
    identity.value = known;
    isIdentityKnown.value = true;
  });
}

export async function signIn(token: string): Promise<Answer<undefined>> {
  const answer = await ask<undefined>("POST", "/access/sign-in", { body: { token } });
  if (answer.ok) await loadIdentity();
  return answer;
}

export async function signOut(): Promise<Answer<undefined>> {
  const answer = await ask<undefined>("POST", "/access/sign-out");
  await loadIdentity();
  return answer;
}

/** Why the one who is signed in may not do what takes this role; undefined where he may. */
export function whyNot(needed: Role): string | undefined {
  const has = ROLES.indexOf(identity.value.role);
  if (has >= ROLES.indexOf(needed)) return undefined;
  return isSignedIn.value ? `This takes the role ${needed}` : `Sign in as ${needed} to do this`;
}

/** A link `/#token=…` signs in; the token leaves the address and the history at once. */
export async function signInByLink(): Promise<void> {
  const token = /^#token=(.+)$/.exec(location.hash)?.[1];
  if (token === undefined) return loadIdentity();
  history.replaceState(null, "", "/");
  const answer = await signIn(decodeURIComponent(token));
  if (!answer.ok) await loadIdentity();
}
