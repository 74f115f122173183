// The broker: gives each request to the next worker that has room, and lets none of them wait for ever.
import { actor, type ActorContext, limits, t } from "#runtime/mod.ts";

import { GoneSchema } from "../chat/session-address.ts";
import {
  type Failure,
  requesterSessions,
  type RequestId,
  RequestIdSchema,
  WORKER_SESSION,
} from "./broker-addresses.ts";

const JoinSchema = t.Object({
  worker: t.String({ description: "Key of its session" }),
  window: t.Integer({ minimum: 1, description: "Requests that it takes at once" }),
});
const FreedSchema = t.Object({ worker: t.String(), ...RequestIdSchema.properties });
const FiguresSchema = t.Object({ workers: t.Integer(), waiting: t.Integer(), running: t.Integer() });

interface Worker {
  /** Undefined: the session that has the request serves it itself, and that takes no part in what is counted here. */
  readonly key: string | undefined;
  readonly window: number;
  /** Also those that were given up: a worker that hangs is dealt nothing more until it answers. */
  running: number;
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
  isTimed: boolean;
}

type BrokerContext = ActorContext<BrokerState>;

const idOf = ({ from, ticket }: RequestId): string => `${from}/${ticket}`;

/** One for a node, key `BROKER_KEY`. `servesItself`: the node is one of the workers. */
export function createBroker({ servesItself }: { readonly servesItself: boolean }) {
  const createState = (): BrokerState => ({
    workers: servesItself ? [{ key: undefined, window: Number.POSITIVE_INFINITY, running: 0 }] : [],
    nextIndex: 0,
    waiting: new Map(),
    running: new Map(),
    isTimed: false,
  });
  return actor("request-broker", { state: createState, mailbox: { capacity: limits.brokerMailboxMax } })
    .on("joined", { in: JoinSchema }, (broker, { worker, window }) => {
      broker.state.workers.push({ key: worker, window, running: 0 });
      broker.watch({ type: WORKER_SESSION, key: worker }, "gone");
      dealWaiting(broker);
    })
    .on("gone", { in: GoneSchema }, (broker, { key }) => {
      const { workers, running } = broker.state;
      const index = workers.findIndex((worker) => worker.key === key);
      if (index >= 0) workers.splice(index, 1);
      for (const open of running.values()) if (open.worker?.key === key) fail(broker, open, "worker_gone");
    })
    .on("requested", { in: RequestIdSchema }, (broker, { from, ticket }) => {
      const { state, turnStartedMs } = broker;
      const open: Open = { from, ticket, worker: undefined, dueMs: turnStartedMs + limits.brokeredRequestMs };
      state.waiting.set(idOf(open), open);
      if (state.waiting.size > limits.brokerWaitingMax) fail(broker, open, "no_worker");
      else dealWaiting(broker);
      time(broker);
    })
    .on("freed", { in: FreedSchema }, (broker, { worker, ...request }) => {
      const known = broker.state.workers.find(({ key }) => key === worker);
      if (known !== undefined) known.running--;
      broker.state.running.delete(idOf(request));
      dealWaiting(broker);
    })
    .on("late", {}, (broker) => {
      const { state, turnStartedMs } = broker;
      state.isTimed = false;
      for (const opens of [state.waiting, state.running]) {
        for (const open of opens.values()) {
          if (open.dueMs > turnStartedMs) break;
          fail(broker, open, open.worker === undefined ? "no_worker" : "no_reply");
        }
      }
      time(broker);
    })
    .read("figures", { out: FiguresSchema }, ({ state: { workers, waiting, running } }) => ({
      workers: workers.length,
      waiting: waiting.size,
      running: running.size,
    }));
}

function dealWaiting(broker: BrokerContext): void {
  const { state } = broker;
  for (const [id, open] of state.waiting) {
    const worker = nextWorker(state);
    if (worker === undefined) return;
    state.waiting.delete(id);
    const requester = broker.ref(requesterSessions, open.from);
    if (worker.key === undefined) requester.tell.assigned({ ticket: open.ticket });
    else {
      open.worker = worker;
      worker.running++;
      state.running.set(id, open);
      requester.tell.assigned({ ticket: open.ticket, worker: worker.key });
    }
  }
}

/** In turn, those that have room. */
function nextWorker(state: BrokerState): Worker | undefined {
  const { workers } = state;
  for (let tried = 0; tried < workers.length; tried++) {
    state.nextIndex %= workers.length;
    const worker = workers[state.nextIndex++] as Worker;
    if (worker.running < worker.window) return worker;
  }
  return undefined;
}

/** Nobody waits for it any more. */
function fail(broker: BrokerContext, open: Open, why: Failure): void {
  const { waiting, running } = broker.state;
  (open.worker === undefined ? waiting : running).delete(idOf(open));
  broker.countRefusal(`broker.${why}`);
  broker.ref(requesterSessions, open.from).tell.failed({ ticket: open.ticket, why });
}

/** Of each kind the first is the first to be late. */
function time(broker: BrokerContext): void {
  const { state, turnStartedMs } = broker;
  const dueMs = Math.min(...[state.waiting, state.running].map((opens) => firstDueMs(opens)));
  if (state.isTimed || dueMs === Number.POSITIVE_INFINITY) return;
  state.isTimed = true;
  broker.timer("late", { afterMs: Math.max(0, dueMs - turnStartedMs), send: "late" });
}

function firstDueMs(opens: ReadonlyMap<string, Open>): number {
  const [first] = opens.values();
  return first?.dueMs ?? Number.POSITIVE_INFINITY;
}

export type BrokerType = ReturnType<typeof createBroker>;
