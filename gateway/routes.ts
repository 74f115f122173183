// All routes of the gateway, in the order in which the document lists them.

import { Elysia, type TSchema } from "elysia";

import type { LiveView } from "#runtime/observe/live-view.ts";
import type { LogView } from "#runtime/observe/log-view.ts";
import type { ProcessView } from "#runtime/observe/process-view.ts";
import type { NodeView } from "#runtime/observe/view.ts";

import { type AccessRoutesParts, serveAccess } from "./access-routes.ts";
import { serveAccounts } from "./accounts.ts";
import { serveActorActs } from "./actor-acts.ts";
import { actorAnswerComponents } from "./actor-answers.ts";
import { createWrongCallCheck, serveActorCalls } from "./actor-calls.ts";
import { serveActorTypes } from "./actor-types.ts";
import { serveActors } from "./actors.ts";
import { serveAlarms } from "./alarms.ts";
import { serveAudit } from "./audit-routes.ts";
import type { AuditPort } from "./audit-trail.ts";
import { tagOf } from "./call-document.ts";
import { serveDeadLetters } from "./dead-letters.ts";
import { serveDocs } from "./docs.ts";
import { serveDocument } from "./document.ts";
import type { DomainViews } from "./domain-views.ts";
import { serveElections } from "./elections.ts";
import { serveHealth, serveMetrics } from "./health.ts";
import { serveLeaderboard } from "./leaderboard.ts";
import { serveLedger } from "./ledger.ts";
import { serveLimits } from "./limit-routes.ts";
import { serveLive } from "./live.ts";
import { serveLogs } from "./logs.ts";
import { serveMatches } from "./matches.ts";
import { createPages, servePages } from "./page-files.ts";
import { answerWithProblems } from "./problems.ts";
import { checkQueries } from "./query-check.ts";
import { documentRoles } from "./role-document.ts";
import { createNeeds } from "./roles.ts";
import { serveRooms } from "./rooms.ts";
import { type ServersView, serveServers } from "./servers.ts";
import { serveSessions } from "./sessions.ts";
import { serveStateEdits } from "./state-edits.ts";
import { serveSystem } from "./system.ts";
import { serveTokens } from "./token-routes.ts";
import { serveTopics } from "./topics.ts";
import { serveWebSessions } from "./web-sessions.ts";

export interface RoutesParts {
  readonly view: NodeView;
  /** What the live page shows. */
  readonly live: LiveView;
  readonly logs: LogView;
  /** Undefined where the node has no part in the messaging servers. */
  readonly servers?: ServersView | undefined;
  /** What the node's own actors are about: rooms, matches, accounts. */
  readonly domain: DomainViews;
  readonly access: AccessRoutesParts;
  readonly audit: AuditPort;
  /** Undefined where the view is of no process of its own. */
  readonly process?: ProcessView | undefined;
  /** Hears of what a client sees as status 500. */
  readonly onFault: (fault: unknown) => void;
}

/** Only the routes: who may ask is decided before them. */
export function createRoutes(parts: RoutesParts): Elysia {
  const { view, live, logs, servers, domain, process, access, audit, onFault } = parts;
  // The path begins where the host ends, however short the host's name is: as the check before the routes reads it.
  const app = new Elysia({ handler: { standardHostname: false } });
  const types = view.actorTypes();
  const pages = createPages();
  const schemas: Record<string, TSchema> = {};
  answerWithProblems(app, createWrongCallCheck(types), onFault);
  checkQueries(app);
  serveHealth(app, view);
  serveMetrics(app, view);
  if (process !== undefined) {
    serveSystem(app, view, process);
    serveLimits(app, process);
    serveLedger(app, process.ledger);
  }
  serveActorTypes(app, view);
  serveActors(app, view);
  serveActorActs(app, view);
  serveStateEdits(app, view);
  serveAlarms(app, view);
  serveActorCalls(app, view, schemas);
  serveDeadLetters(app, view);
  serveSessions(app, view);
  serveLogs(app, logs);
  serveTopics(app, view);
  serveServers(app, servers);
  serveLive(app, live);
  serveElections(app, servers);
  serveRooms(app, domain.rooms);
  serveMatches(app, domain.matches);
  serveLeaderboard(app, domain.leaderboard);
  serveAccounts(app, domain.accounts);
  serveAccess(app, access);
  serveTokens(app, access);
  serveAudit(app, audit);
  serveWebSessions(app, pages);
  servePages(app, pages);
  serveDocs(app);
  documentRoles(app, createNeeds(types, true));
  const tags = types
    .filter(({ methods }) => methods.length > 0)
    .map((type) => ({
      name: tagOf(type),
      description: `${type.about ?? `Actors of type ${type.type}`}. A new key is a new actor.`,
    }));
  serveDocument(app, { version: view.about().version, tags, schemas, responses: actorAnswerComponents() });
  return app;
}
