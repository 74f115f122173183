// What answers about the messaging servers look like, for the document: three servers, one of them a foreign program.

import type {
  Queues,
  Reading,
  ServerClock,
  ServerElection,
  ServerStatus,
} from "#actors/servers/administration-schemas.ts";
import type { KnownServer } from "#actors/servers/reference.ts";
import type { ServerName } from "#actors/servers/server-name.ts";

const EPOCH = 2_147_549_186;
const TIME = 1_735_689_600.25;

const alpha = server("alfa", 1, true);
const beta = server("beta", 2, true);
const foreign = server("servidor3", 3, false);

const own: ServerStatus = {
  name: "beta",
  rank: 2,
  role: "coordinator",
  coordinator: "beta",
  epoch: EPOCH,
  time: TIME,
  boundMs: 0.42,
  steps: 1,
  clock: 240,
  servers: [
    { ...alpha, offsetMs: 0.03, boundMs: 0.21, isDamped: false },
    { ...beta, isDamped: false },
    { ...foreign, offsetMs: -0.4, boundMs: 0.6, isDamped: false },
  ],
};

const queues: Queues = {
  broker: { workers: 3, waiting: 0, running: 2 },
  publications: { published: 1_200, delivered: 3_590, dropped: 10, subscribers: 3 },
  slow: [{ address: "10.0.0.9:50122", dropped: 10, waitingBytes: 1_048_100 }],
};

const clocks: readonly ServerClock[] = [
  { ...alpha, reading: { time: TIME, offsetMs: 299.9, uncertaintyMs: 0.21, boundMs: 0.42, clock: 231 } },
  { ...beta, reading: { time: TIME, offsetMs: 300.1, uncertaintyMs: 0.18, boundMs: 0.42, clock: 240 } },
  foreign,
];

const elections: readonly ServerElection[] = [
  { ...alpha, standing: { coordinator: "beta", epoch: EPOCH, role: "follower" } },
  { ...beta, standing: { coordinator: "beta", epoch: EPOCH, role: "coordinator" } },
  { ...foreign, standing: { coordinator: "beta" } },
];

export const overviewExample = { own, queues };
export const clocksExample = { items: clocks };
export const electionExample = { items: elections };
export const readingExample: Reading = { time: TIME, offsetMs: 279.9, uncertaintyMs: 0.21, boundMs: 0.42, clock: 233 };
export const announcementExample = { coordinator: "beta" };

function server(name: string, rank: number, votes: boolean): KnownServer {
  return { name: name as ServerName, rank, address: `${name}:${5_600 + rank}`, votes };
}
