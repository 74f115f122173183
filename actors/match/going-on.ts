// Matches that go on, found among the players who are there: of one kind, of one player, page after page.
import { type Static, t } from "#runtime/mod.ts";

import { type Id, idKey } from "../chat/names.ts";
import { type HereSchema, KindSchema, type MatchRef } from "./match-schemas.ts";

export const GoingOnSchema = t.Object({
  player: t.Optional(t.String({ description: "Key of one of the two" })),
  kind: t.Optional(KindSchema),
  after: t.Optional(t.String({ description: "Ids after this one" })),
  count: t.Integer({ minimum: 1 }),
});

/** By id, which is by the time they began. Of two players one may be away: his match goes on with the other. */
export function goingOn(
  players: Iterable<Static<typeof HereSchema>>,
  { player, kind, after = "", count }: Static<typeof GoingOnSchema>,
): MatchRef[] {
  const found = new Map<string, MatchRef>();
  for (const { match } of players) {
    if (match === undefined || match.id <= after || (kind !== undefined && match.kind !== kind)) continue;
    if (player === undefined || plays(match, player)) found.set(match.id, match);
  }
  const order = Array.from(found.keys()).sort().slice(0, count);
  return order.map((id) => found.get(id) as MatchRef);
}

function plays({ host, guest }: MatchRef, key: string): boolean {
  return idKey(host as Id) === key || idKey(guest as Id) === key;
}
