// GET /system: what the process is and how it does; POST /system/drain: its orderly end.

import { type Elysia, t } from "elysia";

import type { ProcessView } from "#runtime/observe/process-view.ts";
import type { NodeView } from "#runtime/observe/view.ts";

import { wholeNumber } from "./answer-schemas.ts";
import { answers, jsonAnswer, jsonBody, problemAnswer } from "./document.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { problem } from "./problems.ts";
import { bodyAnswers, readOptionalObject } from "./request-body.ts";

export const systemSchema = t.Object({
  serverId: t.String(),
  version: t.String(),
  pid: wholeNumber(),
  bun: t.String({ description: "Version of what runs it" }),
  platform: t.String({ description: "Operating system and processor" }),
  cpus: wholeNumber("Cores that it may use; it runs on one, and its threads on others"),
  startedAt: wholeNumber("Unix milliseconds"),
  uptimeMs: t.Number({ minimum: 0 }),
  ready: t.Boolean(),
  why: t.Optional(t.String({ description: "Why it is not ready, as at /ready" })),
  problem: t.Optional(t.String({ description: "The same for people" })),
  ports: t.Object({}, { additionalProperties: wholeNumber(), description: "Listened on, by what is spoken there" }),
  memory: t.Object({
    residentBytes: wholeNumber("As the operating system counts"),
    heapBytes: wholeNumber("Of values that are in use, or not collected yet"),
    externalBytes: wholeNumber("Of buffers"),
  }),
  cpuSeconds: t.Number({ minimum: 0, description: "Of all its threads since the start" }),
  counts: t.Object({
    actors: wholeNumber("In memory"),
    connections: wholeNumber("Open, those too that have said nothing yet"),
    deadLetters: wholeNumber("Since the start, also those that are gone again"),
    quarantinedKeys: wholeNumber("Shut now"),
  }),
  settings: t.Array(
    t.Object({
      name: t.String(),
      unit: t.String(),
      value: t.Optional(t.String({ description: "As it is in effect now; absent for a secret" })),
    }),
  ),
});

const example = {
  serverId: "node-1",
  version: "0.1.0",
  pid: 4_711,
  bun: "1.4.4",
  platform: "linux x64",
  cpus: 2,
  startedAt: 1_735_689_600_000,
  uptimeMs: 81_250,
  ready: true,
  ports: { http: 8_080, tcp: 5_000, udp: 5_001 },
  memory: { residentBytes: 96_468_992, heapBytes: 31_457_280, externalBytes: 2_097_152 },
  cpuSeconds: 1.84,
  counts: { actors: 412, connections: 50, deadLetters: 0, quarantinedKeys: 0 },
  settings: [
    { name: "CORREIO_CONNECTIONS_MAX", unit: "connections", value: "16000" },
    { name: "CORREIO_ADMIN_TOKEN", unit: "token" },
  ],
};

const { reasonCharsMax } = HTTP_LIMITS;

const drainBody = t.Object(
  {
    reason: t.Optional(
      t.String({
        title: "reason",
        description: `1 to ${reasonCharsMax} characters: for the log`,
        minLength: 1,
        maxLength: reasonCharsMax,
        example: "A newer version is started",
      }),
    ),
  },
  { title: "body", description: "An object with a reason, or nothing", additionalProperties: false },
);

const DRAINING = "Cannot begin to end: the node is ending already";

export function serveSystem(app: Elysia, view: NodeView, process: ProcessView): void {
  serveFigures(app, view, process);
  app.post(
    "/system/drain",
    async ({ request }) => {
      const body = await readOptionalObject(request, drainBody);
      if (body instanceof Response) return body;
      if (!process.drain(body.value.reason)) return problem("draining_already", DRAINING);
      return new Response(null, { status: 202 });
    },
    {
      parse: "none",
      detail: {
        summary: "End the process in good order",
        description:
          "As SIGTERM does: nobody new is let in, what was accepted is answered, every session leaves its row, and " +
          "the process ends with 0, after CORREIO_DRAIN_MS at the latest. It begins when this is answered.",
        tags: ["process"],
        requestBody: { ...jsonBody(drainBody), required: false },
        responses: answers({
          202: { description: "It ends, soon" },
          409: problemAnswer("draining_already", DRAINING),
          ...bodyAnswers,
          422: problemAnswer(
            "invalid_request",
            `Cannot accept the request: "reason" must be 1 to ${reasonCharsMax} characters`,
          ),
        }),
      },
    },
  );
}

function serveFigures(app: Elysia, view: NodeView, process: ProcessView): void {
  app.get(
    "/system",
    () => ({
      ...view.about(),
      ...process.figures(),
      ...view.readiness(),
      ports: process.ports(),
      counts: process.counts(),
      settings: process.settings(),
    }),
    {
      detail: {
        summary: "What the process is and how it does",
        description:
          "Who it is, how long it has been up, where it listens, what it takes of the machine, and its settings, " +
          "those that were changed at /limits as they are now. Of secrets only the names are told.",
        tags: ["process"],
        responses: answers({ 200: jsonAnswer("The process as it is now", systemSchema, example) }),
      },
    },
  );
}
