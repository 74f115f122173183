// The chat experiment runs with tiny parameters, verifies what it measures, and names what it did without.

import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { runChat, smallChatOptions } from "./chat.ts";
import { type ChatQuestion, renderChat } from "./lib/chat-report.ts";

/** Servers start and stop, on a machine that may be busy with other tests. */
const TIMEOUT_MS = 30_000;

const run = (question: ChatQuestion) => runChat({ ...smallChatOptions, only: [question], searchPath: "" });

describe("the chat experiment", () => {
  setDefaultTimeout(TIMEOUT_MS);

  test("counts what every member of Correio's room and of the raw program's is told", async () => {
    const report = await run("fan-out");
    expect(report.fanOut?.samples).toMatchObject([
      { name: "correio", verified: true },
      { name: "raw", verified: true },
    ]);
    expect(renderChat(report)).toContain("MISSING: Go, two goroutines each: go is not installed");
  });

  test("sees each idle connection told once, and never too early", async () => {
    const report = await run("idle");
    expect(report.wrong).toEqual([]);
    expect(report.idle?.samples[0]?.min).toBeGreaterThanOrEqual(0);
  });

  test("finds no ghost of those that died", async () => {
    const report = await run("ghosts");
    expect(report.wrong).toEqual([]);
    expect(report.ghosts).toMatchObject({ ghosts: 0, connectionsLeft: 0 });
  });

  test("hears every acknowledgement beside a flood", async () => {
    const report = await run("flood");
    expect(report.wrong).toEqual([]);
    expect(report.flood?.samples[0]?.floodPerSecond).toBeGreaterThan(0);
  });

  test("echoes over UDP, beside the raw program", async () => {
    const report = await run("udp-echo");
    expect(report.wrong).toEqual([]);
    expect(report.udpEcho?.samples.map(({ name, echoesPerSecond }) => [name, echoesPerSecond > 0])).toEqual([
      ["correio", true],
      ["raw", true],
    ]);
    expect(report.udpEcho?.missing).toMatchObject([{ name: "go" }]);
  });

  test("says why nothing was forged where it cannot be", async () => {
    const report = await run("spoofed");
    expect(renderChat(report)).toContain("SKIPPED: forged datagrams: python3 is not installed");
  });
});
