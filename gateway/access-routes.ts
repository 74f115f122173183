// Who asks, at /access: what a token or a cookie stands for, and signing in and out.

import { type Elysia, t } from "elysia";

import { ROLES } from "#actors/access/records.ts";

import { actorAnswers } from "./actor-answers.ts";
import { WRONG_TOKEN } from "./admission.ts";
import { oneOf } from "./answer-schemas.ts";
import { answers, jsonAnswer, jsonBody, problemAnswer } from "./document.ts";
import type { Asked, AskedRequests } from "./front-door.ts";
import { type AccessPort, ANONYMOUS, type Identities } from "./identity.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { problem } from "./problems.ts";
import { bodyAnswers, noInputAnswer, readObject, takesNoInput } from "./request-body.ts";
import { createSecret, digestOf } from "./secrets.ts";

export interface AccessRoutesParts {
  readonly access: AccessPort;
  readonly identities: Identities;
  readonly asked: AskedRequests;
}

export const meSchema = t.Object({
  name: t.String({ description: "Of the token; `anonymous` without one" }),
  role: oneOf(["anonymous", ...ROLES]),
  via: oneOf(["none", "token", "cookie"]),
  csrf: t.Optional(t.String({ description: "To be sent as `X-CSRF-Token` with each change, where there is a cookie" })),
});

const signInBody = t.Object(
  { token: t.String({ title: "token", description: "A token", minLength: 1, maxLength: HTTP_LIMITS.nameCharsMax }) },
  { title: "body", description: "An object with a token", additionalProperties: false },
);

export const secretExample = "wJ2m5Kq0b1YxTz7cP9vR3nLd8sGhE4uA6iFoBkXyQrM";
const ANY = "any token, or the one that the server printed";

export function serveAccess(app: Elysia, parts: AccessRoutesParts): void {
  serveMe(app, parts);
  serveSigningIn(app, parts);
  serveSigningOut(app, parts);
}

function serveMe(app: Elysia, parts: AccessRoutesParts): void {
  app.get(
    "/access/me",
    ({ request }) => {
      const { name, role, via, csrf } = askedBy(parts, request).identity;
      return { name, role, via, ...(csrf === undefined ? {} : { csrf }) };
    },
    {
      detail: {
        summary: "Who you are here",
        description: "What your token or cookie stands for, and what a page sends with its changes.",
        tags: ["access"],
        responses: answers({
          200: jsonAnswer("Who asks", meSchema, { name: "ana", role: "operator", via: "token" }),
        }),
      },
    },
  );
}

function serveSigningIn(app: Elysia, parts: AccessRoutesParts): void {
  app.post(
    "/access/sign-in",
    async ({ request }) => {
      const body = await readObject(request, signInBody);
      if (body instanceof Response) return body;
      const { identity, cookie } = askedBy(parts, request);
      const { token = "" } = identity;
      const secret = createSecret();
      const ofSettings = parts.identities.isOfSettings(token);
      const isIn = token !== "" && (await parts.access.signIn({ digest: digestOf(secret), token, ofSettings }));
      if (!isIn) return problem("unauthorized", WRONG_TOKEN, { "WWW-Authenticate": "Bearer" });
      return new Response(null, { status: 204, headers: { "Set-Cookie": cookie.made(secret) } });
    },
    {
      parse: "none",
      detail: {
        summary: "Sign in with a token",
        description:
          `Gives a page a cookie that lasts 12 h, or as long as the token: ${ANY}. Changes then take the header ` +
          "`X-CSRF-Token` with `csrf` of GET /access/me. Takes no `Idempotency-Key`.",
        tags: ["access"],
        requestBody: jsonBody(signInBody, { token: secretExample }),
        responses: answers({
          204: { description: "Signed in: the cookie is in `Set-Cookie`" },
          401: problemAnswer("unauthorized", WRONG_TOKEN),
          ...bodyAnswers,
          422: problemAnswer("invalid_request", 'Cannot accept the request: "token" must be a token'),
          ...actorAnswers([400, 503]),
        }),
      },
    },
  );
}

function serveSigningOut(app: Elysia, parts: AccessRoutesParts): void {
  app.post(
    "/access/sign-out",
    async ({ request }) => {
      const { identity, cookie } = askedBy(parts, request);
      if (identity.signIn !== undefined) await parts.access.signOut({ digest: identity.signIn });
      return new Response(null, { status: 204, headers: { "Set-Cookie": cookie.ended() } });
    },
    {
      ...takesNoInput,
      detail: {
        summary: "Sign out",
        description: "The cookie is good for nothing any more, here and wherever it was copied to.",
        tags: ["access"],
        responses: answers({
          204: { description: "Signed out, or not signed in anyway" },
          ...noInputAnswer,
          ...actorAnswers([503]),
        }),
      },
    },
  );
}

export function askedBy({ asked }: AccessRoutesParts, request: Request): Asked {
  return asked.get(request) ?? { identity: ANONYMOUS, cookie: NO_COOKIE };
}

const NO_COOKIE: Asked["cookie"] = { read: () => undefined, made: () => "", ended: () => "" };
