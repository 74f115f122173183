// For tests: a gateway on a free port in front of a view whose answers a test can set.

import type { ActorQuery, ActorView, NodeView, PageQuery, SessionView } from "#runtime/observe/view.ts";

import { startGateway } from "./gateway.ts";

export const STAND_IN_TOKEN = "stand-in-token";
export const withToken = { Authorization: `Bearer ${STAND_IN_TOKEN}` };

const anActor: ActorView = {
  type: "counter",
  key: "page/home",
  status: "idle",
  mailbox: 0,
  mailboxBytes: 0,
  turns: 3,
  idleMs: 1.5,
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

export interface StandIn extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** What the gateway asked of the view, in order. */
  readonly asked: unknown[];
  readonly faults: unknown[];
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  send(method: string, path: string, headers?: Record<string, string>): Promise<Response>;
}

/** One actor, and one session with the id 17 that can be disconnected. */
export function startStandIn(changes: Partial<NodeView> = {}): StandIn {
  const asked: unknown[] = [];
  const faults: unknown[] = [];
  const view = { ...createView(asked), ...changes };
  const onFault = (fault: unknown): void => void faults.push(fault);
  const gateway = startGateway({ host: "127.0.0.1", port: 0, adminToken: STAND_IN_TOKEN, view, onFault });
  const url = `http://127.0.0.1:${gateway.port}`;
  const send: StandIn["send"] = (method, path, headers = {}) =>
    fetch(url + path, { method, headers, redirect: "manual" });
  return {
    url,
    port: gateway.port,
    asked,
    faults,
    send,
    get: (path, headers) => send("GET", path, headers),
    [Symbol.asyncDispose]: () => gateway.stop(),
  };
}

/** The view behind a stand-in; what it is asked goes to `asked`. */
export function createView(asked: unknown[]): NodeView {
  return {
    readiness: () => ({ ready: true }),
    about: () => ({ serverId: "node-1", version: "0.1.0", startedAt: 1_735_689_600_000, uptimeMs: 12.5 }),
    actorTypes: () => [
      { type: "counter", kind: "actor", live: 1, methods: [{ name: "add", kind: "write", in: { type: "object" } }] },
    ],
    actors: (query: ActorQuery) => {
      asked.push(query);
      return { items: [anActor], next: "counter/page/home" };
    },
    sessions: (query: PageQuery) => {
      asked.push(query);
      return { items: [aSession] };
    },
    disconnect: (id: string) => {
      asked.push(id);
      return id === aSession.id;
    },
    metrics: () => Promise.resolve("# TYPE correio_connections gauge\ncorreio_connections 1\n"),
  };
}
