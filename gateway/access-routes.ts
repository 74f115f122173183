// Who asks, at /access: signing in and out with a token, and the tokens themselves, which are made and revoked here.

import { Type } from "@sinclair/typebox";
import { type Elysia, t, type TSchema } from "elysia";

import { ACCESS_BOUNDS, ROLES, TokenSchema } from "#actors/access/records.ts";

import { actorAnswers } from "./actor-answers.ts";
import { refusalBody } from "./actor-problems.ts";
import { WRONG_TOKEN } from "./admission.ts";
import { oneOf } from "./answer-schemas.ts";
import { answers, jsonAnswer, parameters, problemAnswer, problemsAnswer } from "./document.ts";
import type { Asked, AskedRequests } from "./front-door.ts";
import { type AccessPort, ANONYMOUS, type Identities } from "./identity.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { problem } from "./problems.ts";
import { bodyAnswers, noInputAnswer, readObject, takesNoInput } from "./request-body.ts";
import { createId, createSecret, digestOf } from "./secrets.ts";

export interface AccessRoutesParts {
  readonly access: AccessPort;
  readonly identities: Identities;
  readonly asked: AskedRequests;
}

const { nameLengthMax, tokenHoursMax, tokensMax } = ACCESS_BOUNDS;

export const meSchema = t.Object({
  name: t.String({ description: "Of the token; `anonymous` without one" }),
  role: oneOf(["anonymous", ...ROLES]),
  via: oneOf(["none", "token", "cookie"]),
  csrf: t.Optional(t.String({ description: "To be sent as `X-CSRF-Token` with each change, where there is a cookie" })),
});

export const tokensSchema = t.Object({ items: t.Array(TokenSchema) });
export const madeSchema = t.Object({ ...TokenSchema.properties, secret: t.String({ description: "Told this once" }) });

const signInBody = t.Object(
  { token: t.String({ title: "token", description: "A token", minLength: 1, maxLength: HTTP_LIMITS.nameCharsMax }) },
  { title: "body", description: "An object with a token", additionalProperties: false },
);

const tokenBody = t.Object(
  {
    name: t.String({
      title: "name",
      description: `1 to ${nameLengthMax} letters, digits, dots, dashes or underscores: who acts with it`,
      pattern: `^[A-Za-z0-9._-]{1,${nameLengthMax}}$`,
    }),
    role: { ...oneOf(ROLES), title: "role", description: `One of ${ROLES.join(", ")}` } as ReturnType<
      typeof oneOf<(typeof ROLES)[number]>
    >,
    expiresInHours: t.Optional(
      Type.Integer({
        title: "expiresInHours",
        description: `A whole number from 1 to ${tokenHoursMax}; without it the token lasts until it is revoked`,
        minimum: 1,
        maximum: tokenHoursMax,
      }),
    ),
  },
  { title: "body", description: "An object with a name and a role", additionalProperties: false },
);

const idPath = t.Object({
  id: t.String({
    title: "id",
    description: `1 to ${nameLengthMax} characters: the token's id, as GET /access/tokens lists it`,
    minLength: 1,
    maxLength: nameLengthMax,
  }),
});

const tokenExample = {
  id: "x7Qm2kPz0aLs",
  name: "grafana",
  role: "viewer" as const,
  createdAt: 1_735_689_600_000,
  createdBy: "admin",
  expiresAt: 1_735_776_000_000,
};
const secretExample = "wJ2m5Kq0b1YxTz7cP9vR3nLd8sGhE4uA6iFoBkXyQrM";
const NOT_FOUND = "Cannot revoke the token: there is none of this id";
const ANY = "any token, or the one that the server printed";

export function serveAccess(app: Elysia, parts: AccessRoutesParts): void {
  serveMe(app, parts);
  serveSigningIn(app, parts);
  serveSigningOut(app, parts);
  serveTokens(app, parts);
  serveMaking(app, parts);
  serveRevoking(app, parts);
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
        requestBody: { required: true, content: jsonBody(signInBody, { token: secretExample }) },
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

function serveTokens(app: Elysia, { access }: AccessRoutesParts): void {
  app.get("/access/tokens", async () => ({ items: await access.list() }), {
    detail: {
      summary: "Tokens",
      description: `All that are valid, oldest first, at most ${tokensMax}: without their secrets, which nobody knows.`,
      tags: ["access"],
      responses: answers({
        200: jsonAnswer("All tokens", tokensSchema, { items: [tokenExample] }),
        ...actorAnswers([503]),
      }),
    },
  });
}

function serveMaking(app: Elysia, parts: AccessRoutesParts): void {
  app.post(
    "/access/tokens",
    async ({ request }) => {
      const body = await readObject(request, tokenBody);
      if (body instanceof Response) return body;
      const { name: createdBy } = askedBy(parts, request).identity;
      const secret = createSecret();
      const made = { ...body.value, id: createId(), digest: digestOf(secret), createdBy };
      const token = await parts.access.create(made);
      return Response.json({ ...token, secret }, { status: 201 });
    },
    {
      parse: "none",
      detail: {
        summary: "Make a token",
        description:
          "For one person or program, under a name of its own, which the audit shows. Its secret is told once, and " +
          "only its digest is kept. A viewer looks, an operator also acts, an admin also sets. Takes no " +
          "`Idempotency-Key`.",
        tags: ["access"],
        requestBody: {
          required: true,
          content: jsonBody(tokenBody, { name: "grafana", role: "viewer", expiresInHours: 24 }),
        },
        responses: answers({
          201: jsonAnswer("Made", madeSchema, { ...tokenExample, secret: secretExample }),
          409: problemsAnswer([
            refusalBody("access.name_taken", "A token has this name"),
            refusalBody("access.too_many_tokens", `There are ${tokensMax} tokens, the limit`),
          ]),
          ...bodyAnswers,
          422: problemAnswer("invalid_request", 'Cannot accept the request: "role" must be one of those'),
          ...actorAnswers([400, 503]),
        }),
      },
    },
  );
}

function serveRevoking(app: Elysia, { access }: AccessRoutesParts): void {
  app.delete(
    "/access/tokens/:id",
    async ({ params: { id } }) =>
      (await access.revoke({ id })) ? new Response(null, { status: 204 }) : problem("token_not_found", NOT_FOUND),
    {
      params: idPath,
      ...takesNoInput,
      detail: {
        summary: "Revoke a token",
        description: "From now on it is not known here, and whoever has signed in with it is signed out.",
        tags: ["access"],
        parameters: parameters("path", idPath),
        responses: answers({
          204: { description: "Revoked" },
          404: problemAnswer("token_not_found", NOT_FOUND),
          ...noInputAnswer,
          ...actorAnswers([503]),
        }),
      },
    },
  );
}

function askedBy({ asked }: AccessRoutesParts, request: Request): Asked {
  return asked.get(request) ?? { identity: ANONYMOUS, cookie: NO_COOKIE };
}

const NO_COOKIE: Asked["cookie"] = { read: () => undefined, made: () => "", ended: () => "" };

function jsonBody(schema: object, example: object) {
  return { "application/json": { schema: schema as TSchema, example } };
}
