// The load client against servers that answer wrongly, stop, vanish or send garbage: always an end, always a reason.

import { describe, expect, test } from "bun:test";

import type { LoadResult } from "./result.ts";
import { exitCodeOf } from "./result.ts";
import { runLoad } from "./run.ts";
import { loadAgainst, OPTIONS, reasonsOf } from "./stand-in-run.ts";
import { answerRightly, replyFrame, startStandInServer } from "./stand-in-server.ts";

function expectBalanced(result: LoadResult): void {
  expect(result.right + result.wrong - result.extra + result.missing).toBe(result.expected);
}

describe("wrong replies are counted with their reason", () => {
  test("two swapped ones", async () => {
    const result = await loadAgainst((request, session) => {
      if (request.message_id === 2) return;
      session.answer(request);
      if (request.message_id === 3) session.answer({ ...request, message_id: 2 });
    });
    expect(result).toMatchObject({ isRight: false, right: 4, wrong: 1, missing: 0 });
    expect(reasonsOf(result.wrongReasons)).toEqual({ out_of_order: 1 });
    expect(exitCodeOf(result)).toBe(1);
  });

  test.each([
    ["wrong_client_id", { client_id: "client_9_0000" }],
    ["wrong_message_id", { message_id: 77 }],
    ["wrong_message_id", { message_id: "3" }],
    ["status_not_success", { status: "error", error: "no" }],
  ])("%s with %j", async (reason, changes) => {
    const result = await loadAgainst((request, session) => {
      session.answer(request, request.message_id === 3 ? changes : {});
    });
    expect(result).toMatchObject({ right: 4, wrong: 1, missing: 0, connectionsFailed: 0 });
    expect(reasonsOf(result.wrongReasons)).toEqual({ [reason]: 1 });
    expectBalanced(result);
  });

  test("one that is no JSON, with its text made printable", async () => {
    const result = await loadAgainst((request, session) => {
      if (request.message_id === 1) session.send(replyFrame("{\u001b[31m"));
      else session.answer(request);
    });
    expect(result.wrongReasons).toEqual([{ reason: "not_json", count: 1, example: "{\\u{1b}[31m" }]);
  });

  test("one that comes twice takes nobody's place", async () => {
    const result = await loadAgainst((request, session) => {
      session.answer(request);
      if (request.message_id === 2) session.answer(request);
    });
    expect(result).toMatchObject({ isRight: false, right: 5, wrong: 1, extra: 1, missing: 0 });
    expect(reasonsOf(result.wrongReasons)).toEqual({ duplicate: 1 });
    expectBalanced(result);
  });

  test("one that comes after the last", async () => {
    const result = await loadAgainst((request, session) => {
      session.answer(request);
      if (request.message_id === 5) session.answer({ ...request, message_id: 6 });
    });
    expect(result).toMatchObject({ isRight: false, right: 5, wrong: 1, extra: 1, missing: 0 });
  });
});

