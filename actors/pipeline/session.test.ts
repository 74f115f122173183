// The pipelined session without a socket: what it counts of requests that are none, and what its row says of them.
import { describe, expect, test } from "bun:test";

import { ConnectionStandIn } from "#runtime/testing/connection-stand-in.ts";
import { SteppedSystem } from "#runtime/testing/stepped-system.ts";

import { ledgerHeader } from "./ledger.ts";
import { createPipelineSession } from "./session.ts";

const WORK_MS = 20;

/** Runs a session from its opening to its row. */
async function runSession(...messages: readonly string[]) {
  const rows: string[] = [];
  const experiment = { numServers: "", numClients: "", numMessages: "" };
  const ledger = { append: (row: string) => void rows.push(row) };
  const type = createPipelineSession({ serverId: "server", workMs: () => WORK_MS, experiment, ledger });
  const stepped = new SteppedSystem([type]);
  const connection = new ConnectionStandIn(stepped.system, type);
  connection.deliver(...messages);
  await stepped.clock.advance(10 * WORK_MS * messages.length);
  connection.end("close");
  await stepped.clock.settle();
  const names = ledgerHeader.trim().split(",");
  const fields = rows.join("").trim().split(",");
  const row = Object.fromEntries(names.map((name, index) => [name, fields[index]]));
  return { row, stats: stepped.system.hosts[0]?.stats, replies: connection.sent.length, crashes: stepped.crashes };
}

describe("a request that is none", () => {
  test("is answered, and counted as a refusal with its reason", async () => {
    const { stats, replies, crashes } = await runSession("{", "[]");
    expect(Object.fromEntries(stats?.refusals ?? [])).toEqual({ "pipeline.bad_request": 2 });
    expect([replies, crashes]).toEqual([2, []]);
  });

  test("is timed like any other", async () => {
    const { row, stats } = await runSession("{");
    expect(row).toMatchObject({ messages_processed: "1", end_reason: "close" });
    expect(Number(row.avg_processing_time)).toBeGreaterThanOrEqual(WORK_MS / 1_000);
    expect(stats?.latencies.count).toBe(1);
  });
});
