// The OpenAPI document: complete, true to its schemas, and without a link that leads nowhere.

import { describe, expect, test } from "bun:test";

import type { TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

import { actorsSchema } from "./actors.ts";
import { healthSchema, readinessSchema } from "./health.ts";
import { problemSchema } from "./problems.ts";
import { sessionsSchema } from "./sessions.ts";
import { startStandIn } from "./stand-in.ts";

interface Content {
  readonly schema?: object;
  readonly example?: unknown;
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: unknown;
  readonly parameters?: readonly { readonly name: string; readonly required: boolean; readonly schema: object }[];
  readonly responses: Record<string, { readonly description?: string; readonly content?: Record<string, Content> }>;
}

interface OpenApiDocument {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: Record<string, Record<string, unknown>>;
}

async function readDocument(): Promise<OpenApiDocument> {
  await using gateway = startStandIn();
  const response = await gateway.get("/docs/json");
  expect(response.headers.get("content-type")).toStartWith("application/json");
  return (await response.json()) as OpenApiDocument;
}

function operationsOf(document: OpenApiDocument): [string, Operation][] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
  );
}

describe("the OpenAPI document", () => {
  test("lists every route with its method, and no other", async () => {
    const names = operationsOf(await readDocument()).map(([name]) => name);
    expect(names.sort()).toEqual([
      "delete /sessions/{id}",
      "get /",
      "get /actors",
      "get /health",
      "get /metrics",
      "get /ready",
      "get /sessions",
    ]);
  });

  test("describes each operation, each of its answers, and gives examples of those with a body", async () => {
    const document = await readDocument();
    const tags = document.tags.map((tag) => tag.name);
    for (const [name, operation] of operationsOf(document)) {
      expect(operation.summary, name).toBeTruthy();
      expect(operation.description, name).toBeTruthy();
      expect(tags, name).toContain(operation.tags?.[0] ?? "no tag");
      for (const [status, answer] of Object.entries(operation.responses)) {
        expect(answer.description, `${name} ${status}`).toBeTruthy();
        for (const content of Object.values(answer.content ?? {})) {
          expect(content.schema, `${name} ${status}`).toBeDefined();
          expect(content.example, `${name} ${status}`).toBeDefined();
        }
      }
    }
  });

  test("its examples fit their schemas", async () => {
    const { paths } = await readDocument();
    const example = (path: string, status: string): unknown =>
      paths[path]?.["get"]?.responses[status]?.content?.["application/json"]?.example;
    expect(complaints(healthSchema, example("/health", "200"))).toEqual([]);
    expect(complaints(readinessSchema, example("/ready", "200"))).toEqual([]);
    expect(complaints(readinessSchema, example("/ready", "503"))).toEqual([]);
    expect(complaints(actorsSchema, example("/actors", "200"))).toEqual([]);
    expect(complaints(sessionsSchema, example("/sessions", "200"))).toEqual([]);
    for (const [, operation] of operationsOf(await readDocument())) {
      for (const answer of Object.values(operation.responses)) {
        const problem = answer.content?.["application/problem+json"]?.example;
        if (problem !== undefined) expect(complaints(problemSchema, problem)).toEqual([]);
      }
    }
  });

  test("every reference in it leads somewhere", async () => {
    const document = await readDocument();
    const references = JSON.stringify(document).match(/(?<="\$ref":")[^"]*/g) ?? [];
    expect(references.length).toBeGreaterThan(0);
    for (const reference of references) {
      expect(reference).toStartWith("#/components/");
      const [, , section = "", name = ""] = reference.split("/");
      expect(document.components[section]?.[name], reference).toBeDefined();
    }
  });

  test("shows a number with its bounds as a number, so that the page offers a number field", async () => {
    const { paths } = await readDocument();
    const limit = paths["/actors"]?.["get"]?.parameters?.find((parameter) => parameter.name === "limit");
    expect(limit?.schema).toEqual({ type: "integer", minimum: 1, maximum: 500, default: 50 });
    expect(limit?.required).toBe(false);
  });

  test("asks for the bearer token on what changes state, and only there", async () => {
    const document = await readDocument();
    expect(document.components["securitySchemes"]?.["bearerAuth"]).toMatchObject({ type: "http", scheme: "bearer" });
    for (const [name, operation] of operationsOf(document)) {
      expect(operation.security, name).toEqual(name.startsWith("get ") ? undefined : [{ bearerAuth: [] }]);
    }
  });

  test("promises numbers, never text in their place", async () => {
    expect(JSON.stringify(await readDocument())).not.toContain('"anyOf"');
  });

  test("names no other host", async () => {
    expect(JSON.stringify(await readDocument())).not.toMatch(/https?:|"\/\//);
  });
});

function complaints(schema: TSchema, value: unknown): string[] {
  return [...Value.Errors(schema, value)].map((error) => `${error.path}: ${error.message}`);
}
