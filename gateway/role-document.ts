// How the document shows which role a route takes: from the same table that the front door looks into.

import type { Elysia } from "elysia";

import { NO_TOKEN_GIVEN } from "./admission.ts";
import { type Answers, bearerToken, problemAnswer, problemsAnswer } from "./document.ts";
import { problemBody } from "./problems.ts";
import type { Need } from "./roles.ts";

interface Detail {
  hide?: boolean;
  description?: string;
  security?: unknown;
  responses?: Answers;
}

/** Of all routes that are there already; on loopback, where looking at most takes no role. */
export function documentRoles(app: Elysia, needOf: (request: Request) => Need): void {
  for (const { method, path, hooks } of app.routes) {
    const detail = (hooks as { readonly detail?: Detail } | undefined)?.detail;
    if (detail === undefined || detail.hide === true) continue;
    const { role } = needOf(new Request(`http://localhost${path}`, { method }));
    if (role === "anonymous") continue;
    const description = `${detail.description ?? ""} Takes the role ${role}.`.trim();
    const security = bearerToken;
    Object.assign(detail, { description, security, responses: { ...detail.responses, ...roleAnswers(method, role) } });
  }
}

function roleAnswers(method: string, role: string): Answers {
  const forbidden = problemBody("forbidden", `Cannot ${method}: this takes the role ${role}, and yours is viewer`);
  const csrf = problemBody("csrf", 'Cannot accept the change: send "X-CSRF-Token" as GET /access/me tells it');
  return {
    401: problemAnswer("unauthorized", `Cannot ${method}: ${NO_TOKEN_GIVEN}`),
    403: problemsAnswer(method === "GET" ? [forbidden] : [forbidden, csrf]),
  };
}
