// For tests: a gateway on a free port in front of a view whose answers a test can set.

import { t } from "#runtime/mod.ts";
import type { SubscriberView } from "#runtime/observe/process-view.ts";
import type {
  ActorQuery,
  ActorTypeView,
  ActorView,
  AlarmView,
  DeadLetterView,
  NodeView,
  PageQuery,
  SessionView,
} from "#runtime/observe/view.ts";

import { type GatewayOptions, startGateway } from "./gateway.ts";
import type { ServersView } from "./servers.ts";
import { TestAccess } from "./test-access.ts";
import { createTestDomain } from "./test-domain.ts";
import { createTestLive } from "./test-live.ts";
import { createTestLogs } from "./test-logs.ts";
import { createTestProcess } from "./test-process.ts";
import { createTestServers } from "./test-servers.ts";

export const STAND_IN_TOKEN = "stand-in-token";
/** Bound to it a gateway is on loopback, and does not know that it is. */
export const ELSEWHERE = "127.1";
export const withToken = { Authorization: `Bearer ${STAND_IN_TOKEN}` };

const counter: ActorTypeView = {
  type: "counter",
  kind: "actor",
  durable: true,
  private: false,
  indexed: ["count"],
  live: 1,
  methods: [
    { name: "add", kind: "write", in: t.Object({ amount: t.Integer({ examples: [3] }) }), out: t.Integer() },
    { name: "clear", kind: "write" },
    { name: "value", kind: "read", out: t.Integer() },
  ],
};

const anActor: ActorView = {
  type: "counter",
  key: "page/home",
  status: "idle",
  mailbox: 0,
  mailboxBytes: 0,
  turns: 3,
  idleMs: 1.5,
};

const anAlarm: AlarmView = { name: "reset", dueAt: 1_735_689_600_000, everyMs: 0, method: "clear", missed: "once" };

const aLetter: DeadLetterView = {
  id: 7,
  at: 1_735_689_600_000,
  type: "counter",
  key: "page/home",
  method: "add",
  reason: "actor.crashed",
  problem: "Crashed in counter/page/home.add: out of ink",
  input: { amount: 1 },
  inputLost: false,
  turns: [{ method: "add", outcome: "crashed", agoMs: 12, waitMs: 0.02, durationMs: 0.01 }],
};

const aSession: SessionView = {
  id: "17",
  actor: "pipeline-session/17",
  transport: "tcp",
  remoteAddress: "127.0.0.1",
  remotePort: 50_122,
  openedAt: 1_735_689_600_000,
  bytesIn: 100,
  bytesOut: 200,
  outboundBytes: 0,
  paused: false,
};

const aSessionActor: ActorView = { ...anActor, type: "pipeline-session", key: "17" };
const aSubscriber: SubscriberView = { type: "counter", key: "page/home", method: "add" };

export interface StandIn extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** What the gateway asked of the view, in order. */
  readonly asked: unknown[];
  readonly faults: unknown[];
  readonly access: TestAccess;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  send(method: string, path: string, headers?: Record<string, string>, body?: string): Promise<Response>;
}

/** One actor with one alarm, one dead letter, one session, and messaging servers, each of which can be acted on. */
export function startStandIn(
  changes: Partial<NodeView> = {},
  administration: Partial<ServersView["administration"]> = {},
  options: Partial<GatewayOptions> = {},
): StandIn {
  const asked: unknown[] = [];
  const servers = createTestServers(asked, administration);
  const parts = { ...shownParts(asked), servers, process: createTestProcess(asked), ...options };
  return { asked, ...startGatewayTo({ ...createView(asked), ...changes }, parts) };
}

/** What a gateway is in front of, without messaging; what it is asked goes to `asked`. */
export function createStandInParts(asked: unknown[]) {
  const process = createTestProcess(asked);
  return { view: createView(asked), process, ...shownParts(asked), ...portsOf(new TestAccess()) };
}

function shownParts(asked: unknown[]) {
  return { live: createTestLive(), logs: createTestLogs(asked), domain: createTestDomain(asked) };
}

