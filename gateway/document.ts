// The OpenAPI document at /docs/json, and what routes use to describe themselves in it.

import { swagger } from "@elysiajs/swagger";
import type { DocumentDecoration, Elysia, TSchema } from "elysia";

import { HTTP_LIMITS } from "./limits.ts";
import { PROBLEM_MEDIA_TYPE, type ProblemBody, problemSchema } from "./problem-body.ts";
import { problemBody, type ProblemKind } from "./problems.ts";

const DOCUMENT_PATH = "/docs/json";

export type Answers = NonNullable<DocumentDecoration["responses"]>;
export type Answer = Answers[string];
type Parameters = NonNullable<DocumentDecoration["parameters"]>;

export interface ObjectSchema {
  readonly properties: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[] | undefined;
}

/** What belongs to no route alone. */
export interface DocumentParts {
  readonly version: string;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly schemas: Record<string, TSchema>;
  readonly responses: Record<string, Answer>;
}

/**
 * Serves the document. The plugin always adds a page that loads its scripts from a public host; given the document's
 * own path for it, the document replaces that page.
 */
export function serveDocument(app: Elysia, { version, tags, schemas, responses }: DocumentParts): void {
  app.use(
    swagger({
      path: DOCUMENT_PATH,
      specPath: DOCUMENT_PATH,
      documentation: {
        // Schemas are written for this one: in it they are JSON Schema as it is.
        openapi: "3.1.0",
        info: {
          title: "Correio",
          version,
          description:
            "Call the actors of a running node, look into it and act on it. On loopback looking needs no token, " +
            "unless it is at something private, as rooms and accounts are. For everything else press Authorize and " +
            "paste a token: the one that the server printed when it started, or one that was made here. It has a " +
            "role: a viewer looks, an operator also acts, an admin also sets; each operation says which it takes. " +
            "All answers have an `X-Request-Id`. A POST may carry an `Idempotency-Key`: calls of durable actors are " +
            "then made once for good, all others once in 10 minutes and while the process lasts. Failures " +
            "are problem details (RFC 9457).",
        },
        tags: [
          { name: "actors", description: "Actors of all types, awake and asleep: to be looked at and acted on" },
          { name: "dead-letters", description: "Messages that nobody handled" },
          { name: "sessions", description: "Open connections" },
          { name: "logs", description: "What is logged, and how much" },
          { name: "rooms", description: "Chat rooms: who is in them and what was said" },
          { name: "matches", description: "Matches that go on, and those that are over and still kept" },
          { name: "leaderboard", description: "Who has won most" },
          { name: "accounts", description: "Names with passwords, of the chat and of matches" },
          { name: "topics", description: "What actors publish to, and who has subscribed" },
          { name: "servers", description: "The servers of messages: who coordinates, what their clocks show" },
          { name: "access", description: "Who you are, tokens for people and programs, and who changed what" },
          {
            name: "process",
            description: "The process: health, figures, live feed, limits, session ledger, its orderly end (drain)",
          },
          // Many, and one for each type: whoever looks for an act of administration finds it above them.
          ...tags,
        ],
        components: {
          schemas: { ...schemas, Problem: problemSchema as TSchema },
          responses,
          securitySchemes: {
            bearerAuth: {
              type: "http",
              scheme: "bearer",
              description: "CORREIO_ADMIN_TOKEN, the token that the server printed when it started, or one made here",
            },
          },
        },
      },
    }),
  );
}

export function jsonAnswer(description: string, schema: TSchema, example: object): Answer {
  return { description, content: { "application/json": { schema, example } } };
}

/** Of a route that reads a body. Without an example of its own it is that of the schema. */
export function jsonBody(schema: object, example?: object) {
  const content = { schema: schema as TSchema, ...(example === undefined ? {} : { example }) };
  return { required: true, content: { "application/json": content } };
}

export function problemAnswer(kind: ProblemKind, detail: string): Answer {
  const example = problemBody(kind, detail);
  return {
    description: example.title,
    content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: "#/components/schemas/Problem" }, example } },
  };
}

/** Of several problems that have one status. */
export function problemsAnswer(bodies: readonly ProblemBody[]): Answer {
  const examples = Object.fromEntries(bodies.map((body) => [body.code, { value: body }]));
  return {
    description: bodies.map(({ title }) => title).join("; or: "),
    content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: "#/components/schemas/Problem" }, examples } },
  };
}

/** The answers of a route, with what any route may answer besides. */
export function answers(known: Answers): Answers {
  const failure = problemAnswer("internal", "Cannot answer: the fault is in the server's log");
  const description =
    "Any other failure: 400 for a body that is no JSON and for a query parameter that is not listed here or is given " +
    "twice, 401 and 403 for who may not look at actors of a private type, 413 for a body of more than " +
    `${HTTP_LIMITS.requestBodyBytesMax} bytes, 421 for a host name that is not served here, 429 for too many ` +
    "requests or wrong tokens from one address, 500 for a fault of the gateway";
  return { ...known, default: { ...failure, description } };
}

/** The same schemas the route checks with, as OpenAPI parameters: a number is shown as one, not as "text or number". */
export function parameters(place: "path" | "query" | "header", schema: ObjectSchema): Parameters {
  return Object.entries(schema.properties).map(([name, property]) => {
    const { description = "", title: _title, ...shown } = withoutText(property);
    const required = (schema.required?.includes(name) ?? false) && property.default === undefined;
    return { name, in: place, required, description, schema: shown };
  });
}

/** Elysia reads numbers from text: its schema for one is a choice of text and number. Returns the number. */
function withoutText(schema: TSchema): TSchema {
  const choices = (schema["anyOf"] ?? []) as readonly TSchema[];
  return choices.find((choice) => choice["type"] === "integer") ?? schema;
}
