// Settings: every one by variable and by flag, wrong ones all named, and the process that says so.
import { describe, expect, test } from "bun:test";
import { hostname } from "node:os";
import { join } from "node:path";

import { type Config, readConfig } from "./config.ts";
import { limits } from "./limits.ts";
import { SETTINGS } from "./settings.ts";

/** Variable, flag, a value that is not the default, and where it must turn up. */
const settings: readonly (readonly [string, string, string, (config: Config) => unknown, unknown])[] = [
  ["CORREIO_HOST", "--host", "::1", (config) => config.host, "::1"],
  ["CORREIO_PORT", "--port", "65535", (config) => config.port, 65_535],
  ["CORREIO_REUSE_PORT", "--reuse-port", "true", (config) => config.reusePort, true],
  ["CORREIO_HTTP_HOST", "--http-host", "::1", (config) => config.httpHost, "::1"],
  ["CORREIO_HTTP_PORT", "--http-port", "0", (config) => config.httpPort, 0],
  ["CORREIO_ADMIN_TOKEN", "--admin-token", "secret", (config) => config.adminToken, "secret"],
  ["CORREIO_DATA", "--data", "/tmp/rows", (config) => config.dataFolder, "/tmp/rows"],
  ["CORREIO_STORE", "--store", "memory", (config) => config.store, "memory"],
  ["CORREIO_SYNC", "--sync", "normal", (config) => config.sync, "normal"],
  ["CORREIO_STORE_BYTES_MAX", "--store-bytes-max", "1048576", (config) => config.storeBytesMax, 1_048_576],
  ["CORREIO_MEMORY_BUDGET", "--memory-budget", "1000000000", (config) => config.memoryBudgetBytes, 1_000_000_000],
  ["CORREIO_DEVELOPMENT", "--development", "true", (config) => config.development && config.stacks, true],
  ["CORREIO_STACKS", "--stacks", "true", (config) => config.stacks && !config.development, true],
  ["CORREIO_BLOCKED_MS", "--blocked-ms", "200", (config) => config.blockedMs, 200],
  ["CORREIO_SERVER_ID", "--server-id", "posto-1", (config) => config.serverId, "posto-1"],
  ["CORREIO_UDP_PORT", "--udp-port", "0", (config) => config.udpPort, 0],
  ["CORREIO_MATCH_PORT", "--match-port", "0", (config) => config.matches.port, 0],
  ["CORREIO_MATCH_TLS_PORT", "--match-tls-port", "0", (config) => config.matches.tlsPort, 0],
  ["CORREIO_HEARTBEAT_MS", "--heartbeat-ms", "500", (config) => config.matches.heartbeatMs, 500],
  ["CORREIO_PONG_MS", "--pong-ms", "200", (config) => config.matches.pongMs, 200],
  ["CORREIO_TURN_MS", "--turn-ms", "5000", (config) => config.matches.turnMs, 5_000],
  ["CORREIO_PLAIN_LOGIN", "--plain-login", "refuse", (config) => config.plainLogin, "refuse"],
  ["CORREIO_CONSOLE", "--console", "false", (config) => config.console, false],
  ["CORREIO_CLIENT_LOG", "--client-log", "false", (config) => config.clientLog, false],
  ["CORREIO_WORK_MS", "--work-ms", "1", (config) => config.workMs, 1],
  ["CORREIO_DRAIN_MS", "--drain-ms", "0", (config) => config.drainMs, 0],
  ["CORREIO_CONNECTIONS_MAX", "--connections-max", "1", (config) => config.connectionsMax, 1],
  [
    "CORREIO_CONNECTIONS_PER_ADDRESS_MAX",
    "--connections-per-address-max",
    "2",
    (config) => config.connectionsPerAddressMax,
    2,
  ],
  ["CORREIO_FIRST_BYTE_MS", "--first-byte-ms", "3", (config) => config.firstByteMs, 3],
  ["CORREIO_HANDSHAKE_MS", "--handshake-ms", "4", (config) => config.handshakeMs, 4],
  ["CORREIO_MESSAGE_MS", "--message-ms", "5", (config) => config.messageMs, 5],
  ["CORREIO_IDLE_MS", "--idle-ms", "86400000", (config) => config.idleMs, 86_400_000],
  ["CORREIO_WRITE_STALL_MS", "--write-stall-ms", "7", (config) => config.writeStallMs, 7],
  ["CORREIO_MESSAGING_PORT", "--messaging-port", "", (config) => config.messaging.ports === undefined, true],
  ["CORREIO_WORKER_PORT", "--worker-port", "1", (config) => config.messaging.ports?.workers ?? 0, 1],
  ["CORREIO_PUBLISHER_PORT", "--publisher-port", "2", (config) => config.messaging.ports?.publishers ?? 0, 2],
  ["CORREIO_SUBSCRIBER_PORT", "--subscriber-port", "3", (config) => config.messaging.ports?.subscribers ?? 0, 3],
  ["CORREIO_MESSAGING_STORE_PORT", "--messaging-store-port", "4", (config) => config.messaging.ports?.store ?? 0, 4],
  ["CORREIO_REFERENCE_PORT", "--reference-port", "5", (config) => config.messaging.ports?.reference ?? 0, 5],
  ["CORREIO_SERVER_PORTS", "--server-ports", "7000", (config) => config.messaging.serverPortBase, 7_000],
  ["CORREIO_JOIN", "--join", "10.0.0.1", (config) => config.messaging.home, "10.0.0.1"],
  ["CORREIO_SERVER_ADDRESS", "--server-address", "10.0.0.2", (config) => config.messaging.address, "10.0.0.2"],
  ["CORREIO_SERVES", "--serves", "false", (config) => config.messaging.serves, false],
  ["CORREIO_SERVER_HEARTBEAT_MS", "--server-heartbeat-ms", "100", (config) => config.messaging.heartbeatMs, 100],
  ["CORREIO_CLOCK_SYNC", "--clock-sync", "berkeley", (config) => config.messaging.synchronisation, "berkeley"],
  ["CORREIO_CLOCK_OFFSET_MS", "--clock-offset-ms", "-500", (config) => config.messaging.clock.offsetMs, -500],
  ["CORREIO_CLOCK_DRIFT_PPM", "--clock-drift-ppm", "100", (config) => config.messaging.clock.driftPpm, 100],
  ["CORREIO_LOG_LEVEL", "--log-level", "silent", (config) => config.logLevel, "silent"],
  ["CORREIO_LOG_FILE", "--log-file", "", (config) => config.logFile.name, ""],
  ["CORREIO_LOG_FILE_BYTES_MAX", "--log-file-bytes-max", "1", (config) => config.logFile.bytesMax, 1],
  ["CORREIO_LOG_FILES_MAX", "--log-files-max", "100", (config) => config.logFile.filesMax, 100],
  [
    "CORREIO_OTLP_ENDPOINT",
    "--otlp-endpoint",
    "http://[::1]:4318/v1/traces",
    (config) => config.traces.endpoint,
    "http://[::1]:4318/v1/traces",
  ],
  ["CORREIO_TRACE_SHARE", "--trace-share", "0.5", (config) => config.traces.share, 0.5],
  ["CORREIO_NUM_SERVERS", "--num-servers", "2", (config) => config.experiment.numServers, "2"],
  ["CORREIO_NUM_CLIENTS", "--num-clients", "10", (config) => config.experiment.numClients, "10"],
  ["CORREIO_NUM_MESSAGES", "--num-messages", "1000", (config) => config.experiment.numMessages, "1000"],
];
/** The first three stand together, and so do the other pairs. */
const tlsFiles = "TLS_PORT TLS_CERT TLS_KEY MATCH_CERT MATCH_KEY HTTP_CERT HTTP_KEY"
  .split(" ")
  .map((name) => `CORREIO_${name}`);
