// The relay's command line: what it takes, and what it says of wrong values.
import { describe, expect, test } from "bun:test";

import { readRelayFlags, type RelayCommand } from "./relay-flags.ts";

const TCP = ["--tcp", "6000:127.0.0.1:5000"];

function commandOf(...args: string[]): RelayCommand {
  const flags = readRelayFlags([...TCP, ...args]);
  if (flags.kind !== "run") throw new Error(`Expected a command, got ${JSON.stringify(flags)}`);
  return flags.command;
}

function problemsOf(...args: string[]): readonly string[] {
  const flags = readRelayFlags(args);
  return flags.kind === "wrong" ? flags.problems : [];
}

describe("the flags", () => {
  test("ask for nothing but what is passed on", () => {
    expect(commandOf()).toEqual({
      passages: [{ protocol: "tcp", port: 6_000, target: { hostname: "127.0.0.1", port: 5_000 } }],
      host: "127.0.0.1",
      seed: 1,
      json: false,
      faults: { up: {}, down: {} },
      planned: [],
    });
  });

  test("name several ports of both protocols, also of IPv6", () => {
    const { passages } = commandOf("--udp", "0:[::1]:5001", "--tcp=7000:localhost:5000");
    expect(passages.map(({ protocol, port, target }) => [protocol, port, target.hostname, target.port])).toEqual([
      ["tcp", 6_000, "127.0.0.1", 5_000],
      ["tcp", 7_000, "localhost", 5_000],
      ["udp", 0, "::1", 5_001],
    ]);
  });

  test("name every fault", () => {
    const args = "--loss 5% --delay 20 --jitter 5ms --duplicate 0.01 --reorder 0.02 --reorder-by 3 --corrupt 0.03";
    const more = "--rate 1mbit --rate-burst 1k --rate-queue 64k --reset-after 10 --burst 0.1,0.2,0.9,0 --overtake";
    expect(commandOf(...args.split(" "), ...more.split(" ")).faults).toEqual({
      loss: 0.05,
      delayMs: 20,
      jitterMs: 5,
      duplicate: 0.01,
      reorder: 0.02,
      reorderByMs: 3,
      corrupt: 0.03,
      rateBitsPerSecond: 1_000_000,
      rateBurstBytes: 1_024,
      rateQueueBytes: 65_536,
      resetAfterBytes: 10,
      burst: { enter: 0.1, leave: 0.2, lossInside: 0.9, lossOutside: 0 },
      keepOrder: false,
      up: {},
      down: {},
    });
  });

  test("name the faults of each way", () => {
    const { faults } = commandOf("--loss", "1%", "--up-loss", "2%", "--down-delay", "30", "--down-burst", "0.1,0.2");
    expect(faults).toEqual({
      loss: 0.01,
      up: { loss: 0.02 },
      down: { delayMs: 30, burst: { enter: 0.1, leave: 0.2 } },
    });
  });

  test("plan partitions", () => {
    expect(
      commandOf("--partition", "5s..8s", "--partition", "500ms..1.5s:up", "--partition", "0..2:down").planned,
    ).toEqual([
      { fromMs: 5_000, untilMs: 8_000, cut: "both" },
      { fromMs: 500, untilMs: 1_500, cut: "up" },
      { fromMs: 0, untilMs: 2, cut: "down" },
    ]);
  });

  test("say where it listens, what it draws from, and how figures look", () => {
    expect(commandOf("--host", "0.0.0.0", "--seed", "7", "--json")).toMatchObject({
      host: "0.0.0.0",
      seed: 7,
      json: true,
    });
  });

  test("ask for help, whatever else stands there", () => {
    const flags = readRelayFlags(["--help", "--loss", "9"]);
    expect(flags.kind).toBe("help");
    expect(flags.kind === "help" ? flags.text : "").toContain("--partition");
  });
});

describe("wrong values", () => {
  test.each([
    ["--loss=1.5", 'Cannot use --loss="1.5": it must be a probability from 0 to 1, such as 0.05 or 5%'],
    ["--up-delay=soon", 'Cannot use --up-delay="soon": it must be a time of at most an hour, such as 20, 20ms or 1.5s'],
    ["--seed=-1", 'Cannot use --seed="-1": it must be a whole number from 0 to 4294967295'],
    ["--burst=0.1", 'Cannot use --burst="0.1": it must be two to four probabilities, such as 0.01,0.3'],
    ["--burst=1,1,1,1,1", 'Cannot use --burst="1,1,1,1,1": it must be two to four probabilities, such as 0.01,0.3'],
    ["--colour", "Cannot use --colour: there is no such flag; --help lists all"],
    ["--toString", "Cannot use --toString: there is no such flag; --help lists all"],
    ["--loss", "Cannot use --loss: its value is missing"],
    ["stray", 'Cannot use "stray": it belongs to no flag; --help lists all'],
  ])("%s is named", (arg, problem) => {
    expect(problemsOf(...TCP, arg)).toEqual([problem]);
  });

  test.each(["5000", "6000:5000", "65536:a:1", "1:a:65536", "1:a:0", "x:a:1", "1::1", "1:a:b:2"])(
    "as a port to pass on is named: %s",
    (text) => {
      expect(problemsOf("--udp", text)).toHaveLength(1);
      expect(problemsOf("--udp", text)[0]).toStartWith(`Cannot use --udp="${text}": it must be port:host:port`);
    },
  );

  test.each(["5s", "8s..5s", "5s..5s", "a..b", "1..2:left", "..5s", "5s.."])("as a partition is named: %s", (text) => {
    expect(problemsOf(...TCP, "--partition", text)[0]).toStartWith(
      `Cannot use --partition="${text}": it must be a time`,
    );
  });

  test("are all named", () => {
    expect(problemsOf("--loss", "2", "--delay", "x", "--what")).toHaveLength(4);
  });

  test("are none without anything to pass on, which is said too", () => {
    expect(problemsOf()).toEqual(["Cannot start: neither --tcp nor --udp says what is passed on"]);
  });
});
