// Spans and a collector that refuses them: counted, told once, bounded, and taken up again.
import { afterEach, describe, expect, test } from "bun:test";

import { systemClock } from "../base/clock.ts";
import { limits } from "../limits.ts";
import { createTestLog } from "../testing/test-log.ts";
import { startExport } from "./trace-export.ts";

const servers: Bun.Server<undefined>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) void server.stop(true);
});

function start(answer: () => Response) {
  const told = { batches: 0, spans: 0 };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { resourceSpans } = (await request.json()) as { resourceSpans: { scopeSpans: { spans: object[] }[] }[] };
      told.batches++;
      told.spans += resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)).length;
      return answer();
    },
  });
  servers.push(server);
  const log = createTestLog();
  const endpoint = `http://user:open-sesame@127.0.0.1:${server.port}/v1/traces`;
  const out = startExport({ endpoint, serverId: "node-1", clock: systemClock, log });
  const end = (count: number): void => {
    for (let span = 0; span < count; span++) out.tracer.startSpan("a").end();
  };
  const lines = () => log.view.tail({ limit: 99 }).items;
  return { ...out, told, end, lines };
}

describe("a collector", () => {
  test("is sent all spans when the process ends, in batches", async () => {
    const { end, stop, told, figures, lines } = start(() => Response.json({}));
    end(limits.traceBatchSpansMax + 1);
    await stop();
    expect(told).toMatchObject({ batches: 2, spans: limits.traceBatchSpansMax + 1 });
    expect(figures).toEqual({ exported: limits.traceBatchSpansMax + 1, dropped: 0, pending: 0 });
    expect(lines()).toEqual([]);
  });

  test("that refuses is told of once, without the password in its address, and its spans are counted", async () => {
    const { end, stop, figures, lines } = start(() => new Response("no", { status: 500 }));
    end(2 * limits.traceBatchSpansMax);
    await stop();
    expect(figures).toEqual({ exported: 0, dropped: 2 * limits.traceBatchSpansMax, pending: 0 });
    expect(lines()).toMatchObject([{ level: "warn", reason: "traces.collector_failed" }]);
    expect(JSON.stringify(lines())).not.toContain("open-sesame");
  });

  test("that takes spans again is told of once, with how many were lost", async () => {
    const answers = [500, 200];
    const { end, stop, figures, lines } = start(() => new Response("{}", { status: answers.shift() ?? 200 }));
    end(3 * limits.traceBatchSpansMax);
    await stop();
    expect(figures).toMatchObject({ exported: 2 * limits.traceBatchSpansMax, dropped: limits.traceBatchSpansMax });
    expect(lines().map(({ reason }) => reason)).toEqual(["traces.collector_back", "traces.collector_failed"]);
    expect(lines()[0]?.fields).toMatchObject({ lost: limits.traceBatchSpansMax });
  });
});

describe("spans that wait", () => {
  test("are as many as may be; one more is dropped, and counted", async () => {
    const { end, figures, stop } = start(() => Response.json({}));
    end(limits.traceSpansMax);
    expect(figures).toEqual({ exported: 0, dropped: 0, pending: limits.traceSpansMax });
    end(1);
    expect(figures).toEqual({ exported: 0, dropped: 1, pending: limits.traceSpansMax });
    await stop();
    expect(figures).toEqual({ exported: limits.traceSpansMax, dropped: 1, pending: 0 });
  });
});
