// The session of a modern match client, over TLS or a WebSocket: everything over one connection, a message is a line.
import { session, t } from "#runtime/mod.ts";

import { tellsPresenceOf } from "./lines.ts";
import { DeclinedSchema, InvitedSchema, type ModernSessionName, NotedSchema, SeatedSchema } from "./match-addresses.ts";
import type { Caller, MatchVocabulary, PlayerSession } from "./match-command.ts";
import type { MatchLog } from "./match-log.ts";
import type { MatchTypes } from "./match-types.ts";
import { joinFields, splitEnding } from "./message-fields.ts";
import { obey } from "./obey.ts";
import { takesPasswords } from "./plain-login.ts";
import { answerRollCall, nobody, takeSeat } from "./presence.ts";
import { type MatchServices, signsOfLife } from "./services.ts";

export interface MatchSessionParts {
  readonly services: MatchServices;
  readonly log: MatchLog;
  readonly types: MatchTypes;
  readonly vocabulary: MatchVocabulary;
}

/** `name` says over what; the session types differ in nothing else. */
export function createModernSession(name: ModernSessionName, { services, log, types, vocabulary }: MatchSessionParts) {
  const callerOf = (me: PlayerSession): Caller => {
    const own = { type: name, key: me.key };
    return { session: me, own, services, log, say: (text) => say(me, text), isModern: true };
  };
  return session(name, {
    state: nobody,
    private: true,
    opened: (me: PlayerSession) => log.connected(me.connection, me.turnStartedAt),
    async message(me: PlayerSession, message: string) {
      me.state.heardAtMs = me.turnStartedMs;
      const { text } = splitEnding(message);
      // An answer to our ping: all there is to it is that it came.
      if (text === "" || text === "pong") return;
      const caller = callerOf(me);
      const { reply, after, end } = await obey(caller, vocabulary, text, takesPasswords(caller, text));
      if (reply !== "") say(me, reply);
      await after?.();
      if (end !== undefined) me.end(end);
    },
    closed: (me: PlayerSession, reason) => log.disconnected(me.connection, reason, me.turnStartedAt),
  })
    .on("noted", { in: NotedSchema }, (me, { to, text }) => {
      if (to === me.state.key) say(me, text);
    })
    .on("invited", { in: InvitedSchema }, (me, { to, host, kind }) => {
      if (to === me.state.key) say(me, joinFields("invite", host, ...(kind === "hosted" ? [kind] : [])));
    })
    .on("declined", { in: DeclinedSchema }, (me, { to, guest }) => {
      if (to === me.state.key) say(me, joinFields("answer", guest, "False"));
    })
    .on("seated", { in: SeatedSchema }, async (me, { to, ...seat }) => {
      if (to === me.state.key) await takeSeat(callerOf(me), types, seat);
    })
    .on("matchLine", { in: t.String() }, (me, line) => {
      const { match, name: ownName } = me.state;
      // Whoever has logged out is in none. That he was away himself, and is back, is no news to him.
      if (match !== undefined && !tellsPresenceOf(line, match.id, ownName)) me.send(line);
    })
    .on("rollCall", { in: t.Object({}) }, answerRollCall)
    .on("replaced", {}, (me) => me.end("replaced"))
    .on("beat", {}, (me) => {
      const { state, turnStartedMs: nowMs } = me;
      const { pingMs, goneMs } = signsOfLife(services);
      const quietMs = nowMs - state.heardAtMs;
      if (quietMs >= goneMs) {
        log.heartbeatMissed(state.name, me.connection, me.turnStartedAt);
        return me.end("heartbeat_missed");
      }
      if (quietMs >= pingMs) me.send("ping\n");
      return me.timer("beat", { afterMs: (quietMs >= pingMs ? goneMs : pingMs) - quietMs, send: "beat" });
    });
}

function say(me: PlayerSession, text: string): void {
  me.send(`${text}\n`);
}
