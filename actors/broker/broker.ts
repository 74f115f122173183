// The broker: gives each request to the next worker that has room, and lets none of them wait for ever.
import { actor, type ActorContext, limits, t } from "#runtime/mod.ts";

import { GoneSchema } from "../chat/session-address.ts";
import {
  BROKER_KEY,
  type Failure,
  requesterSessions,
  type RequestId,
  RequestIdSchema,
  WORKER_SESSION,
  workerSessions,
  workersWanted,
} from "./broker-addresses.ts";

const JoinSchema = t.Object({
  worker: t.String({ description: "Key of its session" }),
  window: t.Integer({ minimum: 0, description: "Requests that it takes at once; 0: no more, and then it leaves" }),
  has: t.Array(RequestIdSchema, { description: "Those that it was dealt, and has not answered" }),
});
const RequestedSchema = t.Object({
  ...RequestIdSchema.properties,
  leftMs: t.Number({ description: "Until nobody waits for it any more" }),
});
const FreedSchema = t.Object({ worker: t.String(), requests: t.Array(RequestIdSchema) });
const FiguresSchema = t.Object({ workers: t.Integer(), waiting: t.Integer(), running: t.Integer() });

interface Worker {
  /** Undefined: the session that has the request serves it itself, and that takes no part in what is counted here. */
  readonly key: string | undefined;
  window: number;
  /** Also those that were given up: a worker that hangs is dealt nothing more until it answers. */
  readonly has: Set<string>;
}

interface Open extends RequestId {
  /** Undefined: it waits for one. */
  worker: Worker | undefined;
  /** Monotonic. */
  readonly dueMs: number;
}

interface BrokerState {
  readonly workers: Worker[];
  nextIndex: number;
  /** Neither answered nor given up, each in the order in which they came. */
  readonly waiting: Map<string, Open>;
  readonly running: Map<string, Open>;
  /** When they are looked at next. */
  lookMs: number;
  /** Workers that may be there, and are not known: after a crash, or where there was no room for them. */
  areWanted: boolean;
}

type BrokerContext = ActorContext<BrokerState>;

const idOf = ({ from, ticket }: RequestId): string => `${from}/${ticket}`;

/**
 * One for a node, key `BROKER_KEY`. `servesItself`: the node is one of the workers. What it knows is in memory alone:
 * when that is lost, workers join again, and requesters ask again for what was not dealt.
 */
export function createBroker({ servesItself }: { readonly servesItself: boolean }) {
  const createState = (): BrokerState => ({
    workers: servesItself ? [{ key: undefined, window: Number.POSITIVE_INFINITY, has: new Set() }] : [],
    nextIndex: 0,
    waiting: new Map(),
    running: new Map(),
    lookMs: Number.POSITIVE_INFINITY,
    areWanted: true,
  });
  return actor("request-broker", {
    about: "Who serves which request of a ZeroMQ client; there is one",
    internal: true,
    state: createState,
    mailbox: { capacity: limits.brokerMailboxMax },
  })
    .on("joined", { in: JoinSchema }, (broker, { worker: key, window, has }) => {
      callWorkers(broker);
      const worker = broker.state.workers.find((known) => known.key === key) ?? admit(broker, key, has);
      if (worker === undefined) return;
      worker.window = window;
      releaseWhenDone(broker, worker);
      dealWaiting(broker);
    })
    .on("gone", { in: GoneSchema }, (broker, { key }) => {
      const { state } = broker;
      const isFull = state.workers.length >= limits.brokerWorkersMax;
      forget(state, key);
      for (const open of state.running.values()) if (open.worker?.key === key) fail(broker, open, "worker_gone");
      state.areWanted ||= isFull;
      callWorkers(broker);
    })
    .on("requested", { in: RequestedSchema }, (broker, { leftMs, ...request }) => {
      const { state, turnStartedMs } = broker;
      callWorkers(broker);
      const id = idOf(request);
      if (state.waiting.has(id) || state.running.has(id)) return;
      const open: Open = { ...request, worker: undefined, dueMs: turnStartedMs + leftMs };
      state.waiting.set(id, open);
      dealWaiting(broker);
      if (state.waiting.size > limits.brokerWaitingMax) fail(broker, open, whyWaiting(state));
      lookAt(broker, open.dueMs);
    })
    .on("freed", { in: FreedSchema }, (broker, { worker: key, requests }) => {
      const { running, workers } = broker.state;
      callWorkers(broker);
      const worker = workers.find((known) => known.key === key);
      for (const id of requests.map(idOf)) {
        worker?.has.delete(id);
        if (running.get(id)?.worker?.key === key) running.delete(id);
      }
      if (worker !== undefined) releaseWhenDone(broker, worker);
      dealWaiting(broker);
    })
    .on("late", {}, (broker) => {
      const { state, turnStartedMs } = broker;
      state.lookMs = Number.POSITIVE_INFINITY;
      let nextMs = Number.POSITIVE_INFINITY;
      for (const open of [...state.waiting.values(), ...state.running.values()]) {
        if (open.dueMs > turnStartedMs) nextMs = Math.min(nextMs, open.dueMs);
        else fail(broker, open, open.worker === undefined ? whyWaiting(state) : "no_reply");
      }
      lookAt(broker, nextMs);
    })
    .on("awake", {}, () => undefined)
    .read("figures", { out: FiguresSchema }, ({ state: { workers, waiting, running } }) => ({
      workers: workers.length,
      waiting: waiting.size,
      running: running.size,
    }));
}

