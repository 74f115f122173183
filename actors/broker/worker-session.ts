// The session of a worker server: deals it requests, and gives its replies back to those who asked.
import {
  limits,
  session,
  type SessionContext,
  splitEnvelope,
  t,
  type ZmtpIncoming,
  ZmtpMessage,
  ZmtpPeer,
} from "#runtime/mod.ts";

import {
  BROKER_KEY,
  DealtSchema,
  ReleasedSchema,
  requesterSessions,
  type RequestId,
  RequestIdSchema,
  WORKER_SESSION,
  workersWanted,
} from "./broker-addresses.ts";
import type { BrokerType } from "./broker.ts";

interface WorkerState {
  lastNumber: number;
  /** What the worker has, by the number that stands on its envelope. */
  readonly dealt: Map<string, RequestId>;
  /** Requests that it takes at once: none before it is known, and when it wants no more. */
  window: number;
  /** What it has no longer, and the broker has not been told. */
  freed: readonly RequestId[];
}

/** Of the broker: that it is given up or released, that workers are wanted, and that it is to be told again. */
const NEWS_MAX = 8;

/**
 * A worker is dealt `[number, empty, …body]` and answers `[number, empty, …reply]`: what a REP socket does by itself. A
 * REP socket is dealt one at a time, so that its death loses one; others, which answer in any order, more. One that
 * sends an empty frame and nothing else is dealt no more, and its connection ends when it has answered what it has. A
 * reply without a frame is none: whoever asked is told so.
 */
export function createWorkerSession(broker: BrokerType) {
  const join = (me: WorkerContext): void => {
    const { window, dealt } = me.state;
    const has = Array.from(dealt.values());
    if (!me.ref(broker, BROKER_KEY).tell.joined({ worker: me.key, window, has }).accepted) again(me, "join");
  };
  const free = (me: WorkerContext, ...requests: readonly RequestId[]): void => {
    const all = [...me.state.freed, ...requests];
    const { accepted } = me.ref(broker, BROKER_KEY).tell.freed({ worker: me.key, requests: all });
    me.state.freed = accepted ? [] : all;
    if (!accepted) again(me, "free");
  };
  return session(WORKER_SESSION, {
    internal: true,
    state: (): WorkerState => ({ lastNumber: 0, dealt: new Map(), window: 0, freed: [] }),
    mailbox: { keptForCalls: 2 * limits.requestsPerWorkerMax + NEWS_MAX },
    message(me: WorkerContext, incoming: ZmtpIncoming) {
      const { state } = me;
      if (incoming instanceof ZmtpPeer) {
        state.window = incoming.socketType === "REP" ? 1 : limits.requestsPerWorkerMax;
        me.subscribe(workersWanted(BROKER_KEY), "wanted");
        return join(me);
      }
      const frames = incoming.frames();
      if (frames.length === 1 && frames[0]?.length === 0) {
        state.window = 0;
        return join(me);
      }
      const { envelope: [number] = [], body = [] } = splitEnvelope(frames) ?? {};
      const name = number?.toString("latin1") ?? "";
      const request = state.dealt.get(name);
      if (request === undefined) return me.countRefusal("worker.unknown_reply");
      state.dealt.delete(name);
      const { from, ticket } = request;
      const requester = me.ref(requesterSessions, from);
      if (body.length === 0) requester.tell.failed({ ticket, why: "no_reply" });
      else requester.tell.answered({ ticket, body: body.map((frame) => frame.toString("latin1")) });
      free(me, request);
    },
  })
    .on("dealt", { in: DealtSchema }, (me, { from, ticket, body }) => {
      const number = String(++me.state.lastNumber);
      me.state.dealt.set(number, { from, ticket });
      me.send(ZmtpMessage.of([number, "", ...body.map((frame) => Buffer.from(frame, "latin1"))]));
    })
    .on("givenUp", { in: RequestIdSchema }, (me, { from, ticket }) => {
      for (const known of me.state.dealt.values()) if (known.from === from && known.ticket === ticket) return;
      free(me, { from, ticket });
    })
    .on("released", { in: ReleasedSchema }, (me) => me.end("close"))
    .on("wanted", { in: t.Boolean() }, join)
    .on("join", {}, join)
    .on("free", {}, (me) => free(me));
}

function again(me: WorkerContext, what: "join" | "free"): void {
  me.timer(what, { afterMs: limits.brokerRetryMs, send: what });
}

type WorkerContext = SessionContext<WorkerState, ZmtpMessage>;
