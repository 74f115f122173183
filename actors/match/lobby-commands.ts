// Commands about others: who is there, who leads, invitations and their answers, and reports of matches between peers.
import { limits, Refusal } from "#runtime/mod.ts";

import { Leaderboard, LEADERBOARD_KEY } from "./leaderboard.ts";
import { type Accepted, Lobby } from "./lobby.ts";
import { LOBBY_KEY, matchesOf } from "./match-addresses.ts";
import type { Answer, Caller, MatchCommand } from "./match-command.ts";
import type { Kind, Start } from "./match-schemas.ts";
import type { MatchTypes } from "./match-types.ts";
import { joinFields, parsePort } from "./message-fields.ts";
import { playerKeyOf } from "./player-key.ts";
import { takeSeat } from "./presence.ts";

const RESULTS = ["WIN", "LOST", "DRAW"] as const;

export function createLobbyCommands(types: MatchTypes): readonly MatchCommand[] {
  return [
    {
      name: "list",
      fields: [0, 1],
      async run({ session: me }, [after]) {
        const page = { count: limits.listedPlayersMax, ...(after === undefined ? {} : { after: playerKeyOf(after) }) };
        return joinFields("listACK", ...(await me.ref(Lobby, LOBBY_KEY).list(page)));
      },
    },
    {
      name: "leaders",
      fields: [0],
      async run({ session: me }) {
        const leaders = await me.ref(Leaderboard, LEADERBOARD_KEY).top({ count: limits.leadersMax });
        return joinFields("leadersACK", ...leaders.map(({ name, score }) => `${name}:${score}`));
      },
    },
    {
      name: "begin",
      fields: [2, 3],
      needsLogin: true,
      cost: limits.invitationCost,
      run: (caller, [guest = "", host = "", kind = "p2p"]) => begin(caller, types, { guest, host, kind }),
    },
    { name: "answer", fields: [2, 5], needsLogin: true, run: (caller, fields) => answer(caller, types, fields) },
    {
      name: "result",
      fields: [3],
      needsLogin: true,
      async run({ session: me }, [reporting = "", opponent = "", reported = ""]) {
        const { key, match } = me.state;
        if (playerKeyOf(reporting) !== key) throw me.refuse("match.reports_for_another");
        const result = RESULTS.find((each) => each === reported);
        if (result === undefined) throw me.refuse("match.bad_result");
        if (match?.kind !== "p2p") throw me.refuse("match.no_match");
        await me.ref(types.introduced, match.id).report({ key, opponent: playerKeyOf(opponent), result });
        return "resultACK";
      },
    },
    {
      name: "exit",
      fields: [0],
      run: () => ({ reply: "", end: "exit" }),
    },
  ];
}

interface Beginning {
  readonly guest: string;
  readonly host: string;
  readonly kind: string;
}

async function begin(caller: Caller, types: MatchTypes, { guest, host, kind }: Beginning): Promise<Answer> {
  const { session: me, isModern } = caller;
  if (playerKeyOf(host) !== me.state.key) throw me.refuse("match.invites_for_another");
  if (kind !== "p2p" && (kind !== "hosted" || !isModern)) throw me.refuse("match.bad_kind");
  const invitation = { host: me.state.key, guest: playerKeyOf(guest), kind: kind as Kind };
  const { accepted } = await me.ref(Lobby, LOBBY_KEY).invite(invitation);
  if (accepted === undefined) return "beginACK";
  await start(caller, accepted, { isCrossing: true });
  const other = accepted.host.key === me.state.key ? accepted.guest : accepted.host;
  return { reply: "beginACK", after: () => takeSeat(caller, types, { match: accepted.match, by: other.name }) };
}

async function answer(caller: Caller, types: MatchTypes, fields: readonly string[]): Promise<Answer> {
  const { session: me } = caller;
  const [host = "", accepting = "", matchPort, answering, pingPort] = fields;
  const { key } = me.state;
  if (accepting !== "True" && accepting !== "False") throw me.refuse("match.bad_answer");
  if (answering !== undefined && playerKeyOf(answering) !== key) throw me.refuse("match.answers_for_another");
  const ports = { matchPort: parsePort(matchPort ?? ""), pingPort: parsePort(pingPort ?? "") };
  const hasPorts = matchPort !== undefined;
  const accepts = accepting === "True";
  if (accepts && hasPorts && (ports.matchPort === undefined || ports.pingPort === undefined)) {
    throw me.refuse("match.bad_port");
  }
  const { accepted } = await me
    .ref(Lobby, LOBBY_KEY)
    .answer({ host: playerKeyOf(host), guest: key, accepts, hasPorts });
  if (accepted === undefined) return "answerACK";
  const { matchPort: playAt = 0, pingPort: pingAt = 0 } = ports;
  const address = { host: me.connection.remoteAddress, matchPort: playAt, pingPort: pingAt };
  await start(caller, accepted, { isCrossing: false, ...(accepted.match.kind === "p2p" ? { address } : {}) });
  return { reply: "answerACK", after: () => takeSeat(caller, types, { match: accepted.match }) };
}

/** Where it cannot begin, or nobody knows whether it has, both are free again, and the other is told no. */
async function start(caller: Caller, accepted: Accepted, how: Omit<Start, "host" | "guest">): Promise<void> {
  const { session: me } = caller;
  const { match, host, guest } = accepted;
  const started = me.ref(matchesOf(match.kind), match.id);
  try {
    await started.start({ host, guest, ...how });
  } catch (error) {
    if (!(error instanceof Refusal)) started.tell.left({ key: me.state.key });
    me.ref(Lobby, LOBBY_KEY).tell.over({ id: match.id, by: me.state.key, keys: [host.key, guest.key] });
    throw error;
  }
}
