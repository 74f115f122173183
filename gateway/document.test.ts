// The OpenAPI document: complete, true to its schemas, and without a link that leads nowhere.

import { describe, expect, test } from "bun:test";

import type { TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

import { t } from "#runtime/mod.ts";
import type { MethodView, NodeView } from "#runtime/observe/view.ts";

import { meSchema } from "./access-routes.ts";
import { accountsSchema } from "./account-schemas.ts";
import { actorDetailSchema } from "./actor-acts.ts";
import { actorTypesSchema } from "./actor-types.ts";
import { actorsSchema } from "./actors.ts";
import { alarmsSchema } from "./alarms.ts";
import { auditSchema } from "./audit-routes.ts";
import { letterSchema, lettersSchema } from "./dead-letters.ts";
import { electionsSchema } from "./elections.ts";
import { healthSchema, readinessSchema } from "./health.ts";
import { leaderboardSchema } from "./leaderboard.ts";
import { limitSchema, limitsSchema } from "./limit-routes.ts";
import { snapshotSchema } from "./live.ts";
import { logLevelSchema, logsSchema } from "./logs.ts";
import { matchesSchema, matchSchema } from "./matches.ts";
import { problemSchema } from "./problem-body.ts";
import { createNeeds } from "./roles.ts";
import { membersSchema, messagesSchema, roomSchema, roomsSchema } from "./room-schemas.ts";
import { clocksSchema, electionSchema, overviewSchema } from "./server-schemas.ts";
import { sessionDetailSchema, sessionsSchema } from "./sessions.ts";
import { createView, startStandIn } from "./stand-in.ts";
import { stateEditSchema } from "./state-edits.ts";
import { systemSchema } from "./system.ts";
import { madeSchema, tokensSchema } from "./token-routes.ts";
import { subscribersSchema, topicsSchema } from "./topics.ts";

interface Content {
  readonly schema?: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Answer {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Record<string, Content>;
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: unknown;
  readonly parameters?: readonly { readonly name: string; readonly required: boolean; readonly schema: object }[];
  readonly requestBody?: { readonly content: Record<string, Content> };
  readonly responses: Record<string, Answer>;
}

interface OpenApiDocument {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: Record<string, Record<string, unknown>> & { readonly responses: Record<string, Answer> };
}

async function readDocument(changes: Partial<NodeView> = {}): Promise<OpenApiDocument> {
  await using gateway = startStandIn(changes);
  const response = await gateway.get("/docs/json");
  expect(response.headers.get("content-type")).toStartWith("application/json");
  return (await response.json()) as OpenApiDocument;
}

function operationsOf(document: OpenApiDocument): [string, Operation][] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
  );
}

/** Each of its own answers, and those that stand among the components. */
function answersOf(document: OpenApiDocument, operation: Operation): [string, Answer][] {
  return Object.entries(operation.responses).map(([status, answer]) => {
    const name = answer.$ref?.split("/").at(-1);
    return [status, name === undefined ? answer : (document.components.responses[name] ?? {})];
  });
}

function examplesOf({ example, examples }: Content): unknown[] {
  return examples === undefined ? [example] : Object.values(examples).map(({ value }) => value);
}

