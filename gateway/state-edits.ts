// PUT /actors/{type}/{key}/_state: an administrator puts a state in the place of the one he has seen.

import { type Elysia, t } from "elysia";

import type { StateEditView } from "#runtime/observe/process-view.ts";
import type { ActorsView } from "#runtime/observe/view.ts";

import { actorAnswers } from "./actor-answers.ts";
import { actorPath, keyOf } from "./actor-path.ts";
import { wholeNumber } from "./answer-schemas.ts";
import { answers, jsonAnswer, jsonBody, parameters, problemAnswer, problemsAnswer } from "./document.ts";
import {
  entityTag,
  matchParameter,
  preconditionOf,
  staleAnswer,
  staleProblem,
  tagHeader,
  unseenAnswer,
  unseenProblem,
} from "./entity-tags.ts";
import { problem, problemBody } from "./problems.ts";
import { bodyAnswers, readObject } from "./request-body.ts";
import { keepsSecrets } from "./secret-types.ts";

export const stateEditSchema = t.Object({ commits: wholeNumber("So many there are of it now") });

const stateBody = t.Object(
  {
    state: t.Object(
      {},
      {
        title: "state",
        description: "An object: the state as the actor's methods are to find it",
        additionalProperties: true,
        example: { count: 100 },
      },
    ),
  },
  {
    title: "body",
    description: "An object with a state",
    additionalProperties: false,
    example: { state: { count: 100 } },
  },
);

const SECRET = "Cannot replace the state: what actors of this type keep is not made by hand";
const NOT_STORED = "Cannot replace the state: nothing of this actor is stored";
const BUSY = "Cannot replace the state: the actor is awake and has something to do";
const OTHER_VERSION =
  "Cannot replace the state: another version of its type has stored it; the actor's next change stores it in this one";

export function serveStateEdits(app: Elysia, view: ActorsView): void {
  app.put(
    "/actors/:type/:key/_state",
    async ({ params, request }) => {
      const body = await readObject(request, stateBody);
      if (body instanceof Response) return body;
      if (keepsSecrets(params.type)) return problem("state_secret", SECRET);
      const from = preconditionOf(request);
      if (from === "none" || from === "any") return unseenProblem();
      if (from === "another") return staleProblem();
      return answerTo(await view.replaceState(params.type, keyOf(params.key), from.version, body.value.state));
    },
    {
      parse: "none",
      detail: {
        summary: "Replace the state of an actor",
        description:
          "Of a durable actor that is asleep, idle or shut: as a commit of its own, made from the commit that " +
          "`If-Match` names, so that it overwrites nothing that you have not seen. Rows and alarms stay as they are. " +
          "A state of more than 64 KiB cannot be sent.",
        tags: ["actors"],
        parameters: [...parameters("path", actorPath), ...matchParameter(true)],
        requestBody: jsonBody(stateBody),
        responses: answers({
          200: { ...jsonAnswer("It is stored", stateEditSchema, { commits: 241 }), headers: tagHeader },
          ...actorAnswers([400, 429, 503, 504]),
          403: problemAnswer("state_secret", SECRET),
          404: problemAnswer("actor_not_found", NOT_STORED),
          409: problemAnswer("actor_busy", BUSY),
          ...staleAnswer,
          ...bodyAnswers,
          422: problemsAnswer([
            problemBody("invalid_request", 'Cannot accept the request: "state" must be an object'),
            problemBody("state_of_other_version", OTHER_VERSION),
          ]),
          423: { $ref: "#/components/responses/Actor423" },
          ...unseenAnswer,
        }),
      },
    },
  );
}

function answerTo(edit: StateEditView): Response {
  if ("commits" in edit) return Response.json(edit, { headers: { ETag: entityTag(edit.commits) } });
  switch (edit.not) {
    case "busy":
      return problem("actor_busy", BUSY);
    case "not_stored":
      return problem("actor_not_found", NOT_STORED);
    case "other_version":
      return problem("state_of_other_version", OTHER_VERSION);
    case "stale":
      return staleProblem();
  }
}