const names = [...settings.map(([name]) => name), ...tlsFiles].sort();

function configOf(args: readonly string[], environment: Record<string, string> = {}): Config {
  const result = readConfig(args, environment);
  if (result.kind !== "config") throw new Error(JSON.stringify(result));
  return result.config;
}

function problemsOf(args: readonly string[], environment: Record<string, string> = {}): readonly string[] {
  const result = readConfig(args, environment);
  return result.kind === "wrong" ? result.problems : [];
}

function help(): string {
  const result = readConfig(["--help"], {});
  return result.kind === "help" ? result.text : "";
}

function run(args: readonly string[], environment: Record<string, string> = {}) {
  const own = Object.entries(Bun.env).filter(([name]) => !name.startsWith("CORREIO_"));
  const result = Bun.spawnSync([process.execPath, join(import.meta.dirname, "main.ts"), ...args], {
    env: { ...Object.fromEntries(own), ...environment },
  });
  return { exitCode: result.exitCode, output: String(result.stdout), errors: String(result.stderr) };
}

describe("settings", () => {
  test("have the defaults of the documents and of limits.ts", () => {
    expect(configOf([])).toEqual({
      host: "127.0.0.1",
      port: 5_000,
      udpPort: 5_001,
      tls: undefined,
      matches: {
        port: 3_000,
        tlsPort: 3_001,
        certFile: "data/cert.pem",
        keyFile: "data/key.pem",
        heartbeatMs: limits.heartbeatMs,
        pongMs: limits.pongMs,
        turnMs: limits.turnMs,
      },
      messaging: {
        ports: {
          clients: 5_555,
          workers: 5_556,
          publishers: 5_557,
          subscribers: 5_558,
          store: 5_559,
          reference: 5_560,
        },
        home: undefined,
        name: "",
        host: hostname(),
        address: "",
        serverPortBase: 5_600,
        serves: true,
        heartbeatMs: 5_000,
        synchronisation: "estimate",
        clock: { offsetMs: 0, driftPpm: 0 },
      },
      reusePort: false,
      httpHost: "127.0.0.1",
      httpPort: 8_080,
      httpTls: undefined,
      adminToken: "",
      dataFolder: "data",
      store: "sqlite",
      sync: "full",
      storeBytesMax: limits.storeBytesMax,
      memoryBudgetBytes: 0,
      development: false,
      stacks: false,
      blockedMs: limits.blockedMs,
      serverId: hostname(),
      plainLogin: "warn",
      console: true,
      clientLog: true,
      workMs: 0,
      drainMs: limits.drainMs,
      connectionsMax: limits.connectionsMax,
      connectionsPerAddressMax: limits.connectionsPerAddressMax,
      firstByteMs: limits.firstByteMs,
      handshakeMs: limits.handshakeMs,
      messageMs: limits.messageMs,
      idleMs: limits.idleMs,
      writeStallMs: limits.writeStallMs,
      logLevel: "info",
      logFile: { name: "correio.log", bytesMax: limits.logFileBytesMax, filesMax: limits.logFilesMax },
      settings: new Map(
        Object.entries(SETTINGS).map(([name, { fallback }]) => [name as keyof typeof SETTINGS, fallback]),
      ),
      traces: { endpoint: "", share: 1 },
      experiment: { numServers: "", numClients: "", numMessages: "" },
    });
  });

  test("the certificate for matches is in the data folder unless both files are named", () => {
    const { matches } = configOf(["--data=/tmp/rows"]);
    expect([matches.certFile, matches.keyFile]).toEqual(["/tmp/rows/cert.pem", "/tmp/rows/key.pem"]);
    const named = configOf(["--match-cert=c.pem", "--match-key=k.pem"]).matches;
    expect([named.certFile, named.keyFile]).toEqual(["c.pem", "k.pem"]);
    expect(problemsOf(["--match-cert=c.pem"])).toEqual([
      "Cannot use CORREIO_MATCH_CERT without CORREIO_MATCH_KEY, nor that without this: a certificate has its own key",
    ]);
  });

  test.each(settings)("%s, or %s, is read", (...[name, flag, value, read, wanted]) => {
    expect(read(configOf([]))).not.toEqual(wanted);
    expect(read(configOf([], { [name]: value }))).toEqual(wanted);
    expect(read(configOf([`${flag}=${value}`]))).toEqual(wanted);
    expect(read(configOf([flag, value]))).toEqual(wanted);
    expect(read(configOf([flag, value], { [name]: "1" }))).toEqual(wanted);
  });

  test("of TLS stand together, and count only with a port", () => {
    const files = { CORREIO_TLS_CERT: "cert.pem", CORREIO_TLS_KEY: "key.pem" };
    expect(configOf([], files).tls).toBeUndefined();
    const tls = { port: 3_001, certFile: "cert.pem", keyFile: "other.pem" };
    expect(configOf(["--tls-port=3001", "--tls-key=other.pem"], files).tls).toEqual(tls);
  });

  test("of the gateway's TLS stand together: HTTP without them", () => {
    const { httpTls } = configOf(["--http-cert=c.pem", "--http-key=k.pem"]);
    expect(httpTls).toEqual({ certFile: "c.pem", keyFile: "k.pem" });
    for (const flag of ["--http-cert=c.pem", "--http-key=k.pem"]) {
      expect(problemsOf([flag])).toEqual([
        "Cannot use CORREIO_HTTP_CERT without CORREIO_HTTP_KEY, nor that without this: a certificate has its own key",
      ]);
    }
  });

  test.each(["0.0.0.0", "::", "10.0.0.1", "correio.example", "128.0.0.1", "localhost.example", "127.0.0.1.example"])(
    "let others reach the gateway, at %s, only with a token that is long enough",
    (host) => {
      const refused = [
        `Cannot use CORREIO_HTTP_HOST="${host}": others reach it, so it takes a CORREIO_ADMIN_TOKEN of at least 16 ` +
          "characters",
      ];
      expect(problemsOf([`--http-host=${host}`])).toEqual(refused);
      expect(problemsOf([`--http-host=${host}`], { CORREIO_ADMIN_TOKEN: "x".repeat(15) })).toEqual(refused);
      expect(configOf([`--http-host=${host}`], { CORREIO_ADMIN_TOKEN: "x".repeat(16) }).httpHost).toBe(host);
    },
  );

  test("take no admin token that no header carries, and do not repeat it", () => {
    for (const token of [" ".repeat(20), "with a blank inside", "ünïcödé-ünïcödé", "x".repeat(257)]) {
      expect(problemsOf([], { CORREIO_ADMIN_TOKEN: token })).toEqual([
        "Cannot use CORREIO_ADMIN_TOKEN: nobody could send it; it has at most 256 visible ASCII characters",
      ]);
    }
    expect(configOf([], { CORREIO_ADMIN_TOKEN: "x".repeat(256) }).adminToken).toHaveLength(256);
  });

  test.each(["127.0.0.1", "127.1.2.3", "127.1", "::1", "localhost"])(
    "leave %s to this machine, with any token",
    (host) => {
      expect(configOf([`--http-host=${host}`]).httpHost).toBe(host);
    },
  );

  test("of other programs in the environment are none of ours", () => {
    expect(configOf([], { PATH: "/bin", PORT: "x", correio_port: "x" })).toEqual(configOf([]));
  });

  test("are all listed by --help and -h, each with flag, unit and default", () => {
    const lines = help().split("\n");
    const listed = lines.flatMap((line) => /^ {2}--\S+ +(CORREIO_\w+) +(\S+) .+\((.+)\)$/.exec(line)?.[1] ?? []);
    expect(listed.sort()).toEqual(names);
    for (const [name, flag] of settings) expect(help()).toMatch(new RegExp(`^ {2}${flag} +${name} `, "m"));
    expect(help()).toMatch(/--port +CORREIO_PORT +port +.*\(5000\)$/m);
    expect(help()).toMatch(/--drain-ms +CORREIO_DRAIN_MS +ms +.*\(10000\)$/m);
    expect(help()).toMatch(/--server-id +CORREIO_SERVER_ID +name +.*\(none\)$/m);
    expect(readConfig(["-h", "--port=x"], {}).kind).toBe("help");
  });
});

