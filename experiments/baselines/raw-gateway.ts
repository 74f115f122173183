// The gateway's floor and its peer: HTTP beside the load of raw-bun.ts in one process, by bare Bun.serve or Elysia.

import { parseArgs } from "node:util";

import { Elysia, t } from "elysia";

import { listenRaw } from "./raw-bun.ts";

const METRIC_LINES = 600;
const TICK_MS = 1_000;
/** About as long as Correio's. */
const LISTED_TYPES = 16;
const PAGE =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Floor</title><h1>Floor</h1><p>Nothing more.</p>';

const pipeline = listenRaw({ serverId: "raw", reply: "stringify", workMs: 0, ledger: "" });
const counter = { count: 0, turns: 0 };

function readActor(): object {
  const { count, turns } = counter;
  return { type: "counter", key: "bench", status: "idle", mailbox: 0, turns, state: { count }, alarms: [], recent: [] };
}

function listSessions(): object {
  const items = Array.from(pipeline.sockets, ({ remotePort }, index) => ({
    id: String(index),
    actor: `pipeline-session/${index}`,
    transport: "tcp",
    remoteAddress: "127.0.0.1",
    remotePort,
    openedAt: 1_735_689_600_000,
    bytesIn: 0,
    bytesOut: 0,
    outboundBytes: 0,
    paused: false,
  }));
  return { items };
}

function add(amount: number): number {
  counter.turns++;
  return (counter.count += amount);
}

function renderMetrics(): string {
  const { turns } = counter;
  return Array.from({ length: METRIC_LINES }, (_, index) => `raw_turns_total{type="${index}"} ${turns}\n`).join("");
}

function renderTick(): string {
  const { rss } = process.memoryUsage();
  const types = Array.from({ length: LISTED_TYPES }, (_, index) => ({ type: `type-${index}`, live: 1, mailbox: 0 }));
  return JSON.stringify({ kind: "tick", snapshot: { at: Date.now(), rss, types }, events: [], dropped: 0 });
}

const page = (): Response => new Response(PAGE, { headers: { "Content-Type": "text/html" } });

function serveBare(): number {
  const viewers = new Set<Bun.ServerWebSocket<undefined>>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request, own) {
      const { pathname } = new URL(request.url);
      if (pathname === "/actors/counter/bench") return Response.json(readActor());
      if (pathname === "/sessions") return Response.json(listSessions());
      if (pathname === "/metrics") return new Response(renderMetrics());
      if (pathname === "/live" && own.upgrade(request)) return undefined;
      if (pathname === "/") return page();
      if (pathname !== "/actors/counter/bench/add") return new Response("", { status: 404 });
      return Response.json(add(((await request.json()) as { readonly amount: number }).amount));
    },
    websocket: {
      open: (socket) => void viewers.add(socket),
      message: () => undefined,
      close: (socket) => void viewers.delete(socket),
    },
  });
  setInterval(() => {
    const tick = renderTick();
    for (const viewer of viewers) viewer.send(tick);
  }, TICK_MS);
  return server.port ?? 0;
}

function serveElysia(): number {
  const viewers = new Map<string, { send(text: string): unknown }>();
  const app = new Elysia()
    .get("/actors/counter/:key", readActor, { params: t.Object({ key: t.String() }) })
    .get("/sessions", listSessions, { query: t.Object({ limit: t.Optional(t.Integer()) }) })
    .get("/metrics", renderMetrics)
    .get("/", page)
    .post("/actors/counter/:key/add", ({ body }) => add(body.amount), { body: t.Object({ amount: t.Integer() }) })
    .ws("/live", {
      open: (socket) => void viewers.set(socket.id, socket),
      close: (socket) => void viewers.delete(socket.id),
    })
    .listen({ hostname: "127.0.0.1", port: 0 });
  setInterval(() => {
    const tick = renderTick();
    for (const viewer of viewers.values()) viewer.send(tick);
  }, TICK_MS);
  return app.server?.port ?? 0;
}

const { values } = parseArgs({ options: { http: { type: "string", default: "bare" } } });
console.log(`http ${values.http === "elysia" ? serveElysia() : serveBare()}`);
console.log(`listening ${pipeline.port}`);
