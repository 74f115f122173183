// The session of an existing match client: its plain connection, which hears what comes over its TLS connection too.
import { limits, session, t } from "#runtime/mod.ts";

import { GoneSchema } from "../chat/session-address.ts";
import { dialAgain, isUnheard, redial, takePort } from "./existing-heartbeat.ts";
import { type ExistingSession, newExistingState } from "./existing-state.ts";
import {
  DeclinedSchema,
  EXISTING_SESSION,
  HEARTBEAT_SESSION,
  InvitedSchema,
  JoiningSchema,
  NotedSchema,
  SaidSchema,
  SeatedSchema,
  SECURE_SESSION,
  secureSessions,
} from "./match-addresses.ts";
import type { Caller, PlayerSession } from "./match-command.ts";
import { joinFields, splitEnding } from "./message-fields.ts";
import type { MatchSessionParts } from "./modern-session.ts";
import { obey, type Obeyed } from "./obey.ts";
import { say } from "./outlet.ts";
import { answerRollCall, takeSeat } from "./presence.ts";

/** What a client says first is its ping port: no command begins so. */
const BEGINS_WITH_DIGIT = /^\d/;
/** A port, or what looks like one, and perhaps the first command right behind it. */
const PORT_FIRST = /^(\d+)(|[a-z].*)$/s;

/** Its plain connection. */
function createPlainSession(parts: MatchSessionParts) {
  const { services, log, types, vocabulary } = parts;
  const command = async (me: ExistingSession, text: string): Promise<void> => {
    const obeyed = await obey(callerOf(me, parts), vocabulary, text, false);
    if (!obeyed.isAccount || me.state.secureKey === "") return deliver(me, obeyed);
    me.ref(secureSessions, me.state.secureKey).tell.say({ text: obeyed.reply });
  };
  return session(EXISTING_SESSION, {
    state: newExistingState,
    private: true,
    opened(me: ExistingSession) {
      log.connected(me.connection, me.turnStartedAt);
      const port = services.openSecurePort(me.key);
      if (port === undefined) return me.end("match.no_secure_port");
      me.send(joinFields("secport", port));
      me.timer("waiting", { afterMs: limits.otherConnectionsMs, send: "waitedEnough" });
    },
    async message(me: ExistingSession, message: string) {
      const { text, ending } = splitEnding(message);
      me.state.ending = ending;
      if (text === "") return;
      if (me.state.pingPort !== undefined || !BEGINS_WITH_DIGIT.test(text)) return command(me, text);
      const [, port = text, behind = ""] = PORT_FIRST.exec(text) ?? [];
      await takePort(me, services, port);
      if (behind !== "") await command(me, behind);
    },
    closed(me: ExistingSession, reason) {
      services.closeSecurePort(me.key);
      log.disconnected(me.connection, reason, me.turnStartedAt);
    },
  })
    .on("noted", { in: NotedSchema }, async (me, { to, text }) => {
      if (to === me.state.key) await say(me, text);
    })
    .on("invited", { in: InvitedSchema }, async (me, { to, host }) => {
      if (to === me.state.key) await say(me, joinFields("invite", host));
    })
    .on("declined", { in: DeclinedSchema }, async (me, { to, guest }) => {
      if (to === me.state.key) await say(me, joinFields("answer", guest, "False"));
    })
    .on("seated", { in: SeatedSchema }, async (me, { to, ...seat }) => {
      if (to === me.state.key) await takeSeat(callerOf(me, parts), types, seat);
    })
    .on("rollCall", { in: t.Object({}) }, answerRollCall)
    .on("replaced", {}, (me) => me.end("replaced"));
}

/** And what its TLS connection, and the one by which we ping it, have to say. */
export function createExistingSession(parts: MatchSessionParts) {
  const { services, log, vocabulary } = parts;
  const missed = (me: ExistingSession): void => {
    log.heartbeatMissed(me.state.name, me.connection, me.turnStartedAt);
    me.end("heartbeat_missed");
  };
  return createPlainSession(parts)
    .on("waitedEnough", {}, (me) => {
      services.closeSecurePort(me.key);
      if (me.state.pingPort === undefined) me.end("first_byte_timeout");
    })
    .on("secure", { in: JoiningSchema, out: t.Boolean() }, (me, { key, remoteAddress }) => {
      // The port was opened for this client: for one connection, and from its own address.
      if (me.state.secureKey !== "" || remoteAddress !== me.connection.remoteAddress) return false;
      me.state.secureKey = key;
      me.watch({ type: SECURE_SESSION, key }, "secureGone");
      services.closeSecurePort(me.key);
      return true;
    })
    .on("secureGone", { in: GoneSchema }, (me, { key }) => {
      if (me.state.secureKey === key) me.state.secureKey = "";
    })
    .on("secured", { in: SaidSchema, out: t.String() }, async (me, { text }): Promise<string> => {
      const obeyed = await obey(callerOf(me, parts), vocabulary, text, true);
      if (!obeyed.isAccount) await deliver(me, obeyed);
      return obeyed.isAccount ? obeyed.reply : "";
    })
    .on("heartbeat", { in: JoiningSchema, out: t.Boolean() }, (me, { key }) => {
      if (me.state.heartbeatKey !== "") return false;
      me.state.heartbeatKey = key;
      me.cancelTimer("dial");
      me.watch({ type: HEARTBEAT_SESSION, key }, "heartbeatGone");
      return true;
    })
    .on("heartbeatGone", { in: GoneSchema }, (me, { key }) => {
      if (me.state.heartbeatKey !== key) return;
      me.state.heartbeatKey = "";
      return isUnheard(me, services) ? missed(me) : redial(me, services);
    })
    .on("dial", {}, (me) => (isUnheard(me, services) ? missed(me) : dialAgain(me, services)))
    .on("heartbeatHeard", {}, (me) => void (me.state.heardAtMs = me.turnStartedMs))
    .on("heartbeatMissed", {}, missed);
}

function callerOf(me: ExistingSession, { services, log }: MatchSessionParts): Caller {
  const own = { type: EXISTING_SESSION, key: me.key };
  return { session: me as PlayerSession, own, services, log, say: (text) => say(me, text), isModern: false };
}

async function deliver(me: ExistingSession, { reply, after, end }: Obeyed): Promise<void> {
  if (reply !== "") await say(me, reply);
  await after?.();
  if (end !== undefined) me.end(end);
}
