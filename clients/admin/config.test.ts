// The command line of the administration's program: commands with their words, flags anywhere between them.
import { describe, expect, test } from "bun:test";

import { configure } from "../settings/config.ts";
import { type AdminOptions, adminSettings, splitArguments } from "./config.ts";

function configOf(line: string) {
  const { words, flags } = splitArguments(line.split(" ").filter((word) => word !== ""));
  return configure(adminSettings(words), flags, {});
}

function optionsOf(line: string): AdminOptions {
  const config = configOf(line);
  if (config.kind !== "run") throw new Error(`Expected settings, got ${JSON.stringify(config)}`);
  return config.options;
}

function reasonOf(line: string): string {
  const config = configOf(line);
  return config.kind === "invalid" ? config.reason : `no error, but ${config.kind}`;
}

describe("a command", () => {
  test.each([
    ["list", { kind: "list" }],
    ["poll-clock", { kind: "poll-clock" }],
    ["election", { kind: "election", isAll: false }],
    ["election --all", { kind: "election", isAll: true }],
    ["announce alfa", { kind: "announce", name: "alfa" }],
    ["status alfa", { kind: "status", name: "alfa" }],
    ["live", { kind: "live", everyMs: 1_000 }],
    ["live --every-ms 250", { kind: "live", everyMs: 250 }],
  ])("%s", (line, command) => {
    expect(optionsOf(line).command).toEqual(command as AdminOptions["command"]);
  });

  test.each([
    ["1735689600.25", { time: 1_735_689_600.25 }],
    ["2025-01-01T00:00:00.250Z", { time: 1_735_689_600.25 }],
    ["2024-12-31T21:00:00-03:00", { time: 1_735_689_600 }],
    ["+250", { differenceMs: 250 }],
    ["-250.5", { differenceMs: -250.5 }],
  ])("set-clock alfa %s", (time, change) => {
    expect(optionsOf(`set-clock alfa ${time}`).command).toEqual({ kind: "set-clock", name: "alfa", change });
  });

  test.each(["-250", "+250"])("takes %s for its own, wherever flags stand", (time) => {
    const { command, timeoutMs } = optionsOf(`--timeout-ms 500 set-clock --host 10.0.0.1 alfa ${time}`);
    expect(command).toMatchObject({ change: { differenceMs: Number(time) } });
    expect(timeoutMs).toBe(500);
  });
});

describe("what is refused, in one line", () => {
  test.each([
    ["", "Expected a command, one of list, poll-clock, election, set-clock, announce, status, live"],
    ["bogus", 'got "bogus"'],
    ["status", 'Expected "status NAME"'],
    ["list alfa", 'Expected "list"'],
    ["set-clock alfa", 'Expected "set-clock NAME TIME|+MS|-MS"'],
    ["set-clock alfa now", 'Expected "set-clock NAME TIME|+MS|-MS"'],
    ["set-clock alfa 2025-01-01T00:00:00", 'Expected "set-clock NAME TIME|+MS|-MS"'],
    ["set-clock alfa 2025-13-01T00:00:00Z", 'Expected "set-clock NAME TIME|+MS|-MS"'],
    ["list --all", "--all: expected with election"],
    ["list --bogus", "--bogus"],
    ["live --every-ms 99", "from 100 to 3600000 (ms)"],
    ["list --timeout-ms", "--timeout-ms"],
  ])("%p", (line, reason) => {
    expect(reasonOf(line)).toContain(reason);
    expect(reasonOf(line)).not.toContain("\n");
  });
});

describe("where the servers are", () => {
  test("is this machine at the ports that everybody knows, unless told otherwise", () => {
    const { host, referencePort, publisherPort, serverPortBase, timeoutMs, isJson } = optionsOf("list");
    expect([host, referencePort, publisherPort, serverPortBase, timeoutMs, isJson]).toEqual([
      "127.0.0.1",
      5_560,
      5_557,
      5_600,
      2_000,
      false,
    ]);
  });

  test("comes from the environment, over which a flag wins", () => {
    const { words, flags } = splitArguments(["list", "--reference-port", "7000", "--json"]);
    const environment = { CORREIO_REFERENCE_PORT: "1", CORREIO_SERVER_PORTS: "7600" };
    expect(configure(adminSettings(words), flags, environment)).toMatchObject({
      options: { referencePort: 7_000, serverPortBase: 7_600, isJson: true },
    });
  });
});

test("the help names every command and every flag", () => {
  const config = configOf("--help");
  const text = config.kind === "help" ? config.text : "";
  for (const name of ["list", "poll-clock", "election", "set-clock", "announce", "status", "live"]) {
    expect(text).toContain(`\n  ${name}`);
  }
  for (const flag of ["host", "reference-port", "publisher-port", "server-ports", "timeout-ms", "every-ms", "all"]) {
    expect(text).toContain(`--${flag}`);
  }
});
