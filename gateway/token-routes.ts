// Tokens, at /access/tokens: made for people and programs, listed, revoked.

import { Type } from "@sinclair/typebox";
import { type Elysia, t } from "elysia";

import { ACCESS_BOUNDS, ROLES, TokenSchema } from "#actors/access/records.ts";

import { type AccessRoutesParts, askedBy, secretExample } from "./access-routes.ts";
import { actorAnswers } from "./actor-answers.ts";
import { refusalBody } from "./actor-problems.ts";
import { oneOf } from "./answer-schemas.ts";
import { answers, jsonAnswer, jsonBody, parameters, problemAnswer, problemsAnswer } from "./document.ts";
import { problem } from "./problems.ts";
import { bodyAnswers, noInputAnswer, readObject, takesNoInput } from "./request-body.ts";
import { boundedText } from "./request-fields.ts";
import { createId, createSecret, digestOf } from "./secrets.ts";

const { nameLengthMax, tokenHoursMax, tokensMax } = ACCESS_BOUNDS;

export const tokensSchema = t.Object({ items: t.Array(TokenSchema) });
export const madeSchema = t.Object({ ...TokenSchema.properties, secret: t.String({ description: "Told this once" }) });

const tokenBody = t.Object(
  {
    name: t.String({
      title: "name",
      description: `1 to ${nameLengthMax} letters, digits, dots, dashes or underscores: who acts with it`,
      pattern: `^[A-Za-z0-9._-]{1,${nameLengthMax}}$`,
    }),
    role: oneOf(ROLES, `One of ${ROLES.join(", ")}`),
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
  id: boundedText("id", "the token's id, as GET /access/tokens lists it", nameLengthMax),
});

const tokenExample = {
  id: "x7Qm2kPz0aLs",
  name: "grafana",
  role: "viewer" as const,
  createdAt: 1_735_689_600_000,
  createdBy: "admin",
  expiresAt: 1_735_776_000_000,
};
const NOT_FOUND = "Cannot revoke the token: there is none of this id";

export function serveTokens(app: Elysia, parts: AccessRoutesParts): void {
  serveListing(app, parts);
  serveMaking(app, parts);
  serveRevoking(app, parts);
}

function serveListing(app: Elysia, { access }: AccessRoutesParts): void {
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
        requestBody: jsonBody(tokenBody, { name: "grafana", role: "viewer", expiresInHours: 24 }),
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
