// The other two connections of an existing client: its TLS connection, and the one by which we ping it.
import { limits, RuntimeError, session } from "#runtime/mod.ts";

import { GoneSchema } from "../chat/session-address.ts";
import { existingSessions, HEARTBEAT_SESSION, SaidSchema, SECURE_SESSION } from "./match-addresses.ts";
import { splitEnding } from "./message-fields.ts";
import { sentenceOf } from "./sentences.ts";
import type { MatchServices } from "./services.ts";

/** What comes here is heard by the session of the plain connection, which `openedFor` names. */
export function createSecureSession() {
  return session(SECURE_SESSION, {
    state: () => ({ ending: "" }),
    private: true,
    async opened(me: SecureContext) {
      const owner = me.ref(existingSessions, me.connection.openedFor);
      me.watch(owner, "ownerGone");
      const { remoteAddress } = me.connection;
      const isWelcome = await owner.secure({ key: me.key, remoteAddress }).catch(() => false);
      if (!isWelcome) me.end("match.not_your_port");
    },
    async message(me: SecureContext, message: string) {
      const { text, ending } = splitEnding(message);
      me.state.ending = ending;
      if (text === "") return;
      const owner = me.ref(existingSessions, me.connection.openedFor);
      const reply = await owner.secured({ text }, whileAsked).catch((error: unknown) => failed(me, text, error));
      if (reply !== "") me.send(reply + me.state.ending);
    },
  })
    .on("say", { in: SaidSchema }, (me, { text }) => me.send(text + me.state.ending))
    .on("ownerGone", { in: GoneSchema }, (me) => me.end("control_gone"));
}

/** What comes encrypted may have to wait for a password's hash. */
const whileAsked = { timeoutMs: limits.passwordTimeoutMs };

/** Of an owner that could not be asked. Whatever else is thrown is a crash. */
function failed(me: SecureContext, text: string, error: unknown): string {
  if (!(error instanceof RuntimeError)) throw error;
  me.countRefusal(error.code);
  const [name = ""] = /^[a-z]{1,16}(?=;|$)/.exec(text) ?? [];
  return `${name}ERR;${sentenceOf(error.code)}`;
}

type SecureContext = Parameters<Parameters<typeof session<{ ending: string }, string, string>>[1]["message"]>[0];
type HeartbeatContext = Parameters<Parameters<typeof session<HeartbeatState, string, string>>[1]["message"]>[0];

interface HeartbeatState {
  /** Monotonic. */
  pingedAtMs: number;
  isAnswered: boolean;
}

/** Pings a client at once and then again and again, and tells its session when an answer is late. */
export function createHeartbeatSession({ heartbeatMs, pongMs }: Pick<MatchServices, "heartbeatMs" | "pongMs">) {
  return session(HEARTBEAT_SESSION, {
    state: (): HeartbeatState => ({ pingedAtMs: 0, isAnswered: false }),
    private: true,
    async opened(me: HeartbeatContext) {
      const owner = me.ref(existingSessions, me.connection.openedFor);
      me.watch(owner, "ownerGone");
      const { remoteAddress } = me.connection;
      const isWelcome = await owner.heartbeat({ key: me.key, remoteAddress }).catch(() => false);
      if (isWelcome) ping(me);
      else me.end("control_gone");
    },
    message(me: HeartbeatContext, message: string) {
      if (!message.startsWith("pong") || me.state.isAnswered) return;
      me.state.isAnswered = true;
      me.ref(existingSessions, me.connection.openedFor).tell.heartbeatHeard();
      const sinceMs = me.turnStartedMs - me.state.pingedAtMs;
      me.timer("next", { afterMs: Math.max(0, heartbeatMs - sinceMs), send: "ping" });
    },
  })
    .on("ping", {}, ping)
    .on("late", {}, (me) => {
      me.ref(existingSessions, me.connection.openedFor).tell.heartbeatMissed();
      me.end("heartbeat_missed");
    })
    .on("ownerGone", { in: GoneSchema }, (me) => me.end("control_gone"));

  function ping(me: HeartbeatContext): void {
    me.send("ping");
    Object.assign(me.state, { pingedAtMs: me.turnStartedMs, isAnswered: false });
    me.timer("next", { afterMs: pongMs + limits.pongGraceMs, send: "late" });
  }
}