describe("the OpenAPI document", () => {
  test("lists every route with its method, and no other", async () => {
    const names = operationsOf(await readDocument()).map(([name]) => name);
    expect(names.sort()).toEqual([
      "delete /access/tokens/{id}",
      "delete /actors/{type}/{key}/alarms/{name}",
      "delete /dead-letters/{id}",
      "delete /sessions/{id}",
      "get /access/me",
      "get /access/tokens",
      "get /accounts",
      "get /actors",
      "get /actors/types",
      "get /actors/{type}/{key}",
      "get /actors/{type}/{key}/alarms",
      "get /audit",
      "get /chat",
      "get /dead-letters",
      "get /dead-letters/{id}",
      "get /health",
      "get /leaderboard",
      "get /leaderboard/{player}",
      "get /ledger",
      "get /limits",
      "get /limits/{name}",
      "get /live",
      "get /live/now",
      "get /logs",
      "get /logs/level",
      "get /match",
      "get /matches",
      "get /matches/{id}",
      "get /metrics",
      "get /ready",
      "get /rooms",
      "get /rooms/{room}",
      "get /rooms/{room}/members",
      "get /rooms/{room}/messages",
      "get /servers",
      "get /servers/clocks",
      "get /servers/election",
      "get /servers/elections",
      "get /sessions",
      "get /sessions/{id}",
      "get /system",
      "get /topics",
      "get /topics/{topic}/subscribers",
      "post /access/sign-in",
      "post /access/sign-out",
      "post /access/tokens",
      "post /accounts",
      "post /accounts/{name}/disable",
      "post /accounts/{name}/enable",
      "post /accounts/{name}/reset",
      "post /actors/counter/{key}/add",
      "post /actors/counter/{key}/clear",
      "post /actors/counter/{key}/value",
      "post /actors/{type}/{key}/_hibernate",
      "post /actors/{type}/{key}/_quarantine",
      "post /actors/{type}/{key}/_release",
      "post /actors/{type}/{key}/_stop",
      "post /dead-letters/{id}/replay",
      "post /servers/announcement",
      "post /servers/{name}/clock",
      "post /system/drain",
      "put /actors/{type}/{key}/_state",
      "put /limits/{name}",
      "put /logs/level",
    ]);
  });

  test("describes each operation, each of its answers, and gives examples of those with a body", async () => {
    const document = await readDocument();
    const tags = document.tags.map((tag) => tag.name);
    for (const [name, operation] of operationsOf(document)) {
      expect(operation.summary, name).toBeTruthy();
      expect(operation.description, name).toBeTruthy();
      expect(tags, name).toContain(operation.tags?.[0] ?? "no tag");
      for (const [status, answer] of answersOf(document, operation)) {
        expect(answer.description, `${name} ${status}`).toBeTruthy();
        for (const content of Object.values(answer.content ?? {})) {
          expect(content.schema, `${name} ${status}`).toBeDefined();
          for (const example of examplesOf(content)) expect(example, `${name} ${status}`).toBeDefined();
        }
      }
    }
  });

  test("its examples fit their schemas", async () => {
    const document = await readDocument();
    const { paths } = document;
    const example = (path: string, status: string, method = "get"): unknown =>
      paths[path]?.[method]?.responses[status]?.content?.["application/json"]?.example;
    expect(complaints(healthSchema, example("/health", "200"))).toEqual([]);
    expect(complaints(readinessSchema, example("/ready", "200"))).toEqual([]);
    expect(complaints(readinessSchema, example("/ready", "503"))).toEqual([]);
    expect(complaints(actorsSchema, example("/actors", "200"))).toEqual([]);
    expect(complaints(actorTypesSchema, example("/actors/types", "200"))).toEqual([]);
    expect(complaints(actorDetailSchema, example("/actors/{type}/{key}", "200"))).toEqual([]);
    expect(complaints(alarmsSchema, example("/actors/{type}/{key}/alarms", "200"))).toEqual([]);
    expect(complaints(lettersSchema, example("/dead-letters", "200"))).toEqual([]);
    expect(complaints(letterSchema, example("/dead-letters/{id}", "200"))).toEqual([]);
    expect(complaints(sessionsSchema, example("/sessions", "200"))).toEqual([]);
    expect(complaints(snapshotSchema, example("/live/now", "200"))).toEqual([]);
    expect(complaints(logsSchema, example("/logs", "200"))).toEqual([]);
    expect(complaints(logLevelSchema, example("/logs/level", "200"))).toEqual([]);
    expect(complaints(meSchema, example("/access/me", "200"))).toEqual([]);
    expect(complaints(tokensSchema, example("/access/tokens", "200"))).toEqual([]);
    const made = paths["/access/tokens"]?.["post"]?.responses["201"]?.content?.["application/json"]?.example;
    expect(complaints(madeSchema, made)).toEqual([]);
    expect(complaints(auditSchema, example("/audit", "200"))).toEqual([]);
    expect(complaints(sessionDetailSchema, example("/sessions/{id}", "200"))).toEqual([]);
    expect(complaints(topicsSchema, example("/topics", "200"))).toEqual([]);
    expect(complaints(subscribersSchema, example("/topics/{topic}/subscribers", "200"))).toEqual([]);
    expect(complaints(stateEditSchema, example("/actors/{type}/{key}/_state", "200", "put"))).toEqual([]);
    expect(complaints(systemSchema, example("/system", "200"))).toEqual([]);
    expect(complaints(limitsSchema, example("/limits", "200"))).toEqual([]);
    expect(complaints(limitSchema, example("/limits/{name}", "200"))).toEqual([]);
    expect(complaints(overviewSchema, example("/servers", "200"))).toEqual([]);
    expect(complaints(clocksSchema, example("/servers/clocks", "200"))).toEqual([]);
    expect(complaints(electionSchema, example("/servers/election", "200"))).toEqual([]);
    expect(complaints(electionsSchema, example("/servers/elections", "200"))).toEqual([]);
    expect(complaints(roomsSchema, example("/rooms", "200"))).toEqual([]);
    expect(complaints(roomSchema, example("/rooms/{room}", "200"))).toEqual([]);
    expect(complaints(membersSchema, example("/rooms/{room}/members", "200"))).toEqual([]);
    expect(complaints(messagesSchema, example("/rooms/{room}/messages", "200"))).toEqual([]);
    expect(complaints(matchesSchema, example("/matches", "200"))).toEqual([]);
    expect(complaints(matchSchema, example("/matches/{id}", "200"))).toEqual([]);
    expect(complaints(leaderboardSchema, example("/leaderboard", "200"))).toEqual([]);
    expect(complaints(leaderboardSchema, example("/leaderboard/{player}", "200"))).toEqual([]);
    expect(complaints(accountsSchema, example("/accounts", "200"))).toEqual([]);
    for (const [, operation] of operationsOf(document)) {
      for (const [status, answer] of answersOf(document, operation)) {
        const problem = answer.content?.["application/problem+json"];
        for (const body of problem === undefined ? [] : examplesOf(problem)) {
          expect(complaints(problemSchema, body)).toEqual([]);
          if (status !== "default") expect(body).toMatchObject({ status: Number(status) });
        }
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

  test("asks for the bearer token where a role is needed, and only there", async () => {
    const document = await readDocument();
    const needOf = createNeeds(createView([]).actorTypes(), true);
    expect(document.components["securitySchemes"]?.["bearerAuth"]).toMatchObject({ type: "http", scheme: "bearer" });
    for (const [name, operation] of operationsOf(document)) {
      const [method = "", path = ""] = name.split(" ");
      const { role } = needOf(new Request(`http://localhost${path}`, { method: method.toUpperCase() }));
      const isForAll = role === "anonymous";
      expect(operation.security, name).toEqual(isForAll ? undefined : [{ bearerAuth: [] }]);
      expect("403" in operation.responses && operation.description?.includes(role), name).toBe(!isForAll);
    }
  });

  test("shows the Idempotency-Key of each POST that may carry one, and of no other request", async () => {
    for (const [name, { parameters = [] }] of operationsOf(await readDocument())) {
      const isRead = name === "post /actors/counter/{key}/value";
      const takesKey = name.startsWith("post ") && !name.includes(" /access/") && !isRead;
      expect(parameters.filter((each) => each.name === "Idempotency-Key").length, name).toBe(takesKey ? 1 : 0);
    }
  });

  test("shows a method in the place of its type: its input, its answer, and all that may come instead", async () => {
    const { paths, tags } = await readDocument();
    expect(tags.map(({ name }) => name)).toContain("actor counter");
    const add = paths["/actors/counter/{key}/add"]?.["post"];
    expect(add).toMatchObject({ summary: "Call counter.add", operationId: "counter_add", tags: ["actor counter"] });
    expect(add?.parameters?.map(({ name }) => name)).toEqual(["key", "timeout_ms", "Idempotency-Key"]);
    expect(add?.requestBody?.content["application/json"]).toMatchObject({
      schema: { type: "object", properties: { amount: { type: "integer" } } },
      example: { amount: 3 },
    });
    expect(add?.responses["200"]?.content?.["application/json"]).toEqual({ schema: { type: "integer" }, example: 0 });
    const statuses = "200 400 401 403 409 410 413 415 422 423 429 500 503 504 508 default".split(" ");
    expect(Object.keys(add?.responses ?? {})).toEqual(statuses);
  });

  test("says of each route that takes a body that one too large, no JSON, or compressed is refused", async () => {
    for (const [name, { requestBody, responses }] of operationsOf(await readDocument())) {
      if (requestBody === undefined) continue;
      expect(Object.keys(responses), name).toEqual(expect.arrayContaining(["413", "415", "422"]));
      expect(responses["413"]?.content?.["application/problem+json"]?.example, name).toMatchObject({
        code: "body_too_large",
        detail: "Cannot read the body: it has more than 65536 bytes, the limit",
      });
      const unsupported = responses["415"]?.content?.["application/problem+json"]?.examples ?? {};
      expect(Object.keys(unsupported), name).toEqual(["unsupported_media_type", "unsupported_encoding"]);
    }
  });

  test("says of each route that acts without input that a body is refused", async () => {
    for (const [name, { requestBody, responses }] of operationsOf(await readDocument())) {
      if (name.startsWith("get ") || requestBody !== undefined) continue;
      expect(Object.keys(responses), name).toContain("422");
    }
  });

  test("shows the body of a quarantine: a reason and nothing besides", async () => {
    const { paths } = await readDocument();
    const { requestBody } = paths["/actors/{type}/{key}/_quarantine"]?.["post"] ?? {};
    expect(requestBody?.content["application/json"]?.schema).toMatchObject({
      required: ["reason"],
      properties: { reason: { type: "string", minLength: 1, maxLength: 1_000 } },
      additionalProperties: false,
    });
  });

  test("shows a method without input without a body, and one without answer as 204", async () => {
    const { paths } = await readDocument();
    const clear = paths["/actors/counter/{key}/clear"]?.["post"];
    expect(clear?.requestBody).toBeUndefined();
    expect(clear?.responses["204"]).toEqual({ description: "It has run; the method has no answer" });
  });

  test("asks for the token on a read where the type is private", async () => {
    const method: MethodView = { name: "look", kind: "read" };
    const type = { type: "diary", kind: "actor", durable: true, indexed: [], live: 0, methods: [method] } as const;
    const look = async (isPrivate: boolean) =>
      (await readDocument({ actorTypes: () => [{ ...type, private: isPrivate }] })).paths["/actors/diary/{key}/look"]?.[
        "post"
      ];
    expect(await look(true)).toMatchObject({ security: [{ bearerAuth: [] }], responses: { 401: {} } });
    expect((await look(true))?.description).toContain("Takes the role operator.");
    expect((await look(false))?.security).toBeUndefined();
    expect((await look(false))?.description).not.toContain("Takes the role");
  });

  test("shows what a schema calls itself by as a component, so that nothing is looked for elsewhere", async () => {
    const Tree = t.Recursive((tree) => t.Object({ children: t.Array(tree) }), { $id: "Tree" });
    const method: MethodView = { name: "plant", kind: "write", in: Tree };
    const type = {
      type: "forest",
      kind: "actor",
      durable: false,
      private: false,
      indexed: [],
      live: 0,
      methods: [method],
    } as const;
    const document = await readDocument({ actorTypes: () => [type] });
    const { schema } =
      document.paths["/actors/forest/{key}/plant"]?.["post"]?.requestBody?.content["application/json"] ?? {};
    const reference = { $ref: "#/components/schemas/forest.plant.in.Tree" };
    expect(schema).toEqual(reference);
    expect(document.components["schemas"]?.["forest.plant.in.Tree"]).toMatchObject({
      properties: { children: { items: reference } },
    });
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
