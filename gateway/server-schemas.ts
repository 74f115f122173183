// What /servers takes and answers: the schemas of its documents.

import { Type } from "@sinclair/typebox";
import { t } from "elysia";

import { QueuesSchema, ServerClockSchema, ServerElectionSchema } from "#actors/servers/administration-schemas.ts";
import { StatusSchema } from "#actors/servers/server-addresses.ts";
import { SERVER_NAME_LENGTH_MAX } from "#actors/servers/server-name.ts";

import { oneOf } from "./answer-schemas.ts";

const role = oneOf(["coordinator", "follower", "unsure"], "`unsure`: it has no coordinator now");

export const overviewSchema = t.Object({
  own: t.Object({ ...StatusSchema.properties, role }, { description: "As this node's own server sees all of them" }),
  queues: t.Optional(
    t.Object(QueuesSchema.properties, { description: "Of the home; absent where it says nothing of them" }),
  ),
});

export const clocksSchema = t.Object({ items: t.Array(ServerClockSchema) });
export const electionSchema = t.Object({ items: t.Array(ServerElectionSchema) });

const name = (title: string, description: string) =>
  t.String({
    title,
    description: `1 to ${SERVER_NAME_LENGTH_MAX} characters: ${description}`,
    minLength: 1,
    maxLength: SERVER_NAME_LENGTH_MAX,
  });

export const namePath = t.Object({ name: name("name", "a server's name, as GET /servers lists it") });

export const clockBody = t.Object(
  {
    time: t.Optional(Type.Number({ description: "Unix seconds that it is to show" })),
    differenceMs: t.Optional(Type.Number({ description: "What it is to be put on by; below 0: back" })),
  },
  {
    title: "body",
    description: "An object with a number, either time or differenceMs",
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
  },
);

export const announcementBody = t.Object(
  { coordinator: name("coordinator", "the name of a server that the reference lists") },
  { title: "body", description: "An object with a coordinator", additionalProperties: false },
);
