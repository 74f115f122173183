// What an operator is shown of the servers, as answers of an HTTP route and of the administration's program have it.
import { type Static, t } from "#runtime/mod.ts";

import { KnownServerSchema } from "./reference.ts";
import type { StatusSchema } from "./server-addresses.ts";

const count = (description?: string) =>
  t.Integer({ minimum: 0, ...(description === undefined ? {} : { description }) });

/** Of the node that is home to all servers: what waits in its broker and its proxy. */
export const QueuesSchema = t.Object({
  broker: t.Object({
    workers: count("Servers that requests are dealt to, the home itself too unless it serves none"),
    waiting: count("Requests that no worker has room for"),
    running: count("Requests that other servers have; those that the home serves itself are not counted"),
  }),
  publications: t.Object({
    published: count("Since the home was started, as the next two"),
    delivered: count("What publications became: one for each subscriber"),
    dropped: count("Those that a subscriber had no room for"),
    subscribers: count(),
  }),
  slow: t.Array(
    t.Object({
      address: t.String(),
      dropped: count("Publications that it has missed since it connected"),
      waitingBytes: count("What it has not taken yet"),
    }),
    { description: "Subscribers that have missed something, or for whom something waits; the slowest of them" },
  ),
});

export const ReadingSchema = t.Object({
  time: t.Number({ description: "Unix seconds, as the server says" }),
  offsetMs: t.Number({ description: "What that is ahead of the clock of the machine that asks" }),
  uncertaintyMs: t.Number({ description: "Half the round trip: the offset is no further from the truth" }),
  boundMs: t.Optional(
    t.Number({
      description: "How far from the time of the group it says to be at most; absent where it does not know",
    }),
  ),
  clock: t.Optional(t.Integer({ description: "Lamport time" })),
});

export const ServerClockSchema = t.Object({
  ...KnownServerSchema.properties,
  reading: t.Optional(t.Object(ReadingSchema.properties, { description: "Absent where it does not answer" })),
});

export const ServerElectionSchema = t.Object({
  ...KnownServerSchema.properties,
  standing: t.Optional(
    t.Object(
      {
        coordinator: t.Optional(t.String({ description: "Whom it follows, or is itself; absent where it has none" })),
        epoch: t.Optional(t.Integer({ description: "Of that one's election; absent of servers of other kinds" })),
        role: t.Optional(t.String({ description: "Absent of servers of other kinds" })),
      },
      { description: "Absent where it does not answer" },
    ),
  ),
});

export type Queues = Static<typeof QueuesSchema>;
export type Reading = Static<typeof ReadingSchema>;
export type ServerClock = Static<typeof ServerClockSchema>;
export type ServerElection = Static<typeof ServerElectionSchema>;
export type ServerStatus = Static<typeof StatusSchema>;

/** One server as it says itself that it stands; `status` is what only servers of this kind say. */
export interface ServerStanding extends ServerClock {
  readonly status?: ServerStatus;
}
