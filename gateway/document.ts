// The OpenAPI document at /docs/json, and what routes use to describe themselves in it.

import { swagger } from "@elysiajs/swagger";
import type { DocumentDecoration, Elysia, TSchema } from "elysia";

import { PROBLEM_MEDIA_TYPE, problemBody, type ProblemKind, problemSchema } from "./problems.ts";

export const DOCUMENT_PATH = "/docs/json";

type Answers = NonNullable<DocumentDecoration["responses"]>;
type Answer = Answers[string];
type Parameters = NonNullable<DocumentDecoration["parameters"]>;

interface ObjectSchema {
  readonly properties: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
}

/**
 * Serves the document. The plugin always adds a page that loads its scripts from a public host; given the document's
 * own path for it, the document replaces that page.
 */
export function serveDocument(app: Elysia, version: string): void {
  app.use(
    swagger({
      path: DOCUMENT_PATH,
      specPath: DOCUMENT_PATH,
      documentation: {
        info: {
          title: "Correio",
          version,
          description:
            "Look into a running node and act on it. Reading is open to whoever reaches this address; everything " +
            "else needs the admin token. Failures are problem details (RFC 9457).",
        },
        tags: [
          { name: "process", description: "Is it alive, is it ready, what does it measure" },
          { name: "actors", description: "Actor types and their live instances" },
          { name: "sessions", description: "Open connections" },
          { name: "docs", description: "What you are reading" },
        ],
        components: {
          schemas: { Problem: problemSchema as TSchema },
          securitySchemes: {
            bearerAuth: { type: "http", scheme: "bearer", description: "The token in CORREIO_ADMIN_TOKEN" },
          },
        },
      },
    }),
  );
}

export function jsonAnswer(description: string, schema: TSchema, example: object): Answer {
  return { description, content: { "application/json": { schema, example } } };
}

export function problemAnswer(kind: ProblemKind, detail: string): Answer {
  const example = problemBody(kind, detail);
  return {
    description: example.title,
    content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: "#/components/schemas/Problem" }, example } },
  };
}

/** The answers of a route, with what any route may answer besides. */
export function answers(known: Answers): Answers {
  const failure = problemAnswer("internal", "Cannot answer: the fault is in the server's log");
  const description = "Any other failure: 421 for a host name not served here, 500 for a fault of the gateway";
  return { ...known, default: { ...failure, description } };
}

/** The same schemas the route checks with, as OpenAPI parameters: a number is shown as one, not as "text or number". */
export function parameters(place: "path" | "query", schema: ObjectSchema): Parameters {
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
