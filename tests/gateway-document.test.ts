// The document of a whole node: valid OpenAPI, in its authors' words, and every operation in it answers as it says.
import { afterAll, describe, expect, test } from "bun:test";

import { Validator } from "@seriousme/openapi-schema-validator";

import { MATCH_PORTS } from "./lib/node-settings.ts";
import { startTestNode, type TestNode } from "./lib/test-node.ts";

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly schema: Readonly<Record<string, unknown>>;
}

interface Content {
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly example?: unknown;
}

interface Operation {
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Record<string, Content> }>>;
}

interface OpenApiDocument {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** What ends the process, or the identity that all others are asked with, is asked last. */
const LAST = ["/access/sign-out", "/system/drain"];
const MESSAGING = { CORREIO_MESSAGING_PORT: 0, CORREIO_WORKER_PORT: 0, CORREIO_PUBLISHER_PORT: 0 };
const REST = { CORREIO_SUBSCRIBER_PORT: 0, CORREIO_MESSAGING_STORE_PORT: 0, CORREIO_REFERENCE_PORT: 0 };

const node: TestNode = await startTestNode({ ...MATCH_PORTS, ...MESSAGING, ...REST, CORREIO_SERVER_PORTS: 0 });
const openApi = (await (await ask("GET", "/docs/json")).json()) as OpenApiDocument;
afterAll(() => node.stop());

function ask(method: string, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { Authorization: `Bearer ${node.node.adminToken}` };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return fetch(`http://127.0.0.1:${node.node.httpPort}${path}`, { method, headers, redirect: "manual", ...sent });
}

function operations(): (readonly [method: string, path: string, operation: Operation])[] {
  return Object.entries(openApi.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [method.toUpperCase(), path, operation] as const),
    )
    .sort(([, one], [, other]) => LAST.indexOf(one) - LAST.indexOf(other));
}

describe("the document of a whole node", () => {
  test("is valid OpenAPI, says a validator that is not ours", async () => {
    const { valid, errors } = await new Validator().validate({ ...openApi });
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  test("groups the methods of actors by type, each type and each method in its author's words", () => {
    const methods = operations().filter(([, , { tags }]) => tags[0]?.startsWith("actor "));
    expect(methods.length).toBeGreaterThan(50);
    expect(methods.filter(([, , { summary }]) => summary.startsWith("Call ")).map(([, path]) => path)).toEqual([]);
    const types = openApi.tags.filter(({ name }) => name.startsWith("actor "));
    expect(types.filter(({ description }) => description.startsWith("Actors of type"))).toEqual([]);
    expect(types.map(({ name }) => name)).toContain("actor leaderboard");
  });

  test("has no two operations of one name", () => {
    const names = operations().map(([, , operation]) => (operation as { operationId?: string }).operationId);
    expect(names.filter((name, index) => name === undefined || names.indexOf(name) !== index)).toEqual([]);
  });
});

describe("every operation, tried out with what the document shows", () => {
  test("answers with a status that its entry lists, and a body of a type that it lists", async () => {
    const wrong: string[] = [];
    for (const [method, path, operation] of operations()) {
      const response = await tryOut(method, path, operation);
      const problem = await problemOf(response, operation);
      if (problem !== undefined) wrong.push(`${method} ${path}: ${problem}`);
    }
    expect(wrong).toEqual([]);
  }, 60_000);
});

async function tryOut(method: string, path: string, operation: Operation): Promise<Response> {
  const filled = (operation.parameters ?? [])
    .filter((parameter) => parameter.in === "path")
    .reduce((all, { name, schema }) => all.replace(`{${name}}`, encodeURIComponent(String(valueOf(schema)))), path);
  const query = new URLSearchParams();
  for (const { name, in: place, required, schema } of operation.parameters ?? []) {
    if (place === "query" && required) query.set(name, String(valueOf(schema)));
  }
  const content = operation.requestBody?.content["application/json"];
  const address = query.size === 0 ? filled : `${filled}?${query}`;
  return ask(method, address, content?.example);
}

/** As Swagger UI fills in a field: with the example, the default, or something of that type. */
function valueOf({ example, examples, default: fallback, enum: choices, type }: Parameter["schema"]): unknown {
  const [first] = [example, ...((examples ?? []) as unknown[]), fallback, ...((choices ?? []) as unknown[])].filter(
    (value) => value !== undefined,
  );
  return first ?? (type === "integer" || type === "number" ? 1 : "x");
}

async function problemOf(response: Response, { responses }: Operation): Promise<string | undefined> {
  const { status } = response;
  const listed = responses[String(status)];
  const type = response.headers.get("content-type")?.split(";")[0];
  const body = await response.text();
  if (listed === undefined) return `answered ${status}, which is not listed: ${body.slice(0, 200)}`;
  if (status >= 500 && status !== 504) return `answered ${status}: ${body.slice(0, 200)}`;
  if (listed.content === undefined || type === undefined) return undefined;
  return type in listed.content ? undefined : `answered ${type}, listed is ${Object.keys(listed.content).join(", ")}`;
}
