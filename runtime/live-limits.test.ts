// Limits that can be changed while the process runs: what may be, what is refused, and what everybody reads then.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { type Config, readConfig } from "./config.ts";
import { limits } from "./limits.ts";
import { LiveLimits } from "./live-limits.ts";

function limitsWith(...flags: readonly string[]) {
  const result = readConfig(flags, {});
  if (result.kind !== "config") throw new Error("Wrong settings");
  const changed: string[] = [];
  const live = new LiveLimits(result.config, (name) => void changed.push(name));
  const view = (name: string) => live.list().find((limit) => limit.name === name);
  return { given: result.config, live, changed, view };
}

/** A name, a value it may have, and the setting that it begins with. */
const CHANGEABLE: readonly (readonly [keyof Config, number, string])[] = [
  ["connectionsMax", 7, "CORREIO_CONNECTIONS_MAX"],
  ["connectionsPerAddressMax", 7, "CORREIO_CONNECTIONS_PER_ADDRESS_MAX"],
  ["firstByteMs", 7, "CORREIO_FIRST_BYTE_MS"],
  ["handshakeMs", 7, "CORREIO_HANDSHAKE_MS"],
  ["messageMs", 7, "CORREIO_MESSAGE_MS"],
  ["idleMs", 7, "CORREIO_IDLE_MS"],
  ["writeStallMs", 7, "CORREIO_WRITE_STALL_MS"],
  ["drainMs", 0, "CORREIO_DRAIN_MS"],
  ["workMs", 7, "CORREIO_WORK_MS"],
  ["memoryBudgetBytes", 2 ** 50, "CORREIO_MEMORY_BUDGET"],
  ["blockedMs", 7, "CORREIO_BLOCKED_MS"],
];

describe("a limit that can be changed", () => {
  test.each(CHANGEABLE)(
    "%s: whoever reads it has the new value, and the settings as they were given stay",
    (name, value, setting) => {
      const { given, live, changed, view } = limitsWith();
      const before = view(name);
      expect(before).toMatchObject({ changeable: true, setting, changes: 0, value: before?.default });
      const after = live.change(name, value, undefined);
      expect(after).toEqual({ ...before, value, changes: 1 } as typeof after);
      expect(view(name)).toEqual(after as never);
      expect([live.config[name], given[name], changed]).toEqual([value, before?.value, [name]] as never);
      expect(live.settings().get(setting as never)).toBe(String(value));
    },
  );

  test("are these, and no others", () => {
    const names = limitsWith()
      .live.list()
      .flatMap(({ name, changeable }) => (changeable ? [name] : []));
    expect(names.sort()).toEqual(CHANGEABLE.map(([name]) => name).toSorted());
  });

  test("begins with its setting, and says what it is without", () => {
    expect(limitsWith("--idle-ms=5000").view("idleMs")).toMatchObject({ default: limits.idleMs, value: 5_000 });
  });

  test("is changed only from the value that was seen, where that is said", () => {
    const { live } = limitsWith();
    expect(live.change("idleMs", 1, 0)).toMatchObject({ value: 1, changes: 1 });
    expect(live.change("idleMs", 2, 0)).toEqual({ not: "stale" });
    expect(live.change("idleMs", 2, 2)).toEqual({ not: "stale" });
    expect(live.change("idleMs", 3, 1)).toMatchObject({ value: 3, changes: 2 });
  });

  test.each([
    ["idleMs", 0],
    ["idleMs", 86_400_001],
    ["idleMs", 1.5],
    ["idleMs", Number.NaN],
    ["idleMs", Number.POSITIVE_INFINITY],
    ["connectionsMax", 0],
    ["connectionsMax", 1_000_001],
    ["connectionsMax", 1e21],
    ["drainMs", -1],
    ["memoryBudgetBytes", 2 ** 50 + 1],
  ])("%s is not changed to %d, as its setting may not be that", (name, value) => {
    const { live, changed, view } = limitsWith();
    expect(live.change(name, value, undefined)).toMatchObject({
      not: "allowed",
      wanted: expect.stringContaining("number"),
    });
    expect([changed, view(name)?.changes]).toEqual([[], 0]);
  });
});

describe("a limit that cannot be changed", () => {
  test.each([
    ["turnsPerSlice", "fixed"],
    ["storeBytesMax", "fixed"],
    ["turnMs", "fixed"],
    ["nothing", "unknown"],
    ["constructor", "unknown"],
    ["serverId", "unknown"],
  ] as const)("%s: %s", (name, not) => {
    expect(limitsWith().live.change(name, 1, undefined)).toEqual({ not });
  });

  test("names the setting that it begins with, wherever settings.ts has one", () => {
    const defaults = readFileSync(join(import.meta.dirname, "settings.ts"), "utf8").matchAll(/\blimits\.(\w+),/g);
    const { view } = limitsWith();
    for (const [, name = ""] of defaults) expect([name, view(name)?.setting]).toEqual([name, expect.any(String)]);
  });

  test("is shown as it was set", () => {
    const { view } = limitsWith("--turn-ms=1234", "--store-bytes-max=5000000");
    expect(view("turnMs")).toMatchObject({ value: 1_234, default: limits.turnMs, changeable: false });
    expect(view("storeBytesMax")).toMatchObject({ value: 5_000_000, default: limits.storeBytesMax });
    expect(view("turnsPerSlice")).toEqual({
      name: "turnsPerSlice",
      unit: "count",
      default: 256,
      value: 256,
      changeable: false,
      changes: 0,
    });
  });
});

describe("the list of limits", () => {
  test("has every bound of limits.ts once, with its unit", () => {
    const list = limitsWith().live.list();
    const names = list.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(Object.keys(limits)));
    const unitOf = (wanted: string) => list.find(({ name }) => name === wanted)?.unit;
    expect(unitOf("askTimeoutMs")).toBe("ms");
    expect(unitOf("datagramTimeoutMaxMs")).toBe("ms");
    expect(unitOf("serverHeartbeatMsMax")).toBe("ms");
    expect(unitOf("memoryBudgetBytes")).toBe("bytes");
    expect(unitOf("requestBytesPerClientMax")).toBe("bytes");
    expect(unitOf("storeLogBytesKept")).toBe("bytes");
    expect(unitOf("datagramCompressBytesMin")).toBe("bytes");
    expect(unitOf("stateLengthMax")).toBe("UTF-16 code units");
    expect(unitOf("consoleLinesPerSecond")).toBe("a second");
    expect(unitOf("collectCpuShareMax")).toBe("share");
    expect(unitOf("roomsPerSessionMax")).toBe("count");
    // Of what a name does not say, nothing else is claimed.
    expect(names.filter((name) => /Ms|Bytes|Length/.test(name) && unitOf(name) === "count")).toEqual([]);
  });
});
