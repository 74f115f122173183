// One actor: GET looks at it; POST to a name with an underscore, which no method has, is an operator's act on it.

import { type Elysia, t } from "elysia";

import type { ActorsView } from "#runtime/observe/view.ts";

import { actorAnswers } from "./actor-answers.ts";
import { actorPath, keyOf } from "./actor-path.ts";
import {
  actorExample,
  actorSchema,
  alarmExample,
  alarmSchema,
  anyJson,
  turnExample,
  turnSchema,
} from "./actor-schemas.ts";
import { wholeNumber } from "./answer-schemas.ts";
import { type Answers, answers, jsonAnswer, jsonBody, parameters, problemAnswer } from "./document.ts";
import { entityTag, noneMatchParameter, notModified, notModifiedAnswer, tagHeader } from "./entity-tags.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { problem, type ProblemKind } from "./problems.ts";
import { bodyAnswers, noInputAnswer, readObject, takesNoInput } from "./request-body.ts";
import { keepsSecrets } from "./secret-types.ts";

export const actorDetailSchema = t.Object({
  ...actorSchema.properties,
  quarantine: t.Optional(t.String({ description: "Why it is shut, where it is" })),
  state: t.Optional(
    anyJson(
      "As it is in memory, or as it was last committed; absent where it is neither, is no JSON, or holds secrets",
    ),
  ),
  commits: t.Optional(wholeNumber("So far; absent for one that is not stored")),
  settled: t.Boolean({ description: "The state is what was committed last: then it can be replaced" }),
  alarms: t.Array(alarmSchema),
  recent: t.Array(turnSchema, { description: "The last turns since it woke, newest first" }),
  running: t.Array(t.Object({ method: t.String(), forMs: t.Number({ minimum: 0, description: "Since it began" }) }), {
    description: "Turns that go on: one, or reads side by side",
  }),
  recorded: t.String({ description: "Which turns `recent` has, and why none where there are none" }),
});

const example = {
  ...actorExample,
  state: { count: 240 },
  commits: 240,
  settled: true,
  alarms: [alarmExample],
  recent: [turnExample],
  running: [],
  recorded: "the last 1 of 240 since it woke",
};

const { reasonCharsMax } = HTTP_LIMITS;

const reasonBody = t.Object(
  {
    reason: t.String({
      title: "reason",
      description: `1 to ${reasonCharsMax} characters: shown to whoever looks at the actor`,
      minLength: 1,
      maxLength: reasonCharsMax,
      example: "Its state is being looked at",
    }),
  },
  { title: "body", description: "An object with a reason", additionalProperties: false },
);

const NOT_FOUND = "Cannot show the actor: it is neither in memory nor stored nor shut";
const BUSY = "Cannot put it to sleep: messages or turns of it are open, or timers that it would forget";
const NOT_IN_MEMORY = "Cannot stop it: it is not in memory";
const NOT_QUARANTINED = "Cannot release it: it is not shut";

interface Act {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** What is answered when `act` says that it could not. */
  readonly not: readonly [kind: ProblemKind, detail: string];
  readonly act: (type: string, key: string) => boolean | Promise<boolean>;
}

export function serveActorActs(app: Elysia, view: ActorsView): void {
  serveInspection(app, view);
  for (const act of actsOf(view)) serveAct(app, act);
  serveQuarantine(app, view);
}

function serveInspection(app: Elysia, view: ActorsView): void {
  app.get(
    "/actors/:type/:key",
    async ({ params, request }) => {
      const found = await view.inspect(params.type, keyOf(params.key));
      if (found === undefined) return problem("actor_not_found", NOT_FOUND);
      const { state: _, ...rest } = found;
      const detail = keepsSecrets(params.type) ? rest : found;
      if (detail.commits === undefined || !detail.settled) return { ...detail };
      const tag = entityTag(detail.commits);
      return notModified(request, tag) ?? Response.json(detail, { headers: { ETag: tag } });
    },
    {
      detail: {
        summary: "Look at one actor",
        description:
          "Its state, mailbox, alarms and last turns. Looking wakes nobody. The ETag is that of the state: its " +
          "commits so far; there is none while a turn is changing it, or while that is being stored. States that " +
          "hold passwords or keys are shown to nobody.",
        tags: ["actors"],
        parameters: [...parameters("path", actorPath), ...noneMatchParameter],
        responses: answers({
          200: { ...jsonAnswer("The actor as it is now", actorDetailSchema, example), headers: tagHeader },
          ...notModifiedAnswer,
          ...actorAnswers([400, 503]),
          404: problemAnswer("actor_not_found", NOT_FOUND),
        }),
      },
    },
  );
}

function actsOf(view: ActorsView): readonly Act[] {
  return [
    {
      name: "_hibernate",
      summary: "Put an actor to sleep",
      description:
        "It leaves memory as if it had been idle for long; one that sleeps goes on. A session keeps its connection.",
      not: ["actor_busy", BUSY],
      act: (type, key) => view.hibernate(type, key),
    },
    {
      name: "_stop",
      summary: "Stop an actor",
      description:
        "After the turn that runs it leaves memory, and its watchers are told. What is stored stays. A turn that " +
        "never ends is not cut off by this: quarantine the key; after 30 s its turns are abandoned; then release it.",
      not: ["actor_not_in_memory", NOT_IN_MEMORY],
      act: (type, key) => view.stop(type, key),
    },
    {
      name: "_release",
      summary: "Release an actor from quarantine",
      description: "Messages are let in again, its crashes are forgotten, and alarms that came meanwhile fire.",
      not: ["actor_not_quarantined", NOT_QUARANTINED],
      act: (type, key) => view.release(type, key),
    },
  ];
}

function serveAct(app: Elysia, { name, summary, description, not: [kind, why], act }: Act): void {
  app.post(
    `/actors/:type/:key/${name}`,
    async ({ params }) => {
      const done = await act(params.type, keyOf(params.key));
      return done ? new Response(null, { status: 204 }) : problem(kind, why);
    },
    {
      ...takesNoInput,
      detail: {
        ...actDetail(summary, description),
        responses: actAnswers("Done", { 409: problemAnswer(kind, why), ...noInputAnswer }),
      },
    },
  );
}

function serveQuarantine(app: Elysia, view: ActorsView): void {
  app.post(
    "/actors/:type/:key/_quarantine",
    async ({ params, request }) => {
      const body = await readObject(request, reasonBody);
      if (body instanceof Response) return body;
      view.quarantine(params.type, keyOf(params.key), body.value.reason);
      return new Response(null, { status: 204 });
    },
    {
      parse: "none",
      detail: {
        ...actDetail("Shut an actor", "What waits becomes dead letters, and nothing is let in until it is released."),
        requestBody: jsonBody(reasonBody),
        responses: actAnswers("It is shut", {
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

function actDetail(summary: string, description: string) {
  return { summary, description, tags: ["actors"], parameters: parameters("path", actorPath) };
}

function actAnswers(done: string, known: Answers): Answers {
  return answers({ 204: { description: done }, ...actorAnswers([400, 404, 503]), ...known });
}
