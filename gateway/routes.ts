// All routes of the gateway, in the order in which the document lists them.

import { Elysia } from "elysia";

import type { NodeView } from "#runtime/observe/view.ts";

import { serveActors } from "./actors.ts";
import { serveDocs } from "./docs.ts";
import { serveDocument } from "./document.ts";
import { serveHealth, serveMetrics } from "./health.ts";
import { answerWithProblems } from "./problems.ts";
import { serveSessions } from "./sessions.ts";

/** Only the routes: who may ask is decided before them. `onFault` hears of what a client sees as status 500. */
export function createRoutes(view: NodeView, onFault: (fault: unknown) => void): Elysia {
  const app = new Elysia();
  answerWithProblems(app, onFault);
  serveDocument(app, view.about().version);
  serveHealth(app, view);
  serveMetrics(app, view);
  serveActors(app, view);
  serveSessions(app, view);
  serveDocs(app);
  return app;
}
