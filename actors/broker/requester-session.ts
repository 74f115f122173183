// The session of a client that sends requests: it asks the broker who serves each, and gives the reply to its client.
import {
  limits,
  session,
  type SessionContext,
  splitEnvelope,
  type ZmtpIncoming,
  ZmtpMessage,
  ZmtpPeer,
} from "#runtime/mod.ts";

import type { Desk } from "../messaging/desk.ts";
import { LocalStore } from "../messaging/local-store.ts";
import { replyTo } from "../messaging/reply-to.ts";
import { type Reply, serve } from "../messaging/serve.ts";
import {
  AnsweredSchema,
  AssignedSchema,
  BROKER_KEY,
  FailedSchema,
  type Failure,
  REQUESTER_SESSION,
  workerSessions,
} from "./broker-addresses.ts";
import type { BrokerType } from "./broker.ts";
import { failureReply, mayBeRepeated } from "./failed-requests.ts";

interface Pending {
  /** To be echoed before the reply. */
  readonly envelope: readonly Buffer[];
  readonly body: readonly Buffer[];
  /** The worker that had it is gone, and somebody else has it now. */
  isRepeated: boolean;
}

interface RequesterState {
  lastTicket: number;
  readonly pending: Map<number, Pending>;
}

interface RequesterParts {
  readonly broker: BrokerType;
  readonly clocks: Desk["clocks"];
}

/** A client may send the next request before it has the last reply: several workers may have some of its requests. */
export function createRequesterSession({ broker, clocks }: RequesterParts) {
  const fail = async (me: RequesterContext, pending: Pending, why: Failure): Promise<void> => {
    send(me, pending, await replyTo(pending.body, (request) => failureReply(clocks, request, why)));
  };
  const ask = async (me: RequesterContext, ticket: number, pending: Pending): Promise<void> => {
    const asked = me.ref(broker, BROKER_KEY).tell.requested({ from: me.key, ticket });
    if (asked.accepted) return;
    me.state.pending.delete(ticket);
    await fail(me, pending, "no_worker");
  };
  return session(REQUESTER_SESSION, {
    state: (): RequesterState => ({ lastTicket: 0, pending: new Map() }),
    // Of each request at most two messages come from broker and worker.
    mailbox: { keptForCalls: 2 * limits.requestsPerClientMax },
    async message(me: RequesterContext, incoming: ZmtpIncoming) {
      if (incoming instanceof ZmtpPeer) return;
      const request = splitEnvelope(incoming.frames());
      if (request === undefined) return me.countRefusal("requester.no_envelope");
      const pending: Pending = { ...request, isRepeated: false };
      const { state } = me;
      if (state.pending.size >= limits.requestsPerClientMax) return fail(me, pending, "no_worker");
      state.pending.set(++state.lastTicket, pending);
      await ask(me, state.lastTicket, pending);
    },
  })
    .on("assigned", { in: AssignedSchema }, async (me, { ticket, worker }) => {
      const pending = me.state.pending.get(ticket);
      if (pending === undefined) return;
      if (worker !== undefined) {
        const body = pending.body.map((frame) => frame.toString("latin1"));
        // One that is gone meanwhile: the broker hears of it, and says so.
        return void me.ref(workerSessions, worker).tell.dealt({ from: me.key, ticket, body });
      }
      me.state.pending.delete(ticket);
      const desk: Desk = { store: new LocalStore(me), clocks, counters: me };
      send(me, pending, await replyTo(pending.body, (request): Promise<Reply> => serve(desk, request)));
    })
    .on("answered", { in: AnsweredSchema }, (me, { ticket, body }) => {
      const pending = take(me.state, ticket);
      if (pending !== undefined) send(me, pending, ...body.map((frame) => Buffer.from(frame, "latin1")));
    })
    .on("failed", { in: FailedSchema }, async (me, { ticket, why }) => {
      const pending = take(me.state, ticket);
      if (pending === undefined) return;
      if (why !== "worker_gone" || pending.isRepeated || !mayBeRepeated(pending.body)) return fail(me, pending, why);
      pending.isRepeated = true;
      me.state.pending.set(++me.state.lastTicket, pending);
      await ask(me, me.state.lastTicket, pending);
    });
}

function take({ pending }: RequesterState, ticket: number): Pending | undefined {
  const found = pending.get(ticket);
  pending.delete(ticket);
  return found;
}

function send(me: RequesterContext, { envelope }: Pending, ...body: readonly Buffer[]): void {
  me.send(ZmtpMessage.of([...envelope, ...body]));
}

type RequesterContext = SessionContext<RequesterState, ZmtpMessage>;
