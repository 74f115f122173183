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
  /** With the headers of its frames. */
  readonly bytes: number;
  /** The worker that had it is gone, and somebody else has it now. */
  readonly isRepeated: boolean;
}

interface RequesterState {
  lastTicket: number;
  readonly pending: Map<number, Pending>;
  pendingBytes: number;
}

interface RequesterParts {
  readonly broker: BrokerType;
  readonly clocks: Desk["clocks"];
}

/** What may be pending in all: what was read when there were nearly too many is taken too. */
const PENDING_MAX = limits.requestsPerClientMax + limits.requestsReadMax;

/** A client may send the next request before it has the last reply: several workers may have some of its requests. */
export function createRequesterSession({ broker, clocks }: RequesterParts) {
  const fail = async (me: RequesterContext, pending: Pending, why: Failure): Promise<void> => {
    send(me, pending, await replyTo(pending.body, (request) => failureReply(clocks, request, why)));
  };
  const ask = async (me: RequesterContext, ticket: number): Promise<void> => {
    const asked = me.ref(broker, BROKER_KEY).tell.requested({ from: me.key, ticket });
    if (asked.accepted) return;
    const pending = take(me, ticket);
    if (pending !== undefined) await fail(me, pending, "no_worker");
  };
  return session(REQUESTER_SESSION, {
    state: (): RequesterState => ({ lastTicket: 0, pending: new Map(), pendingBytes: 0 }),
    // Of each request at most two messages come from broker and worker.
    mailbox: { capacity: limits.requestsReadMax + 2 * PENDING_MAX, keptForCalls: 2 * PENDING_MAX },
    async message(me: RequesterContext, incoming: ZmtpIncoming) {
      if (incoming instanceof ZmtpPeer) return;
      const request = splitEnvelope(incoming.frames());
      if (request === undefined) return me.countRefusal("requester.no_envelope");
      await ask(me, put(me, { ...request, isRepeated: false, bytes: incoming.bytes }));
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
      take(me, ticket);
      const desk: Desk = { store: new LocalStore(me), clocks, counters: me };
      send(me, pending, await replyTo(pending.body, (request): Promise<Reply> => serve(desk, request)));
    })
    .on("answered", { in: AnsweredSchema }, (me, { ticket, body }) => {
      const pending = take(me, ticket);
      if (pending !== undefined) send(me, pending, ...body.map((frame) => Buffer.from(frame, "latin1")));
    })
    .on("failed", { in: FailedSchema }, async (me, { ticket, why }) => {
      const pending = take(me, ticket);
      if (pending === undefined) return;
      if (why !== "worker_gone" || pending.isRepeated || !mayBeRepeated(pending.body)) return fail(me, pending, why);
      await ask(me, put(me, { ...pending, isRepeated: true }));
    });
}

/** Returns its ticket. */
function put(me: RequesterContext, pending: Pending): number {
  const { state } = me;
  state.pending.set(++state.lastTicket, pending);
  state.pendingBytes += pending.bytes;
  holdWhereFull(me);
  return state.lastTicket;
}

function take(me: RequesterContext, ticket: number): Pending | undefined {
  const { state } = me;
  const found = state.pending.get(ticket);
  state.pending.delete(ticket);
  state.pendingBytes -= found?.bytes ?? 0;
  holdWhereFull(me);
  return found;
}

function holdWhereFull(me: RequesterContext): void {
  const { pending, pendingBytes } = me.state;
  me.holdInput(pending.size >= limits.requestsPerClientMax || pendingBytes >= limits.requestBytesPerClientMax);
}

function send(me: RequesterContext, { envelope }: Pending, ...body: readonly Buffer[]): void {
  me.send(ZmtpMessage.of([...envelope, ...body]));
}

type RequesterContext = SessionContext<RequesterState, ZmtpMessage>;
