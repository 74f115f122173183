// The log over real HTTP: searched, and its level changed; in front of a real log and of a stand-in.

import { describe, expect, test } from "bun:test";

import { Value } from "@sinclair/typebox/value";

import { createTestLog } from "#runtime/testing/test-log.ts";

import { logLevelSchema, logsSchema } from "./logs.ts";
import { createView, startGatewayTo, startStandIn, withToken } from "./stand-in.ts";

const asJson = { ...withToken, "Content-Type": "application/json" };

/** Four lines, of which the first stands for a client that tries to write others. */
function startWithLog() {
  const log = createTestLog();
  log.event("text.command", () => ({ command: "SAY lobby a\u2028\u202eb\u001b[2J\nfake" }));
  log.limited("warn", "actor.mailbox_full", { key: "Lobby" });
  log.limited("error", "actor.crashed", { err: new Error("out of ink") });
  log.logger.info("Hello");
  const gateway = startGatewayTo(createView([]), { logs: log.view });
  const look = async (query: string): Promise<typeof logsSchema.static> =>
    (await (await gateway.get(`/logs${query}`, withToken)).json()) as typeof logsSchema.static;
  return { ...gateway, log, look, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() };
}

describe("GET /logs", () => {
  test("gives the last lines, newest first, page by page, in the documented shape", async () => {
    await using gateway = startWithLog();
    const first = await gateway.look("?limit=3");
    expect([...Value.Errors(logsSchema, first)]).toEqual([]);
    expect(first.items.map(({ number, level, text }) => [number, level, text])).toEqual([
      [4, "info", "Hello"],
      [3, "error", "out of ink"],
      [2, "warn", ""],
    ]);
    expect(first.next).toBe("2");
    const rest = await gateway.look(`?limit=3&before=${first.next}`);
    expect(rest.items.map(({ reason }) => reason)).toEqual(["text.command"]);
    expect(rest).not.toHaveProperty("next");
  });

  test.each([
    ["?level=warn", [3, 2]],
    ["?level=fatal", []],
    ["?reason=actor.crashed", [3]],
    ["?contains=OUT%20of", [3]],
    ["?contains=lobby", [2, 1]],
    ["?contains=lobby&level=warn", [2]],
  ])("finds by %s", async (query, numbers) => {
    await using gateway = startWithLog();
    expect((await gateway.look(query)).items.map(({ number }) => number)).toEqual(numbers);
  });

  test("writes out what would end a line, turn text round, or move a cursor", async () => {
    await using gateway = startWithLog();
    const [line] = (await gateway.look("?reason=text.command")).items;
    expect(line?.fields).toEqual({ command: "SAY lobby a\\u{2028}\\u{202e}b\\u{001b}[2J\nfake" });
  });

  test.each([
    "?before=0",
    "?before=x",
    "?level=loud",
    "?level=silent",
    "?reason=",
    `?reason=${"x".repeat(257)}`,
    "?contains=",
    `?contains=${"x".repeat(257)}`,
    "?limit=501",
  ])("refuses %s", async (query) => {
    await using gateway = startStandIn();
    expect((await gateway.get(`/logs${query}`, withToken)).status).toBe(422);
    expect(gateway.asked).toEqual([]);
  });

  test("takes a reason and a text as long as may be", async () => {
    await using gateway = startStandIn();
    const long = "x".repeat(256);
    expect((await gateway.get(`/logs?reason=${long}&contains=${long}`, withToken)).status).toBe(200);
    expect(gateway.asked).toEqual([{ limit: 50, reason: long, contains: long }]);
  });
});

describe("the level of the log", () => {
  test("is changed, told, and held to from then on", async () => {
    await using gateway = startWithLog();
    const response = await gateway.send("PUT", "/logs/level", asJson, '{"level":"error"}');
    expect(response.status).toBe(200);
    const answer = await response.json();
    expect([...Value.Errors(logLevelSchema, answer)]).toEqual([]);
    expect(answer).toEqual({ level: "error" });
    expect(await (await gateway.get("/logs/level", withToken)).json()).toEqual({ level: "error" });
    gateway.log.limited("warn", "a", {});
    gateway.log.event("b", () => ({}));
    gateway.log.limited("error", "c", {});
    expect((await gateway.look("?limit=1")).items).toMatchObject([{ number: 5, reason: "c" }]);
  });

  test("takes the token", async () => {
    await using gateway = startStandIn();
    const headers = { "Content-Type": "application/json" };
    expect((await gateway.send("PUT", "/logs/level", headers, '{"level":"error"}')).status).toBe(401);
    expect(gateway.asked).toEqual([]);
  });

  test.each([
    [422, '{"level":"loud"}'],
    [422, '{"level":"info","more":1}'],
    [422, "{}"],
    [422, ""],
    [400, "{"],
    [413, JSON.stringify({ level: "x".repeat(65_536) })],
  ])("is refused with %d: %p", async (status, body) => {
    await using gateway = startStandIn();
    expect((await gateway.send("PUT", "/logs/level", asJson, body)).status).toBe(status);
    expect(gateway.asked).toEqual([]);
  });

  test("comes as JSON alone", async () => {
    await using gateway = startStandIn();
    const headers = { ...withToken, "Content-Type": "text/plain" };
    expect((await gateway.send("PUT", "/logs/level", headers, '{"level":"info"}')).status).toBe(415);
  });
});