describe("a run ends, with the reason", () => {
  test("when a reply is missing and nothing more comes", async () => {
    const result = await loadAgainst(
      (request, session) => {
        if (request.message_id !== 2) session.answer(request);
      },
      { timeoutMs: 150 },
    );
    expect(result).toMatchObject({ isRight: false, right: 4, missing: 1, connectionsFailed: 1 });
    expect(result.failureReasons[0]).toMatchObject({ reason: "no_progress", count: 1 });
    expect(result.failureReasons[0]?.example).toContain("5 of 5 requests sent, 4 answered");
  });

  test("when the server never answers, without waiting again for connections not begun", async () => {
    const result = await loadAgainst(() => {}, { clients: 5, messages: 100, pipelining: false, timeoutMs: 150 });
    expect(result).toMatchObject({ right: 0, missing: 500, connectionsOpened: 3, latency: null });
    expect(reasonsOf(result.missingReasons)).toEqual({ no_progress: 3, given_up: 497 });
  });

  test("when single bytes come but never a whole reply", async () => {
    const result = await loadAgainst(
      (request, session) => {
        const drip = setInterval(() => {
          if (session.isClosed) clearInterval(drip);
          session.send(Buffer.from(replyFrame(JSON.stringify(request)).subarray(0, 1)));
          session.flush();
        }, 20);
        session.send(replyFrame(" ".repeat(500_000)).subarray(0, 400_000));
      },
      { messages: 1, timeoutMs: 150 },
    );
    expect(reasonsOf(result.failureReasons)).toEqual({ no_progress: 1 });
  });

  test("when the server closes early", async () => {
    const result = await loadAgainst((request, session) => {
      session.answer(request);
      if (request.message_id === 3) session.end();
    });
    expect(result).toMatchObject({ isRight: false, right: 3, missing: 2, connectionsFailed: 1 });
    expect(reasonsOf(result.missingReasons)).toEqual({ closed_early: 2 });
    expectBalanced(result);
  });

  test("when the server closes in the middle of a reply", async () => {
    const result = await loadAgainst((request, session) => {
      session.send(replyFrame(JSON.stringify(request)).subarray(0, 20));
      session.end();
    });
    expect(result.failureReasons[0]?.example).toEndWith("in the middle of a reply");
  });

  test("when the server closes while megabytes are still being sent", async () => {
    const result = await loadAgainst((_request, session) => session.end(), { messages: 500, data: "x".repeat(50_000) });
    expect(reasonsOf(result.failureReasons)).toEqual({ closed_early: 1 });
  });

  test.each([
    ["bad_magic", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")],
    ["unexpected_type", replyFrame("", 4)],
    ["unexpected_type", replyFrame("{}", 1)],
    ["reply_too_large", Buffer.from("123456780000000200100001", "hex")],
    ["reply_too_large", Buffer.from("1234567800000002ffffffff", "hex")],
  ])("when the server sends garbage: %s", async (reason, garbage) => {
    const result = await loadAgainst((request, session) => {
      if (request.message_id < 3) session.answer(request);
      if (request.message_id === 3) session.send(garbage);
    });
    expect(result).toMatchObject({ isRight: false, right: 2, missing: 3, connectionsFailed: 1 });
    expect(reasonsOf(result.failureReasons)).toEqual({ [reason]: 1 });
  });

  test("when nobody listens", async () => {
    const closed = startStandInServer(answerRightly);
    closed[Symbol.dispose]();
    const result = await runLoad({ ...OPTIONS, clients: 3, port: closed.port });
    expect(result).toMatchObject({ isRight: false, right: 0, missing: 15, connectionsOpened: 0, connectionsFailed: 3 });
    expect(result.failureReasons).toEqual([
      { reason: "connect_failed", count: 3, example: `cannot connect to 127.0.0.1:${closed.port}: ECONNREFUSED` },
    ]);
  });

  test("when it is interrupted, with what was measured until there", async () => {
    const interruption = new AbortController();
    using server = startStandInServer((request, session) => {
      if (request.message_id <= 2) session.answer(request);
    });
    const result = await runLoad(
      { ...OPTIONS, port: server.port },
      {
        signal: interruption.signal,
        onProgress: (replyCount) => {
          if (replyCount === 2) interruption.abort();
        },
      },
    );
    expect(result).toMatchObject({ isInterrupted: true, right: 2, missing: 3, connectionsFailed: 0 });
    expect(reasonsOf(result.missingReasons)).toEqual({ interrupted: 3 });
    expect(exitCodeOf(result)).toBe(130);
  });

  test("when one client of several fails, the others finish", async () => {
    const result = await loadAgainst(
      (request, session) => {
        if (request.client_id.startsWith("client_2_")) session.end();
        else session.answer(request);
      },
      { clients: 4 },
    );
    expect(result).toMatchObject({ isRight: false, right: 15, missing: 5, connectionsFailed: 1 });
  });
});
