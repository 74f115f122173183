// The alarms of one actor: GET /actors/{type}/{key}/alarms lists them, DELETE with a name cancels one.

import { type Elysia, t } from "elysia";

import type { ActorsView } from "#runtime/observe/view.ts";

import { actorAnswers } from "./actor-answers.ts";
import { actorPath, alarmPath, keyOf } from "./actor-path.ts";
import { alarmExample, alarmSchema } from "./actor-schemas.ts";
import { answers, jsonAnswer, parameters, problemAnswer } from "./document.ts";
import { problem } from "./problems.ts";
import { noInputAnswer, takesNoInput } from "./request-body.ts";

export const alarmsSchema = t.Object({ items: t.Array(alarmSchema) });

const NOT_FOUND = "Cannot cancel the alarm: the actor has none of this name";

export function serveAlarms(app: Elysia, view: ActorsView): void {
  app.get(
    "/actors/:type/:key/alarms",
    async ({ params }) => ({ items: await view.alarms(params.type, keyOf(params.key)) }),
    {
      detail: {
        summary: "Alarms of one actor",
        description: "All of them, as stored. An actor that nobody knows has none.",
        tags: ["actors"],
        parameters: parameters("path", actorPath),
        responses: answers({
          200: jsonAnswer("Its alarms", alarmsSchema, { items: [alarmExample] }),
          ...actorAnswers([400, 404, 503]),
        }),
      },
    },
  );
  app.delete(
    "/actors/:type/:key/alarms/:name",
    async ({ params }) => {
      const cancelled = await view.cancelAlarm(params.type, keyOf(params.key), keyOf(params.name));
      return cancelled ? new Response(null, { status: 204 }) : problem("alarm_not_found", NOT_FOUND);
    },
    {
      ...takesNoInput,
      detail: {
        summary: "Cancel an alarm",
        description:
          "In a turn of the actor, which is woken for it, or without one where it is in quarantine: the answer comes " +
          "when that is committed.",
        tags: ["actors"],
        parameters: parameters("path", alarmPath),
        responses: answers({
          204: { description: "It will not fire any more" },
          ...actorAnswers([400, 423, 429, 500, 503, 504]),
          404: problemAnswer("alarm_not_found", NOT_FOUND),
          ...noInputAnswer,
        }),
      },
    },
  );
}
