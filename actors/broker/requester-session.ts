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
  /** Monotonic. Also of one that is repeated: it runs from the request's arrival. */
  readonly dueMs: number;
  /** The worker that had it is gone, and somebody else has it now. */
  readonly isRepeated: boolean;
  /** Key of its session: it has been handed over. */
  worker: string | undefined;
}

interface RequesterState {
  lastTicket: number;
  readonly pending: Map<number, Pending>;
  pendingBytes: number;
  /** They are looked at again in a while. */
  isTimed: boolean;
}

interface RequesterParts {
  readonly broker: BrokerType;
  readonly clocks: Desk["clocks"];
}

/** What may be pending in all: what was read when there were nearly too many is taken too. */
const PENDING_MAX = limits.requestsPerClientMax + limits.requestsReadMax;

/** A client may send the next request before it has the last reply: several workers may have some of its requests. */
export function createRequesterSession({ broker, clocks }: RequesterParts) {
  const fail = async (me: RequesterContext, ticket: number, why: Failure): Promise<void> => {
    const pending = take(me, ticket);
    if (pending === undefined) return;
    send(me, pending, await replyTo(pending.body, (request) => failureReply(clocks, request, why)));
  };
  const begin = async (me: RequesterContext, pending: Pending): Promise<void> => {
    const ticket = put(me, pending);
    if (!ask(me, broker, ticket, pending)) await fail(me, ticket, "busy");
  };
  return session(REQUESTER_SESSION, {
    internal: true,
    state: (): RequesterState => ({ lastTicket: 0, pending: new Map(), pendingBytes: 0, isTimed: false }),
    // Of each request few messages come from broker and worker: it is dealt, and answered or failed.
    mailbox: { capacity: limits.requestsReadMax + 2 * PENDING_MAX, keptForCalls: 2 * PENDING_MAX },
    async message(me: RequesterContext, incoming: ZmtpIncoming) {
      if (incoming instanceof ZmtpPeer) return;
      const request = splitEnvelope(incoming.frames());
      if (request === undefined) return me.countRefusal("requester.no_envelope");
      const dueMs = me.turnStartedMs + limits.brokeredRequestMs;
      await begin(me, { ...request, isRepeated: false, bytes: incoming.bytes, dueMs, worker: undefined });
    },
  })
    .on("assigned", { in: AssignedSchema }, async (me, { ticket, worker }) => {
      if (worker !== undefined) return handOver(me, broker, ticket, worker);
      if (me.state.pending.get(ticket)?.worker !== undefined) return;
      const pending = take(me, ticket);
      if (pending === undefined) return;
      const desk: Desk = { store: new LocalStore(me), clocks, counters: me };
      send(me, pending, await replyTo(pending.body, (request): Promise<Reply> => serve(desk, request)));
    })
    .on("answered", { in: AnsweredSchema }, (me, { ticket, body }) => {
      const pending = take(me, ticket);
      if (pending !== undefined) send(me, pending, ...body.map((frame) => Buffer.from(frame, "latin1")));
    })
    .on("failed", { in: FailedSchema }, async (me, { ticket, why }) => {
      const pending = me.state.pending.get(ticket);
      if (pending === undefined) return;
      const isLate = pending.dueMs <= me.turnStartedMs;
      if (why !== "worker_gone" || isLate || pending.isRepeated || !mayBeRepeated(pending.body)) {
        return fail(me, ticket, why);
      }
      take(me, ticket);
      await begin(me, { ...pending, isRepeated: true, worker: undefined });
    })
    .on("look", {}, async (me) => {
      const { state, turnStartedMs } = me;
      state.isTimed = false;
      // A broker that has crashed knows of none of them: what was not handed over is asked for again.
      for (const [ticket, pending] of Array.from(state.pending)) {
        const { dueMs, worker } = pending;
        const leftMs = dueMs - turnStartedMs;
        if (leftMs <= -limits.brokerRetryMs) await fail(me, ticket, worker === undefined ? "busy" : "no_reply");
        else if (leftMs > 0 && worker === undefined) ask(me, broker, ticket, pending);
      }
      time(me);
    });
}

/** Whether the broker had room for it. */
function ask(me: RequesterContext, broker: BrokerType, ticket: number, { dueMs }: Pending): boolean {
  const leftMs = dueMs - me.turnStartedMs;
  return me.ref(broker, BROKER_KEY).tell.requested({ from: me.key, ticket, leftMs }).accepted;
}

/** To the worker that the broker has found, whose place is free again where that cannot be. */
function handOver(me: RequesterContext, broker: BrokerType, ticket: number, worker: string): void {
  const pending = me.state.pending.get(ticket);
  if (pending?.worker === worker) return;
  // What is late is not handed over: the broker may have taken it back from the worker.
  const isWanted = pending !== undefined && pending.worker === undefined && pending.dueMs > me.turnStartedMs;
  const body = isWanted ? pending.body.map((frame) => frame.toString("latin1")) : [];
  const isDealt = isWanted && me.ref(workerSessions, worker).tell.dealt({ from: me.key, ticket, body }).accepted;
  if (isDealt) pending.worker = worker;
  // What a worker had no room for is asked for again in a while; and a place that the broker has no room to hear of is
  // free when the request is late.
  else me.ref(broker, BROKER_KEY).tell.freed({ worker, requests: [{ from: me.key, ticket }] });
}

/** Returns its ticket. */
function put(me: RequesterContext, pending: Pending): number {
  const { state } = me;
  state.pending.set(++state.lastTicket, pending);
  state.pendingBytes += pending.bytes;
  holdWhereFull(me);
  time(me);
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
  me.holdOpen(pending.size > 0);
}

/** While any are pending. */
function time(me: RequesterContext): void {
  const { state } = me;
  if (state.isTimed || state.pending.size === 0) return;
  state.isTimed = true;
  me.timer("look", { afterMs: limits.brokerRetryMs, send: "look" });
}

function send(me: RequesterContext, { envelope }: Pending, ...body: readonly Buffer[]): void {
  me.send(ZmtpMessage.of([...envelope, ...body]));
}

type RequesterContext = SessionContext<RequesterState, ZmtpMessage>;
