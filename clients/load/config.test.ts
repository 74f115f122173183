// Where settings come from, and what is said about wrong ones.

import { describe, expect, test } from "bun:test";

import { configure } from "../settings/config.ts";
import { configured } from "../settings/test-config.ts";
import { loadSettings } from "./config.ts";
import { loadHelp } from "./flags.ts";
import { REQUEST_PAYLOAD_BYTES_MAX } from "./limits.ts";

const { optionsOf, reasonOf } = configured(loadSettings);

describe("the settings", () => {
  test("have defaults for everything", () => {
    expect(optionsOf([])).toEqual({
      host: "127.0.0.1",
      port: 5_000,
      clients: 10,
      messages: 100,
      pipelining: true,
      maxWorkers: 10,
      batchSize: 0,
      data: "Hello from client",
      timeoutMs: 30_000,
      json: false,
    });
  });

  test("come from the environment names of the documents", () => {
    const environment = {
      SERVER_HOST: "server",
      SERVER_PORT: "5001",
      NUM_MENSAGENS: "1000",
      NUM_CLIENTS: "20",
      USE_PIPELINING: "0",
      MAX_WORKERS: "4",
      PIPELINE_BATCH_SIZE: "16",
    };
    expect(optionsOf([], environment)).toMatchObject({
      host: "server",
      port: 5_001,
      messages: 1_000,
      clients: 20,
      pipelining: false,
      maxWorkers: 4,
      batchSize: 16,
    });
  });

  test("come from flags before the environment", () => {
    const args = ["--host", "a", "--port=6000", "--clients", "2", "--messages", "3", "--pipelining", "--json"];
    const more = ["--max-workers", "5", "--batch-size", "6", "--data", "", "--timeout-ms", "7"];
    const environment = { SERVER_HOST: "b", SERVER_PORT: "wrong", USE_PIPELINING: "false" };
    expect(optionsOf([...args, ...more], environment)).toEqual({
      host: "a",
      port: 6_000,
      clients: 2,
      messages: 3,
      pipelining: true,
      maxWorkers: 5,
      batchSize: 6,
      data: "",
      timeoutMs: 7,
      json: true,
    });
  });

  test.each([
    ["true", true],
    ["TRUE", true],
    ["1", true],
    ["False", false],
    ["0", false],
    ["", true],
  ])("take USE_PIPELINING=%s for %p", (value, expected) => {
    expect(optionsOf([], { USE_PIPELINING: value }).pipelining).toBe(expected);
  });

  test("take --no-pipelining over the environment", () => {
    expect(optionsOf(["--no-pipelining"], { USE_PIPELINING: "true" }).pipelining).toBe(false);
  });
});

describe("a wrong setting", () => {
  test.each([
    [["--port", "0"], '--port: expected a whole number from 1 to 65535 (TCP port), got "0"'],
    [["--port", "65536"], '--port: expected a whole number from 1 to 65535 (TCP port), got "65536"'],
    [["--clients", "1.5"], '--clients: expected a whole number from 1 to 10000 (clients), got "1.5"'],
    [["--messages", "1e3"], '--messages: expected a whole number from 1 to 10000000 (messages), got "1e3"'],
    [["--host", ""], '--host: expected a name or address, got ""'],
    [["--pipelining", "--no-pipelining"], "--pipelining and --no-pipelining: expected one of them, got both"],
    [["--colour"], "Unknown option '--colour' (--help lists all settings)"],
    [["--port"], "Option '--port <value>' argument missing (--help lists all settings)"],
  ])("%j is named, with what was expected", (args, reason) => {
    expect(reasonOf(args)).toBe(reason);
  });

  test("of the environment is named by its environment name", () => {
    expect(reasonOf([], { NUM_CLIENTS: "many" })).toStartWith("NUM_CLIENTS: expected a whole number");
    expect(reasonOf([], { USE_PIPELINING: "yes" })).toBe('USE_PIPELINING: expected true, false, 1 or 0, got "yes"');
  });

  test.each(["--clients -1", "stray", "--json=1"])("%s gets one line", (line) => {
    const reason = reasonOf(line.split(" "));
    expect(reason).not.toContain("\n");
    expect(reason).toEndWith("(--help lists all settings)");
  });

  test("is data that would not fit into a frame", () => {
    const dataBytesMax = REQUEST_PAYLOAD_BYTES_MAX - 1_024;
    expect(optionsOf(["--data", "x".repeat(dataBytesMax - 2)]).data.length).toBe(dataBytesMax - 2);
    expect(reasonOf(["--data", "x".repeat(dataBytesMax - 1)])).toStartWith("--data: expected at most");
  });
});

describe("the help", () => {
  test("is asked for with --help or -h", () => {
    expect([configure(loadSettings, ["--help"], {}).kind, configure(loadSettings, ["-h"], {}).kind]).toEqual([
      "help",
      "help",
    ]);
  });

  test("names every setting of the environment and every flag", () => {
    const names = ["SERVER_HOST", "SERVER_PORT", "NUM_MENSAGENS", "NUM_CLIENTS", "USE_PIPELINING", "MAX_WORKERS"];
    const flags = ["--host", "--port", "--clients", "--messages", "--[no-]pipelining", "--max-workers", "--batch-size"];
    for (const name of [...names, "PIPELINE_BATCH_SIZE", ...flags, "--data", "--timeout-ms", "--json"]) {
      expect(loadHelp()).toContain(name);
    }
  });
});
