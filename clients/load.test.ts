// The load client as a person starts it: help, exit codes, what stands on stdout, and Ctrl-C.

import { describe, expect, test } from "bun:test";

import type { StandInBehaviour, StandInRequest, StandInServer, StandInSession } from "./load/stand-in-server.ts";
import { answerRightly, startStandInServer } from "./load/stand-in-server.ts";

const PROGRAM = new URL("load.ts", import.meta.url).pathname;

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function startClient(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const command = [process.execPath, PROGRAM, ...args];
  return Bun.spawn(command, { env: environment, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
}

async function runClient(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const client = startClient(args, environment);
  const [exitCode, stdout, stderr] = await Promise.all([client.exited, client.stdout.text(), client.stderr.text()]);
  return { exitCode, stdout, stderr } satisfies Outcome;
}

async function runAgainst(behave: StandInBehaviour, args: readonly string[]): Promise<Outcome> {
  using server = startStandInServer(behave);
  return await runClient(["--port", String(server.port), ...args]);
}

function answerForSomebody(request: StandInRequest, session: StandInSession): void {
  session.answer(request, { client_id: "somebody" });
}

/** Sends Ctrl-C once the server has answered what it wants to answer. */
async function interruptWhenAnswered(server: StandInServer, args: readonly string[]): Promise<Outcome> {
  const client = startClient(["--port", String(server.port), ...args]);
  while (server.sessions.every((session) => session.requests.length === 0)) await Bun.sleep(5);
  client.kill("SIGINT");
  const [exitCode, stdout, stderr] = await Promise.all([client.exited, client.stdout.text(), client.stderr.text()]);
  return { exitCode, stdout, stderr };
}

describe("bun clients/load.ts", () => {
  test("lists its settings for --help and exits 0", async () => {
    const { exitCode, stdout, stderr } = await runClient(["--help"]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("PIPELINE_BATCH_SIZE");
  });

  test("prints the totals on plain lines and exits 0 when every reply is right", async () => {
    const { exitCode, stdout, stderr } = await runAgainst(answerRightly, ["--clients", "2", "--messages", "50"]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("2 clients x 50 messages to 127.0.0.1:");
    expect(stdout).toContain("100/100 replies (100 %)");
    expect(stdout).toContain("100 right, 0 wrong, 0 missing");
    expect(stdout).toContain("success rate  100.00 %");
    expect(stdout).toMatch(/min [0-9.]+ .s {3}p50 .* p90 .* p99 .* max /);
    expect(stdout).toContain("from handing the request to the socket writer until the arrival of its reply");
    expect(stdout).not.toContain("\u001b");
  });

  test("takes the environment names of the documents", async () => {
    using server = startStandInServer(answerRightly);
    const environment = { SERVER_PORT: String(server.port), NUM_MENSAGENS: "7", NUM_CLIENTS: "3", USE_PIPELINING: "0" };
    const { exitCode, stdout } = await runClient([], environment);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("21 right, 0 wrong, 0 missing");
    expect(server.sessions.length).toBe(21);
  });

  test("prints one JSON document and nothing else for --json", async () => {
    const { exitCode, stdout, stderr } = await runAgainst(answerRightly, ["--json", "--clients", "2"]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toMatchObject({ isRight: true, right: 200, options: { clients: 2 } });
  });

  test("names the reason and exits 1 when a reply is wrong", async () => {
    const { exitCode, stdout } = await runAgainst(answerForSomebody, ["--clients", "1", "--messages", "3"]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("3 wrong_client_id, for example: {");
  });

  test("names the reason and exits 1 when the server never answers", async () => {
    const { exitCode, stdout } = await runAgainst(() => {}, ["--clients", "1", "--timeout-ms", "100"]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("1 no_progress, for example: nothing happened for 100 ms: 100 of 100 requests sent");
  });

  test("names the wrong setting in one line and exits 2", async () => {
    const { exitCode, stdout, stderr } = await runClient(["--json", "--port", "http"]);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toBe('--port: expected a whole number from 1 to 65535 (TCP port), got "http"\n');
  });

  test("prints what was measured and exits 130 on Ctrl-C", async () => {
    using server = startStandInServer((request, session) => {
      if (request.message_id <= 4) session.answer(request);
    });
    const { exitCode, stdout } = await interruptWhenAnswered(server, ["--clients", "1", "--messages", "10"]);
    expect(exitCode).toBe(130);
    expect(stdout).toContain("Totals, until the interruption");
    expect(stdout).toContain("interrupted, for example:");
  });
});
