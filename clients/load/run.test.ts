// The load client against a server that answers rightly, at any pace and in any mode.

import { describe, expect, test } from "bun:test";

import { exitCodeOf } from "./result.ts";
import { runLoad } from "./run.ts";
import { loadAgainst, OPTIONS } from "./stand-in-run.ts";
import { answerRightly, startStandInServer } from "./stand-in-server.ts";

describe("a server that answers rightly", () => {
  test.each([0, 1, 7, 1_000])("gets and gives every message with batch size %d", async (batchSize) => {
    const result = await loadAgainst(answerRightly, { clients: 4, messages: 300, batchSize });
    expect(result).toMatchObject({ isRight: true, expected: 1_200, right: 1_200, wrong: 0, missing: 0, extra: 0 });
    expect(result).toMatchObject({ connectionsOpened: 4, connectionsFailed: 0, successRate: 1 });
    expect(result.latency?.count).toBe(1_200);
    expect(result.latencyBuckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(1_200);
    expect(exitCodeOf(result)).toBe(0);
  });

  test("gets megabytes in one go and loses none of them", async () => {
    const result = await loadAgainst(answerRightly, { clients: 2, messages: 300, data: "x".repeat(20_000) });
    expect(result).toMatchObject({ isRight: true, right: 600 });
    expect(result.bytesSent).toBeGreaterThan(600 * 20_000);
  });

  test("sees ids counted from 1, one client id per client, and the close frame at the end", async () => {
    using server = startStandInServer(answerRightly);
    await runLoad({ ...OPTIONS, clients: 2, port: server.port });
    const clientIds = server.sessions.map((session) => session.requests[0]?.client_id ?? "");
    expect(clientIds.sort()).toEqual([
      expect.stringMatching(/^client_1_[0-9]{4}$/),
      expect.stringMatching(/^client_2_[0-9]{4}$/),
    ]);
    for (const session of server.sessions) {
      expect(session.requests.map((request) => request.message_id)).toEqual([1, 2, 3, 4, 5]);
      expect(new Set(session.requests.map((request) => request.client_id)).size).toBe(1);
      expect(session.hasCloseFrame).toBe(true);
    }
  });

  test("may wait for all requests before its first reply with batch size 0", async () => {
    const result = await loadAgainst(
      (_request, session) => {
        if (session.requests.length < 3_000) return;
        for (const request of session.requests) session.answer(request);
      },
      { messages: 3_000, data: "x".repeat(1_000) },
    );
    expect(result).toMatchObject({ isRight: true, right: 3_000 });
  });

  test("never has more requests in flight than the batch size", async () => {
    let inFlight = 0;
    let inFlightMax = 0;
    const result = await loadAgainst(
      (request, session) => {
        inFlight += 1;
        inFlightMax = Math.max(inFlightMax, inFlight);
        setImmediate(() => {
          inFlight -= 1;
          session.answer(request);
          session.flush();
        });
      },
      { messages: 50, batchSize: 4 },
    );
    expect([result.isRight, inFlightMax]).toEqual([true, 4]);
  });

  test("without pipelining gets one connection per message, so many workers at a time", async () => {
    using server = startStandInServer(answerRightly);
    const result = await runLoad({ ...OPTIONS, clients: 2, messages: 20, pipelining: false, port: server.port });
    expect(result).toMatchObject({ isRight: true, right: 40, connectionsOpened: 40 });
    expect(server.sessions.every((session) => session.requests.length === 1 && session.hasCloseFrame)).toBe(true);
    expect(server.openMax).toBeLessThanOrEqual(3);
    const ids = server.sessions.map(({ requests }) => `${requests[0]?.client_id} ${requests[0]?.message_id}`);
    expect(new Set(ids).size).toBe(40);
  });

  test("may leave the connection open after the close frame", async () => {
    using server = startStandInServer(answerRightly, true);
    const result = await runLoad({ ...OPTIONS, timeoutMs: 100, port: server.port });
    expect(result).toMatchObject({ isRight: true, connectionsFailed: 0 });
  });
});