/** A gateway in front of any view; without messaging unless there are servers among the parts. */
export function startGatewayTo(
  view: NodeView,
  parts: Partial<Omit<GatewayOptions, "view">> = {},
): Omit<StandIn, "asked"> {
  const faults: unknown[] = [];
  const access = new TestAccess();
  const onFault = (fault: unknown): void => void faults.push(fault);
  const where = { host: "127.0.0.1", port: 0, adminToken: STAND_IN_TOKEN };
  const gateway = startGateway({ ...shownParts([]), ...where, ...portsOf(access), ...parts, view, onFault });
  const url = `http://127.0.0.1:${gateway.port}`;
  const send: StandIn["send"] = (method, path, headers = {}, body) =>
    fetch(url + path, { method, headers, redirect: "manual", ...(body === undefined ? {} : { body }) });
  return {
    url,
    port: gateway.port,
    faults,
    access,
    send,
    get: (path, headers) => send("GET", path, headers),
    [Symbol.asyncDispose]: () => gateway.stop(),
  };
}

/** What a gateway is given of it. */
function portsOf({ access, audit, clock }: TestAccess): Pick<GatewayOptions, "access" | "audit" | "clock"> {
  return { access, audit, clock };
}

function isKnown(key: string): boolean {
  return key === anActor.key;
}

/** The view behind a stand-in; what it is asked goes to `asked`. */
export function createView(asked: unknown[]): NodeView {
  const noted = <Answer>(what: unknown, answer: Answer): Answer => {
    asked.push(what);
    return answer;
  };
  return {
    readiness: () => ({ ready: true }),
    about: () => ({ serverId: "node-1", version: "0.1.0", startedAt: 1_735_689_600_000, uptimeMs: 12.5 }),
    actorTypes: () => [counter],
    actors: async (query: ActorQuery) => noted(query, { items: [anActor], next: "counter/page/home" }),
    sortedActors: (query) => noted(query, [anActor]),
    call: async ({ type, key, method, input, timeoutMs, once }) =>
      noted(["call", type, key, method, { input, timeoutMs, once }], method === "clear" ? undefined : "42"),
    async inspect(_, key) {
      const turns = { running: [], recent: aLetter.turns, recorded: "the last 1 of 3 since it woke" };
      return isKnown(key)
        ? { ...anActor, state: { count: 42 }, commits: 3, settled: true, alarms: [anAlarm], ...turns }
        : undefined;
    },
    alarms: async (_, key) => (isKnown(key) ? [anAlarm] : []),
    cancelAlarm: async (...what) => noted(["cancelAlarm", ...what], what[2] === anAlarm.name),
    hibernate: (...what) => noted(["hibernate", ...what], isKnown(what[1])),
    stop: (...what) => noted(["stop", ...what], isKnown(what[1])),
    quarantine: (...what) => noted(["quarantine", ...what], undefined),
    replaceState: async (...what) => noted(["replaceState", ...what], { commits: what[2] + 1 }),
    release: async (...what) => noted(["release", ...what], isKnown(what[1])),
    deadLetters: async (query) => noted(query, { items: [aLetter], next: "7" }),
    deadLetter: async (id) => (id === aLetter.id ? aLetter : undefined),
    replay: async (id) => noted(["replay", id], id === aLetter.id),
    discard: async (id) => noted(["discard", id], id === aLetter.id),
    sessions: (query: PageQuery) => noted(query, { items: [aSession] }),
    session: (id) => (id === aSession.id ? { ...aSession, session: aSessionActor } : undefined),
    disconnect: (id, why) => noted(why === undefined ? id : [id, why], id === aSession.id),
    topics: (query) => noted(query, { items: [{ topic: "news/sports", subscribers: 1 }], next: "news/sports" }),
    subscribers: (topic, query) =>
      noted(["subscribers", topic, query], topic === "news/sports" ? { items: [aSubscriber] } : undefined),
    metrics: () => Promise.resolve("# TYPE correio_connections gauge\ncorreio_connections 1\n"),
  };
}
