// How this node stands among the servers of its home, and what that home's broker and proxy have done.
import type { Registry } from "prom-client";

import type { ServerFigures } from "./figures.ts";
import { counter, gauge, type Reading } from "./metric-kinds.ts";

const ROLES = ["coordinator", "follower", "unsure"] as const;

type Add = (name: string, help: string, read: (figures: ServerFigures) => number | undefined) => void;

/** Returns what has to be awaited before the registry is read. */
export function addServerMetrics(
  registry: Registry,
  read: () => Promise<ServerFigures | undefined>,
): () => Promise<void> {
  const latest: { figures: ServerFigures | undefined } = { figures: undefined };
  const reading = (take: Parameters<Add>[2]) => (): readonly Reading[] => {
    const value = latest.figures && take(latest.figures);
    return value === undefined ? [] : [[value]];
  };
  const gauges: Add = (name, help, take) => gauge(registry, name, help, reading(take));
  const counters: Add = (name, help, take) => counter(registry, name, help, reading(take));
  gauge(registry, "correio_server_role", "1 for what this server is now, by role", () => {
    const { server } = latest.figures ?? {};
    return server === undefined ? [] : ROLES.map((role) => [server.role === role ? 1 : 0, { role }]);
  });
  addServer(gauges, counters);
  addHome(gauges, counters);
  return async () => {
    latest.figures = await read();
  };
}

function addServer(gauges: Add, counters: Add): void {
  gauges("correio_server_rank", "Rank that the reference gave this server", ({ server }) => server.rank);
  gauges("correio_server_epoch", "Epoch of the coordinator that it follows, or is", ({ server }) => server.epoch);
  const bound = "How far its clock is from the time of the group at most";
  gauges("correio_clock_bound_milliseconds", bound, ({ server }) => server.boundMs);
  counters("correio_clock_steps_total", "Times that its clock was stepped", ({ server }) => server.steps);
}

function addHome(gauges: Add, counters: Add): void {
  gauges("correio_broker_workers", "Servers that requests are dealt to", ({ broker }) => broker?.workers);
  gauges("correio_broker_waiting", "Requests that no worker has room for", ({ broker }) => broker?.waiting);
  gauges("correio_broker_running", "Requests that other servers have", ({ broker }) => broker?.running);
  const deliveries = "Messages that publications became, one for each subscriber";
  const dropped = "Publications that a subscriber had no room for";
  counters("correio_messaging_publications_total", "Publications", ({ publications }) => publications?.published);
  counters("correio_messaging_deliveries_total", deliveries, ({ publications }) => publications?.delivered);
  counters("correio_messaging_dropped_total", dropped, ({ publications }) => publications?.dropped);
  gauges("correio_messaging_subscribers", "Subscribers connected", ({ publications }) => publications?.subscribers);
}
