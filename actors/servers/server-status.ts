// How the servers stand, as one of them sees it: for operators, and for whoever asks who coordinates.
import type { Static } from "#runtime/mod.ts";

import type { NodeClocks } from "./node-clocks.ts";
import type { OwnServer } from "./own-server.ts";
import type { StatusSchema } from "./server-addresses.ts";

type Status = Static<typeof StatusSchema>;

const MS_PER_S = 1_000;

/** Offsets are known to the coordinator alone. */
export function statusOf(own: OwnServer | undefined, clocks: NodeClocks, nowMs: number): Status {
  const { hardwareMs } = clocks;
  const { timeMs, boundMs } = clocks.member.reading(hardwareMs);
  // What is undefined is left out where it is encoded.
  return {
    name: own?.name,
    rank: own?.rank,
    role: own?.election.role ?? "unsure",
    coordinator: own?.election.coordinator,
    epoch: own?.election.epoch,
    time: timeMs / MS_PER_S,
    boundMs,
    steps: clocks.member.stepCount + clocks.sleepCount,
    clock: clocks.lamportNow,
    servers: (own?.servers ?? []).map((server) => ({
      ...server,
      ...own?.duty?.offsetOf(server.name, hardwareMs),
      isDamped: own?.election.isDamped(server.name, nowMs) === true,
    })),
  } as Status;
}
