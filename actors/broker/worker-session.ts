// The session of a worker server: deals it requests, and gives its replies back to those who asked.
import {
  limits,
  session,
  type SessionContext,
  splitEnvelope,
  type ZmtpIncoming,
  ZmtpMessage,
  ZmtpPeer,
} from "#runtime/mod.ts";

import { BROKER_KEY, DealtSchema, requesterSessions, type RequestId, WORKER_SESSION } from "./broker-addresses.ts";
import type { BrokerType } from "./broker.ts";

interface WorkerState {
  lastNumber: number;
  /** What the worker has, by the number that stands on its envelope. */
  readonly dealt: Map<string, RequestId>;
}

/**
 * A worker is dealt `[number, empty, …body]` and answers `[number, empty, …reply]`: what a REP socket does by itself. A
 * REP socket is dealt one at a time, so that its death loses one; others, which answer in any order, more.
 */
export function createWorkerSession(broker: BrokerType) {
  return session(WORKER_SESSION, {
    state: (): WorkerState => ({ lastNumber: 0, dealt: new Map() }),
    mailbox: { keptForCalls: limits.requestsPerWorkerMax },
    message(me: WorkerContext, incoming: ZmtpIncoming) {
      const { state, key } = me;
      if (incoming instanceof ZmtpPeer) {
        const window = incoming.socketType === "REP" ? 1 : limits.requestsPerWorkerMax;
        return void me.ref(broker, BROKER_KEY).tell.joined({ worker: key, window });
      }
      const { envelope: [number] = [], body = [] } = splitEnvelope(incoming.frames()) ?? {};
      const name = number?.toString("latin1") ?? "";
      const request = state.dealt.get(name);
      if (request === undefined) return me.countRefusal("worker.unknown_reply");
      state.dealt.delete(name);
      const { from, ticket } = request;
      me.ref(requesterSessions, from).tell.answered({ ticket, body: body.map((frame) => frame.toString("latin1")) });
      me.ref(broker, BROKER_KEY).tell.freed({ worker: key, from, ticket });
    },
  }).on("dealt", { in: DealtSchema }, (me, { from, ticket, body }) => {
    const number = String(++me.state.lastNumber);
    me.state.dealt.set(number, { from, ticket });
    me.send(ZmtpMessage.of([number, "", ...body.map((frame) => Buffer.from(frame, "latin1"))]));
  });
}

type WorkerContext = SessionContext<WorkerState, ZmtpMessage>;
