// GET /health, /ready and /metrics: for supervisors, load balancers and Prometheus.

import { type Elysia, t } from "elysia";

import type { NodeView } from "#runtime/observe/view.ts";

import { oneOf, wholeNumber } from "./answer-schemas.ts";
import { answers, jsonAnswer } from "./document.ts";

const METRICS_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export const healthSchema = t.Object({
  status: oneOf(["ok"]),
  serverId: t.String(),
  version: t.String(),
  startedAt: wholeNumber("Unix milliseconds"),
  uptimeMs: t.Number({ minimum: 0 }),
});

export const readinessSchema = t.Object({
  ready: t.Boolean(),
  why: t.Optional(t.String({ description: "`starting`, `draining` or a code of the store; absent when ready" })),
  problem: t.Optional(t.String({ description: "Of a store that fails: the same for people, with the file" })),
});

const healthExample = {
  status: "ok",
  serverId: "node-1",
  version: "0.1.0",
  startedAt: 1_735_689_600_000,
  uptimeMs: 81_250,
};

const unreadyExample = {
  ready: false,
  why: "store.full",
  problem: 'Cannot commit to "data/correio.db": the disk is full or its bound is reached',
};

export function serveHealth(app: Elysia, view: NodeView): void {
  app.get("/health", () => ({ status: "ok", ...view.about() }), {
    detail: {
      summary: "Is the process alive",
      description: "Always 200 while the process answers at all, also while it starts and drains.",
      tags: ["process"],
      responses: answers({ 200: jsonAnswer("The process is alive", healthSchema, healthExample) }),
    },
  });
  app.get(
    "/ready",
    ({ set }) => {
      const readiness = view.readiness();
      set.status = readiness.ready ? 200 : 503;
      return { ...readiness };
    },
    {
      detail: {
        summary: "May traffic be sent here",
        description:
          "503 while the node starts, while it drains, and while its store cannot be read or written: until the next " +
          "commit goes well, which is also tried from here; a damaged store stays so until the process ends.",
        tags: ["process"],
        responses: answers({
          200: jsonAnswer("The node takes traffic", readinessSchema, { ready: true }),
          503: jsonAnswer("The node takes no traffic", readinessSchema, unreadyExample),
        }),
      },
    },
  );
}

export function serveMetrics(app: Elysia, view: NodeView): void {
  const example = "# TYPE correio_connections gauge\ncorreio_connections 50\n";
  app.get(
    "/metrics",
    async () => new Response(await view.metrics(), { headers: { "Content-Type": METRICS_MEDIA_TYPE } }),
    {
      detail: {
        summary: "Counters and histograms for Prometheus",
        description: "Text exposition format 0.0.4.",
        tags: ["process"],
        responses: answers({
          200: { description: "All metrics", content: { "text/plain": { schema: { type: "string" }, example } } },
        }),
      },
    },
  );
}
