// Metrics of the messaging servers: read when somebody asks, and left out where there is nothing to read.
import { describe, expect, test } from "bun:test";

import { Registry } from "prom-client";

import type { ServerFigures } from "./figures.ts";
import { addServerMetrics } from "./server-metrics.ts";

const server = { role: "follower", rank: 2, epoch: 65_538, boundMs: 0.25, steps: 1 };
const home: ServerFigures = {
  server,
  broker: { workers: 3, waiting: 2, running: 1 },
  publications: { published: 10, delivered: 30, dropped: 4, subscribers: 3 },
};

/** Samples of each scrape, one line each. */
function metricsOf(figures: readonly (ServerFigures | undefined)[]) {
  const left = [...figures];
  const registry = new Registry();
  const refresh = addServerMetrics(registry, async () => left.shift());
  return async (): Promise<readonly string[]> => {
    await refresh();
    return (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  };
}

describe("metrics of a home", () => {
  test("say what the server is, and what broker and proxy have done", async () => {
    expect(await metricsOf([home])()).toEqual([
      'correio_server_role{role="coordinator"} 0',
      'correio_server_role{role="follower"} 1',
      'correio_server_role{role="unsure"} 0',
      "correio_server_rank 2",
      "correio_server_epoch 65538",
      "correio_clock_bound_milliseconds 0.25",
      "correio_clock_steps_total 1",
      "correio_broker_workers 3",
      "correio_broker_waiting 2",
      "correio_broker_running 1",
      "correio_messaging_publications_total 10",
      "correio_messaging_deliveries_total 30",
      "correio_messaging_dropped_total 4",
      "correio_messaging_subscribers 3",
    ]);
  });

  test("are those of each scrape: what is known no more is gone, and counters add nothing up", async () => {
    const scrape = metricsOf([home, { ...home, server: { role: "coordinator", steps: 1 } }]);
    await scrape();
    const second = await scrape();
    expect(second).toContain('correio_server_role{role="coordinator"} 1');
    expect(second).toContain('correio_server_role{role="follower"} 0');
    expect(second).toContain("correio_messaging_publications_total 10");
    expect(second.filter((line) => /rank|epoch|bound/.test(line))).toEqual([]);
  });
});

test("a server that has joined has neither broker nor proxy to tell of", async () => {
  const lines = await metricsOf([{ server, broker: undefined, publications: undefined }])();
  expect(lines.filter((line) => /broker|messaging/.test(line))).toEqual([]);
  expect(lines).toContain("correio_server_rank 2");
});

test("where the actors do not answer there is nothing", async () => {
  const scrape = metricsOf([home, undefined]);
  await scrape();
  expect(await scrape()).toEqual([]);
});
