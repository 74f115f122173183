// Who has invited whom: one invitation for each host, a few for each guest, and what happens when two cross.
import type { Kind } from "./match-schemas.ts";

export interface Invitation {
  /** Keys of the players. */
  readonly host: string;
  readonly guest: string;
  readonly kind: Kind;
  /** Monotonic time at which it is no more. */
  readonly untilMs: number;
}

export type Invited =
  | { readonly kind: "made"; readonly withdrawn: Invitation | undefined }
  /** Both want to play, and nobody needs to be asked: this one is the match, and neither is open any more. */
  | { readonly kind: "agreed"; readonly invitation: Invitation }
  | { readonly kind: "refused"; readonly why: "match.already_inviting" | "match.too_many" | "match.has_invited_you" };

/** Open invitations by host. Plain data, so that the lobby can show it. */
export type Invitations = Map<string, Invitation>;

/**
 * Where two cross, it does not matter which came first: hosted, they agree, and the first by key is the host; peer to
 * peer, where the guest has to name ports, the invitation of the first by key stands.
 */
export function invite(open: Invitations, invitation: Invitation, guestInvitationsMax: number): Invited {
  const { host, guest, kind } = invitation;
  const back = open.get(guest);
  const crossing = back?.guest === host ? back : undefined;
  if (open.has(host)) return { kind: "refused", why: "match.already_inviting" };
  if (crossing !== undefined) {
    if (crossing.kind === "hosted" && kind === "hosted") {
      open.delete(guest);
      return { kind: "agreed", invitation: host < guest ? invitation : crossing };
    }
    if (guest < host) return { kind: "refused", why: "match.has_invited_you" };
  }
  if (invitationsTo(open, guest).length >= guestInvitationsMax) return { kind: "refused", why: "match.too_many" };
  if (crossing !== undefined) open.delete(guest);
  open.set(host, invitation);
  return { kind: "made", withdrawn: crossing };
}

/** The invitation that is answered, which is open no more; undefined where there is none. */
export function takeInvitation(open: Invitations, host: string, guest: string): Invitation | undefined {
  const found = open.get(host);
  if (found?.guest !== guest) return undefined;
  open.delete(host);
  return found;
}

/** Those by and to a player, who is gone or plays: they are open no more. */
export function takeInvitationsOf(open: Invitations, player: string): readonly Invitation[] {
  return takeAll(open, ({ host, guest }) => host === player || guest === player);
}

export function takeExpired(open: Invitations, nowMs: number): readonly Invitation[] {
  return takeAll(open, ({ untilMs }) => untilMs <= nowMs);
}

function takeAll(open: Invitations, isTaken: (invitation: Invitation) => boolean): readonly Invitation[] {
  const taken = Array.from(open.values()).filter(isTaken);
  for (const { host } of taken) open.delete(host);
  return taken;
}

function invitationsTo(open: Invitations, player: string): readonly Invitation[] {
  return Array.from(open.values()).filter(({ guest }) => guest === player);
}
