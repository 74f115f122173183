// How the document shows what the front door does: which role a route takes, and which answers are kept for a repeat.

import { type Elysia, t } from "elysia";

import { limits } from "#runtime/mod.ts";

import { NO_TOKEN_GIVEN } from "./admission.ts";
import { type Answers, parameters, problemAnswer, problemsAnswer } from "./document.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { problemBody } from "./problems.ts";
import type { Need } from "./roles.ts";

interface Detail {
  hide?: boolean;
  description?: string;
  parameters?: readonly unknown[];
  security?: unknown;
  responses?: Answers;
}

const repeatHeader = parameters(
  "header",
  t.Object({
    "Idempotency-Key": t.Optional(
      t.String({
        description:
          `1 to ${limits.nameLengthMax} characters: under a name that was used in the last ` +
          `${HTTP_LIMITS.repeatMsMax / 60_000} minutes nothing is done, and the answer is the first one`,
        minLength: 1,
        maxLength: limits.nameLengthMax,
      }),
    ),
  }),
);

/** Of all routes that are there already; on loopback, where looking at most takes no role. */
export function documentRoles(app: Elysia, needOf: (request: Request) => Need): void {
  for (const { method, path, hooks } of app.routes) {
    const detail = (hooks as { readonly detail?: Detail } | undefined)?.detail;
    if (detail === undefined || detail.hide === true) continue;
    const { role } = needOf(new Request(`http://localhost${path}`, { method }));
    if (role === "anonymous") continue;
    if (method === "POST" && keepsAnswers(path)) detail.parameters = [...(detail.parameters ?? []), ...repeatHeader];
    const description = `${detail.description ?? ""} Takes the role ${role}.`.trim();
    const security = [{ bearerAuth: [] }];
    Object.assign(detail, { description, security, responses: { ...detail.responses, ...roleAnswers(method, role) } });
  }
}

/** Methods of actors say themselves whether they do, and answers that hold a secret are not kept. */
function keepsAnswers(path: string): boolean {
  return !path.startsWith("/access/") && !/^\/actors\/[^/]+\/[^/]+\/[^_]/.test(path);
}

function roleAnswers(method: string, role: string): Answers {
  const forbidden = problemBody("forbidden", `Cannot ${method}: this takes the role ${role}, and yours is viewer`);
  const csrf = problemBody("csrf", 'Cannot accept the change: send "X-CSRF-Token" as GET /access/me tells it');
  return {
    401: problemAnswer("unauthorized", `Cannot ${method}: ${NO_TOKEN_GIVEN}`),
    403: problemsAnswer(method === "GET" ? [forbidden] : [forbidden, csrf]),
  };
}
