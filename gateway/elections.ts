// GET /servers/elections: how elections went, as this node's own server saw them.

import { type Elysia, t } from "elysia";

import { type ElectionSeen, ElectionSeenSchema } from "#actors/servers/election-history.ts";
import { limits } from "#runtime/mod.ts";
import type { Page } from "#runtime/observe/view.ts";

import { actorAnswers } from "./actor-answers.ts";
import { oneOf } from "./answer-schemas.ts";
import { answers, jsonAnswer, parameters, problemAnswer } from "./document.ts";
import { limitComplaint, nextCursor, numberCursor, pageParameters } from "./paging.ts";
import { problemResponse } from "./problem-body.ts";
import { given } from "./request-fields.ts";
import { NO_MESSAGING, type ServersView } from "./servers.ts";

const REASONS = ["elected", "announced", "voted", "lease_over", "silent", "left_office"] as const;

const seenSchema = t.Object({
  ...ElectionSeenSchema.properties,
  role: oneOf(["coordinator", "follower", "unsure"], "`unsure`: it has no coordinator now"),
  why: oneOf(
    REASONS,
    "`elected`: a majority voted; `announced`: it was told of a coordinator; `voted`: it waits for an election that " +
      "goes on; `lease_over`: too few answered it in office; `silent`: its coordinator was not heard; `left_office`: " +
      "its coordinator has stepped down",
  ),
});

export const electionsSchema = t.Object({ items: t.Array(seenSchema), next: nextCursor });

const querySchema = t.Object({
  limit: pageParameters.limit,
  before: numberCursor("before"),
});

const EPOCH = 2_147_549_186;

export const electionsExample: { readonly items: readonly ElectionSeen[]; readonly next: string } = {
  items: [
    { at: 1_735_689_660_000, epoch: EPOCH, coordinator: "beta", role: "coordinator", why: "elected" },
    { at: 1_735_689_648_000, role: "unsure", why: "silent" },
    { at: 1_735_689_600_000, epoch: EPOCH - 65_536, coordinator: "gama", role: "follower", why: "announced" },
  ],
  next: "5",
};

export function serveElections(app: Elysia, servers: ServersView | undefined): void {
  app.get(
    "/servers/elections",
    async ({ query }) => {
      if (servers === undefined) return problemResponse(NO_MESSAGING);
      return { ...(await pageOf(servers, query)) };
    },
    {
      query: querySchema,
      detail: {
        summary: "How elections went",
        description:
          "Newest first, as this node's own server saw it since the node was started: whenever it had another " +
          `coordinator, another epoch, or none. The last ${limits.electionsKept} are kept.`,
        tags: ["servers"],
        parameters: parameters("query", querySchema),
        responses: answers({
          200: jsonAnswer("One page of what it saw", electionsSchema, electionsExample),
          404: problemAnswer("no_messaging", NO_MESSAGING.detail),
          422: problemAnswer("invalid_request", limitComplaint),
          ...actorAnswers([423, 429, 503, 504]),
        }),
      },
    },
  );
}

async function pageOf(
  servers: ServersView,
  { limit, before }: { readonly limit: number; readonly before?: number | undefined },
): Promise<Page<ElectionSeen>> {
  const found = await servers.elections({ count: limit + 1, ...given({ before }) });
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return { items: page.map(({ seen }) => seen), ...(last === undefined ? {} : { next: String(last.number) }) };
}
