// Commands of modern clients who play hosted matches: moves, giving up, and whether anybody is there.
import { Lobby } from "./lobby.ts";
import { LOBBY_KEY } from "./match-addresses.ts";
import type { Caller, MatchCommand } from "./match-command.ts";
import type { MatchTypes } from "./match-types.ts";
import { joinFields, parseCount } from "./message-fields.ts";
import { playerKeyOf } from "./player-key.ts";
import { signsOfLife } from "./services.ts";

/** No board has more moves, or longer sides. */
const NUMBER_MAX = 9;

export function createPlayCommands(types: MatchTypes): readonly MatchCommand[] {
  return [
    {
      name: "play",
      fields: [2, 3],
      needsLogin: true,
      async run(caller, [row = "", column = "", number]) {
        const { session: me } = caller;
        const id = hostedMatchOf(caller);
        const move = { key: me.state.key, row: coordinate(row), column: coordinate(column) };
        if (number === undefined) return `playACK;${await me.ref(types.hosted, id).play(move)}`;
        const wanted = parseCount(number, NUMBER_MAX);
        if (wanted === undefined) throw me.refuse("match.wrong_number");
        return `playACK;${await me.ref(types.hosted, id).play({ ...move, number: wanted })}`;
      },
    },
    {
      name: "end",
      fields: [0],
      needsLogin: true,
      async run({ session: me }) {
        const { key, match } = me.state;
        if (match === undefined) throw me.refuse("match.not_in_match");
        if (match.kind === "hosted") await me.ref(types.hosted, match.id).resign({ key });
        else await me.ref(types.introduced, match.id).leave({ key });
        return "endACK";
      },
    },
    {
      name: "where",
      fields: [1],
      needsLogin: true,
      async run({ session: me }, [name = ""]) {
        const asked = { of: playerKeyOf(name), asking: me.state.key };
        return joinFields("whereACK", name, await me.ref(Lobby, LOBBY_KEY).addressOf(asked));
      },
    },
    { name: "ping", fields: [0, 1], run: (_, [text]) => (text === undefined ? "pong" : `pong;${text}`) },
    {
      name: "heartbeat",
      fields: [0],
      run({ session: me, services }) {
        const { pingMs, goneMs } = signsOfLife(services);
        me.timer("beat", { afterMs: pingMs, send: "beat" });
        return joinFields("heartbeatACK", pingMs, goneMs);
      },
    },
  ];
}

function hostedMatchOf({ session: me }: Caller): string {
  const { match } = me.state;
  if (match?.kind !== "hosted") throw me.refuse("match.not_in_match");
  return match.id;
}

/** What is no coordinate is off the board. */
const coordinate = (text: string): number => parseCount(text, NUMBER_MAX) ?? 0;
