// Commands of modern clients who look at what others do: hosted matches, their records, and ranks.
import { limits } from "#runtime/mod.ts";

import { Leaderboard, LEADERBOARD_KEY } from "./leaderboard.ts";
import { Lobby } from "./lobby.ts";
import { LOBBY_KEY } from "./match-addresses.ts";
import type { Answer, Caller, MatchCommand } from "./match-command.ts";
import type { MatchTypes } from "./match-types.ts";
import { joinFields, parseCount } from "./message-fields.ts";
import { playerKeyOf } from "./player-key.ts";
import { follow, unfollow } from "./presence.ts";
import { placeOf } from "./rules.ts";

const ID = /^[a-z0-9]{12}$/;

export function createLookingCommands(types: MatchTypes): readonly MatchCommand[] {
  return [
    {
      name: "matches",
      fields: [0],
      async run({ session: me }) {
        const found = await me.ref(Lobby, LOBBY_KEY).hosted({ count: limits.listedMatchesMax });
        return joinFields("matchesACK", ...found.map(({ id, host, guest }) => `${id}:${host}:${guest}`));
      },
    },
    { name: "watch", fields: [1], run: (caller, [what = ""]) => watch(caller, types, what) },
    {
      name: "unwatch",
      fields: [1],
      run({ session: me }, [id = ""]) {
        if (!me.state.watched.includes(id)) throw me.refuse("match.unknown");
        me.state.watched = me.state.watched.filter((each) => each !== id);
        if (me.state.match?.id !== id) unfollow(me, id);
        return `unwatchACK;${id}`;
      },
    },
    {
      name: "record",
      fields: [1],
      async run({ session: me }, [id = ""]) {
        const { host, guest, moves, isOver, winner, reason } = await me.ref(types.hosted, checkedId(me, id)).record();
        const places = moves.map(placeOf).map(({ row, column }) => `${row}${column}`);
        return joinFields("recordACK", id, host, guest, places.join(""), isOver ? "ended" : "playing", winner, reason);
      },
    },
    {
      name: "top",
      fields: [1],
      async run({ session: me }, [wanted = ""]) {
        const count = parseCount(wanted, limits.leadersMax);
        if (count === undefined) throw me.refuse("match.bad_count");
        return joinFields("topACK", ...(await me.ref(Leaderboard, LEADERBOARD_KEY).top({ count })).map(standing));
      },
    },
    {
      name: "around",
      fields: [0, 1],
      async run({ session: me }, [name]) {
        const key = name === undefined ? me.state.key : playerKeyOf(name);
        if (key === "") throw me.refuse(name === undefined ? "match.not_logged_in" : "leaderboard.unknown");
        const found = await me.ref(Leaderboard, LEADERBOARD_KEY).around({ key, count: limits.leadersAround });
        return joinFields("aroundACK", ...found.map(standing));
      },
    },
  ];
}

async function watch({ session: me }: Caller, types: MatchTypes, what: string): Promise<Answer> {
  const id = await watchable(me, types, what);
  const { watched } = me.state;
  if (!watched.includes(id) && watched.length >= limits.watchedMatchesMax) throw me.refuse("match.too_many_watched");
  if (!watched.includes(id)) watched.push(id);
  return { reply: `watchACK;${id}`, after: () => follow(me, types, id) };
}

/** The id of a match that there is. A player whose name looks like one does not stand in its way. */
async function watchable(me: Caller["session"], types: MatchTypes, what: string): Promise<string> {
  const isShown = (id: string): Promise<string> =>
    me
      .ref(types.hosted, id)
      .show()
      .then(() => id);
  const { match } = await me.ref(Lobby, LOBBY_KEY).matchOf({ key: playerKeyOf(what) });
  if (match?.kind !== "hosted") return isShown(checkedId(me, what));
  if (!ID.test(what)) return isShown(match.id);
  return isShown(what).catch(() => isShown(match.id));
}

/** As an id looks; whatever else a client sends is no key of ours. */
function checkedId(me: Caller["session"], id: string): string {
  if (!ID.test(id)) throw me.refuse("match.unknown");
  return id;
}

function standing({ rank, name, score }: { readonly rank: number; readonly name: string; readonly score: number }) {
  return `${rank}:${name}:${score}`;
}