describe("wrong settings", () => {
  test.each([["--tls-cert=cert.pem"], ["--tls-key=key.pem"]])("are a TLS port with %s alone", (flag) => {
    expect(problemsOf(["--tls-port=0", flag])).toEqual([
      "Cannot use CORREIO_TLS_PORT: CORREIO_TLS_CERT and CORREIO_TLS_KEY must name the files it needs",
    ]);
  });

  test.each([
    ["CORREIO_PORT", ["-1", "65536", "5000.5", "5e3", "0x10", " 5000", "http", "99999999999999999999"]],
    ["CORREIO_TLS_PORT", ["-1", "65536", "x"]],
    ["CORREIO_UDP_PORT", ["-1", "65536", "x"]],
    ["CORREIO_HTTP_PORT", ["65536"]],
    ["CORREIO_MATCH_PORT", ["-1", "65536", "x"]],
    ["CORREIO_MATCH_TLS_PORT", ["-1", "65536", "x"]],
    ["CORREIO_HEARTBEAT_MS", ["", "0", "1s"]],
    ["CORREIO_SERVER_HEARTBEAT_MS", ["", "0", "10001", "30000"]],
    ["CORREIO_SERVER_ADDRESS", ["127.0.0.1:99999", "a b", ":5600"]],
    ["CORREIO_PLAIN_LOGIN", ["", "true", "deny"]],
    ["CORREIO_WORK_MS", ["-1", "1.5", "1s", "86400001"]],
    ["CORREIO_CONNECTIONS_MAX", ["0", "1000001", "many"]],
    ["CORREIO_REUSE_PORT", ["", "yes", "1", "TRUE"]],
    ["CORREIO_LOG_LEVEL", ["", "loud", "INFO"]],
    ["CORREIO_LOG_FILE", ["../a", "a/b", ".", "..", "a\\b"]],
    ["CORREIO_LOG_FILE_BYTES_MAX", ["0", "-1", "1M"]],
    ["CORREIO_LOG_FILES_MAX", ["0", "101"]],
    ["CORREIO_OTLP_ENDPOINT", ["localhost:4318", "ftp://a/", "a"]],
    ["CORREIO_TRACE_SHARE", ["", "1.1", "2", "-0.1", "1e-3", "all"]],
    ["CORREIO_CLOCK_OFFSET_MS", ["43200001", "-43200001", "", "-", "-0", "1.5", "1s"]],
    ["CORREIO_CLOCK_DRIFT_PPM", ["501", "-501", "5000", "", "0.5"]],
    ["CORREIO_HOST", [""]],
    ["CORREIO_DATA", [""]],
  ])("%s is none of %j", (name, values) => {
    for (const value of values) {
      const problems = problemsOf([], { [name]: value });
      expect(problems).toEqual([expect.stringContaining(`Cannot use ${name}="${value}": it must be `)]);
    }
  });

  test("a clock may be as wrong as clocks can be set right, and drift as much as is reckoned with", () => {
    for (const sign of [-1, 1]) {
      const clock = { offsetMs: sign * limits.clockErrorMsMax, driftPpm: sign * limits.clockDriftMax * 1_000_000 };
      const args = [`--clock-offset-ms=${clock.offsetMs}`, `--clock-drift-ppm=${clock.driftPpm}`];
      expect(configOf(args).messaging.clock).toEqual(clock);
    }
    expect(problemsOf(["--clock-drift-ppm=501"])).toEqual([
      'Cannot use CORREIO_CLOCK_DRIFT_PPM="501": it must be parts per million, a whole number from -500 to 500',
    ]);
  });

  test("are all named at once, wherever they come from", () => {
    const problems = problemsOf(["--port=x", "--colour", "extra", "--work-ms", "-1", "--host"], {
      CORREIO_DRAIN_MS: "soon",
      CORREIO_PROT: "5000",
    });
    expect(problems.map((problem) => problem.split(": ")[0])).toEqual([
      "Cannot use --colour",
      'Cannot use "extra"',
      "Cannot use --host",
      "Cannot use CORREIO_PROT",
      'Cannot use CORREIO_PORT="x"',
      'Cannot use CORREIO_WORK_MS="-1"',
      'Cannot use CORREIO_DRAIN_MS="soon"',
    ]);
  });

  test("say what would be right, on one line each", () => {
    const problems = problemsOf(["--port=x", "--reuse-port=maybe", "--nothing"], { CORREIO_LOG_LEVEL: "loud" });
    expect(problems).toEqual([
      "Cannot use --nothing: there is no such flag; --help lists all",
      'Cannot use CORREIO_PORT="x": it must be a port, or empty, a whole number from 0 to 65535',
      'Cannot use CORREIO_REUSE_PORT="maybe": it must be true or false',
      'Cannot use CORREIO_LOG_LEVEL="loud": it must be one of debug, info, warn, error, silent',
    ]);
  });

  test("a right flag beside a wrong variable is enough: the variable is not used", () => {
    expect(configOf(["--port=1"], { CORREIO_PORT: "x" }).port).toBe(1);
  });

  test.each(["--constructor", "--__proto__=1", "-p"])("%s is no flag", (flag) => {
    expect(problemsOf([flag])).toHaveLength(1);
  });
});

describe("the process", () => {
  test("prints the help and exits with 0", () => {
    expect(run(["--help"])).toEqual({ exitCode: 0, output: `${help()}\n`, errors: "" });
  });

  test("names every wrong value and exits with 2, before anything is opened", () => {
    const { exitCode, output, errors } = run(["--work-ms=x"], { CORREIO_PORT: "x", CORREIO_PROT: "1" });
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: "" });
    expect(errors.trim().split("\n")).toHaveLength(3);
  });
});
