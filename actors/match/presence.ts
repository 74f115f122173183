// A player on a connection: how he comes to be there, is known in the lobby, follows his match, and leaves.
import { Refusal, RuntimeError } from "#runtime/mod.ts";

import { fullBudget } from "../text/budget.ts";
import { matchLines, snapshotLine } from "./lines.ts";
import { rollCall } from "./lobby.ts";
import { LOBBY_KEY } from "./match-addresses.ts";
import type { Caller, PlayerSession, PlayerSessionState } from "./match-command.ts";
import type { MatchRef, PeerAddress, Seat } from "./match-schemas.ts";
import type { MatchTypes } from "./match-types.ts";
import { joinFields } from "./message-fields.ts";
import { Player } from "./player.ts";
import { sentenceOf } from "./sentences.ts";

export const nobody = (): PlayerSessionState => ({
  name: "",
  key: "",
  match: undefined,
  watched: [],
  heardAtMs: 0,
  ...fullBudget(),
});

/** The account's password was given, or the resume key that has this digest. Throws a `Refusal` where it is no good. */
export async function attach(caller: Caller, key: string, name: string, keyDigest?: string): Promise<void> {
  const { session: me, own } = caller;
  const claim = { name, session: own, address: me.connection.remoteAddress };
  const attached = await me.ref(Player, key).attach(keyDigest === undefined ? claim : { ...claim, keyDigest });
  Object.assign(me.state, { key, name: attached.name, match: attached.match });
  me.subscribe(rollCall(LOBBY_KEY), "rollCall");
}

/** The lobby is a new one. */
export function answerRollCall(me: PlayerSession): void {
  if (me.state.key !== "") me.ref(Player, me.state.key).tell.announce();
}

export async function release({ session: me, own }: Caller): Promise<void> {
  const { key, match } = me.state;
  await me.ref(Player, key).release(own);
  me.unsubscribe(rollCall(LOBBY_KEY));
  if (match !== undefined) unfollow(me, match.id);
  Object.assign(me.state, { key: "", name: "", match: undefined });
}

/**
 * His match begins: whoever has invited is told who has said yes, and where to connect to. Once, though both his own
 * command and the match may say so.
 */
export async function takeSeat(caller: Caller, types: MatchTypes, { match, by, address }: Seat): Promise<void> {
  const { session: me } = caller;
  if (me.state.match?.id === match.id) return;
  if (by !== undefined) await caller.say(answerLine(by, address));
  await enterMatch(caller, types, match);
}

/** His match goes on, of which he may have missed the beginning. */
export async function comeBack(caller: Caller, types: MatchTypes, match: MatchRef): Promise<void> {
  const { session: me } = caller;
  await enterMatch(caller, types, match);
  if (match.kind === "hosted" || match.host !== me.state.name) return;
  const found = await shown(me, me.ref(types.introduced, match.id).where());
  if (found?.address !== undefined) await caller.say(answerLine(match.guest, found.address));
}

function answerLine(guest: string, address: PeerAddress | undefined): string {
  const where = address === undefined ? [] : [address.host, address.matchPort, address.pingPort];
  return joinFields("answer", guest, "True", ...where);
}

/** From now on all that is sent of the match comes to this connection, if it is a modern one: first how it stands. */
async function enterMatch({ session: me, isModern }: Caller, types: MatchTypes, match: MatchRef): Promise<void> {
  const before = me.state.match;
  if (before !== undefined && before.id !== match.id && !me.state.watched.includes(before.id)) unfollow(me, before.id);
  me.state.match = match;
  if (!isModern) return;
  // In turns of its own: what is sent of a move comes behind the reply to whoever has made it.
  me.subscribe(matchLines(match.id), "matchLine");
  if (match.kind === "hosted") await show(me, types, match.id);
}

/** As somebody who watches: first whatever is sent, then how it stands, so that nothing is missed between the two. */
export async function follow(me: PlayerSession, types: MatchTypes, id: string): Promise<void> {
  if (me.state.match?.id !== id) me.forward(matchLines(id));
  await show(me, types, id);
}

export function unfollow(me: PlayerSession, id: string): void {
  me.unsubscribe(matchLines(id));
}

async function show(me: PlayerSession, types: MatchTypes, id: string): Promise<void> {
  const snapshot = await shown(me, me.ref(types.hosted, id).show());
  if (snapshot !== undefined) me.send(snapshotLine(snapshot));
}

/** A match that cannot be shown is said to be so: the rest of what was asked for has been done. */
async function shown<Found>(me: PlayerSession, asked: Promise<Found>): Promise<Found | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof RuntimeError)) throw error;
    me.countRefusal(error.code);
    me.send(`matchERR;${sentenceOf(error.code)}\n`);
    return undefined;
  }
}
