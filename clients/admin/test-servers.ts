// Servers as they say that they stand, for tests of what is shown of them.
import type { Queues, ServerStanding, ServerStatus } from "#actors/servers/administration-schemas.ts";
import type { KnownServer } from "#actors/servers/reference.ts";
import type { ServerName } from "#actors/servers/server-name.ts";

const EPOCH = 2_147_549_187;

export function listed(name: string, rank: number, votes = true): KnownServer {
  return { name: name as ServerName, rank, address: `10.0.0.${rank}:${5_600 + rank}`, votes };
}

/** Follows that one, which is the server itself unless given. */
export function standing(name: string, rank: number, status: Partial<ServerStatus> = {}): ServerStanding {
  const { coordinator = name } = status;
  const own: ServerStatus = {
    name,
    rank,
    role: coordinator === name ? "coordinator" : "follower",
    coordinator,
    epoch: EPOCH,
    time: 1_735_689_600.25,
    boundMs: 0.3,
    steps: 1,
    clock: 40,
    servers: [],
    ...status,
  };
  const { time, clock } = own;
  return {
    ...listed(name, rank),
    reading: { time, offsetMs: -12.345, uncertaintyMs: 0.21, clock, ...(own.boundMs && { boundMs: own.boundMs }) },
    status: own,
  };
}

export function queuesWith(published: number, slow: Queues["slow"] = []): Queues {
  return {
    broker: { workers: 3, waiting: 2, running: 1 },
    publications: { published, delivered: 3 * published, dropped: 7, subscribers: 5 },
    slow,
  };
}
