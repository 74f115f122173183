// This process as one of the servers: what its home has set, and what an operator is told of that.
import { describe, expect, test } from "bun:test";

import { readConfig } from "./config.ts";
import type { Log } from "./observe/log.ts";
import { NodeServerPort } from "./server-port.ts";

/** With what its log was told. */
function portWith(...flags: readonly string[]) {
  const config = readConfig(flags, {});
  if (config.kind !== "config") throw new Error(`Wrong settings: ${JSON.stringify(config)}`);
  const told: object[] = [];
  const logger = { info: (details: object, message: string) => told.push({ message, ...details }) };
  const log = { logger, limited: () => undefined } as unknown as Log;
  return { port: new NodeServerPort(config.config.messaging, log), told };
}

describe("what the home of a server has set", () => {
  const home = { heartbeatMs: 500, synchronisation: "berkeley" } as const;

  test("holds from then on, and where it differs the log says so once", () => {
    const { port, told } = portWith("--join", "10.0.0.1");
    const own = { heartbeatMs: port.heartbeatMs, synchronisation: port.synchronisation };
    expect([port.adopt(home), port.adopt(home), port.adopt(home)]).toEqual([true, false, false]);
    expect({ heartbeatMs: port.heartbeatMs, synchronisation: port.synchronisation }).toEqual(home);
    expect(told).toEqual([{ message: "Keeps to what its home has set, not to its own settings", home, own }]);
  });

  test("is nothing new where it is the same", () => {
    const { port, told } = portWith("--server-heartbeat-ms", "500", "--clock-sync", "berkeley");
    expect([port.adopt(home), told]).toEqual([false, []]);
  });
});

test("a name is in the normal form that the reference brings it to", () => {
  const { port } = portWith("--server-id", "Jose\u0301");
  expect(port.nameAt(0)).toBe("Jos\u00e9");
});
