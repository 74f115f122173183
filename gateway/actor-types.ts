// GET /actors/types: what a node hosts, each type with its methods and their schemas.

import { type Elysia, t } from "elysia";

import type { ActorsView } from "#runtime/observe/view.ts";

import { oneOf, wholeNumber } from "./answer-schemas.ts";
import { answers, jsonAnswer } from "./document.ts";

const methodSchema = t.Object({
  name: t.String(),
  about: t.Optional(t.String({ description: "What it does" })),
  kind: oneOf(["write", "read"], "Reads may share the actor with other reads"),
  in: t.Optional(t.Object({}, { additionalProperties: true, description: "JSON schema of the input" })),
  out: t.Optional(t.Object({}, { additionalProperties: true, description: "JSON schema of the result" })),
});

const actorTypeSchema = t.Object({
  type: t.String(),
  about: t.Optional(t.String({ description: "What an actor of this type is" })),
  kind: oneOf(["actor", "session"], "A session lives as long as its connection"),
  durable: t.Boolean({ description: "What its actors change is stored" }),
  private: t.Boolean({ description: "What is known of its actors, reads included, takes the role operator" }),
  indexed: t.Array(t.String(), { description: "Fields of the state that a query may filter on" }),
  live: wholeNumber("Instances in memory"),
  methods: t.Array(methodSchema),
});

export const actorTypesSchema = t.Object({ items: t.Array(actorTypeSchema) });

const amount = { type: "object", required: ["amount"], properties: { amount: { type: "integer" } } };

const example = {
  items: [
    {
      type: "counter",
      about: "Counts, to try things with",
      kind: "actor",
      durable: true,
      private: false,
      indexed: ["count"],
      live: 1,
      methods: [
        { name: "add", about: "Adds to the count", kind: "write", in: amount, out: { type: "integer" } },
        { name: "value", about: "What the count is", kind: "read", out: { type: "integer" } },
      ],
    },
  ],
};

export function serveActorTypes(app: Elysia, view: ActorsView): void {
  app.get("/actors/types", () => ({ items: view.actorTypes() }), {
    detail: {
      summary: "Actor types, their methods and schemas",
      description: "All that this node hosts: the same for as long as it runs, but for the numbers.",
      tags: ["actors"],
      responses: answers({ 200: jsonAnswer("All actor types", actorTypesSchema, example) }),
    },
  });
}