/** To all that are connected: those that are known say it in vain. */
function callWorkers(broker: BrokerContext): void {
  const { state } = broker;
  if (!state.areWanted) return;
  state.areWanted = false;
  broker.publish(workersWanted(BROKER_KEY), true);
}

/** Undefined where there are too many. While there are any, the broker does not leave memory: they are in it. */
function admit(broker: BrokerContext, key: string, has: readonly RequestId[]): Worker | undefined {
  const { workers } = broker.state;
  if (workers.length >= limits.brokerWorkersMax) return void broker.countRefusal("broker.workers_max");
  broker.watch({ type: WORKER_SESSION, key }, "gone");
  if (workers.every((known) => known.key === undefined)) {
    broker.timer("awake", { everyMs: limits.idleStopMs, send: "awake" });
  }
  const worker: Worker = { key, window: 0, has: new Set(has.map(idOf)) };
  workers.push(worker);
  return worker;
}

function forget(state: BrokerState, key: string | undefined): void {
  const index = state.workers.findIndex((worker) => worker.key === key);
  if (index >= 0) state.workers.splice(index, 1);
}

/** Whoever wants no more leaves when it has answered what it has. */
function releaseWhenDone(broker: BrokerContext, { key, window, has }: Worker): void {
  if (window > 0 || has.size > 0 || key === undefined) return;
  forget(broker.state, key);
  broker.ref(workerSessions, key).tell.released({});
}

function dealWaiting(broker: BrokerContext): void {
  const { state } = broker;
  for (const [id, open] of state.waiting) {
    const worker = nextWorker(state);
    if (worker === undefined) return;
    state.waiting.delete(id);
    const requester = broker.ref(requesterSessions, open.from);
    const { ticket } = open;
    const isTold = requester.tell.assigned(worker.key === undefined ? { ticket } : { ticket, worker: worker.key });
    if (worker.key === undefined || !isTold.accepted) continue;
    open.worker = worker;
    worker.has.add(id);
    state.running.set(id, open);
  }
}

/** In turn, those that have room. */
function nextWorker(state: BrokerState): Worker | undefined {
  const { workers } = state;
  for (let tried = 0; tried < workers.length; tried++) {
    state.nextIndex %= workers.length;
    const worker = workers[state.nextIndex++] as Worker;
    if (worker.has.size < worker.window) return worker;
  }
  return undefined;
}

function whyWaiting({ workers }: BrokerState): Failure {
  return workers.length === 0 ? "no_worker" : "busy";
}

/** Nobody waits for it any more. */
function fail(broker: BrokerContext, open: Open, why: Failure): void {
  const { waiting, running } = broker.state;
  const { from, ticket, worker } = open;
  (worker === undefined ? waiting : running).delete(idOf(open));
  broker.countRefusal(`broker.${why}`);
  broker.ref(requesterSessions, from).tell.failed({ ticket, why });
  // It may never have come there: who asked may have gone when it was to hand it over.
  if (why === "no_reply" && worker?.key !== undefined) {
    broker.ref(workerSessions, worker.key).tell.givenUp({ from, ticket });
  }
}

/** No later than then: a request that is repeated is due before others that came before it. */
function lookAt(broker: BrokerContext, dueMs: number): void {
  const { state, turnStartedMs } = broker;
  if (dueMs >= state.lookMs) return;
  state.lookMs = dueMs;
  broker.timer("late", { afterMs: Math.max(0, dueMs - turnStartedMs), send: "late" });
}

export type BrokerType = ReturnType<typeof createBroker>;
