// Sockets that listen, with real ones at the other end: ports, their errors, and pressure that reaches the sender.
import { afterEach, describe, expect, test } from "bun:test";

import { systemClock } from "../base/clock.ts";
import { RuntimeError } from "../core/errors.ts";
import { ActorSystem } from "../core/system.ts";
import { createFramesProtocol } from "../wire/frames-protocol.ts";
import { frame } from "../wire/test-frames.ts";
import { createPairing, type Pairing } from "./connection-host.ts";
import { ConnectionTable } from "./connection-table.ts";
import { startTcpListener, type TcpListener, type TcpListenerOptions } from "./tcp-listener.ts";
import { DEADLINES, scriptedSession, type SessionScript } from "./test-connection.ts";

const listeners: TcpListener[] = [];

afterEach(() => {
  for (const listener of listeners.splice(0)) listener.stop();
});

function listen(options: Partial<TcpListenerOptions & Pairing> = {}, script = emptyScript()) {
  const type = scriptedSession(script, 8);
  const system = new ActorSystem({ clock: systemClock, types: [type] });
  const admission = { connectionsMax: 2, connectionsPerAddressMax: 2 };
  const [faults, ended]: [Error[], string[]] = [[], []];
  const events = {
    refused: () => undefined,
    ended: ({ reason }: { reason: string }) => void ended.push(reason),
    failed: ({ error }: { error: Error }) => void faults.push(error),
  };
  const table = new ConnectionTable(system, { admission, deadlines: DEADLINES }, events);
  const frames = { ...createPairing(createFramesProtocol(), type), ...options };
  const listener = startTcpListener({ hostname: "127.0.0.1", port: 0, table, choose: () => frames, ...options });
  listeners.push(listener);
  return { listener, table, script, faults, ended };
}

function emptyScript(): SessionScript {
  return { turns: [], message: () => undefined, closed: () => undefined };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(1);
}

function errorOf(act: () => unknown): RuntimeError {
  try {
    act();
  } catch (error) {
    if (error instanceof RuntimeError) return error;
  }
  throw new Error("No RuntimeError was thrown");
}

describe("a listener", () => {
  test("on port 0 takes a free one and names it", () => {
    const [one, other] = [listen().listener, listen().listener];
    expect(one.port).toBeGreaterThan(0);
    expect(other.port).not.toBe(one.port);
  });

  test("on a port in use says so with a code, host and port", () => {
    const { port } = listen().listener;
    const error = errorOf(() => listen({ port }));
    expect(error.code).toBe("net.address_in_use");
    expect(error.message).toContain(`127.0.0.1:${port}`);
  });

  test("on an address this machine does not have says so", () => {
    const error = errorOf(() => listen({ hostname: "192.0.2.1", port: 4_999 }));
    expect(error.code).toBe("net.cannot_listen");
    expect(error.message).toContain("192.0.2.1:4999");
  });

  test("with a certificate that is none says so", () => {
    const error = errorOf(() => listen({ tls: { cert: "no certificate", key: "no key" } }));
    expect(error.code).toBe("net.cannot_listen");
  });

  test("once stopped accepts nobody, and leaves open connections as they are", async () => {
    const { listener, script } = listen();
    const open = await Bun.connect({ hostname: "127.0.0.1", port: listener.port, socket: { data() {} } });
    open.write(frame("here"));
    await until(() => script.turns.length === 2);
    listener.stop();
    const late = Bun.connect({ hostname: "127.0.0.1", port: listener.port, socket: { data() {} } });
    await expect(late).rejects.toThrow();
    open.write(frame("still here"));
    await until(() => script.turns.length === 3);
    expect(script.turns).toEqual(["opened", "here", "still here"]);
    open.end();
  });
});

/** The pipelined protocol with a bug: whatever is received, its decoder throws. */
function brokenProtocol(error: () => Error): Pairing["protocol"] {
  const protocol = createFramesProtocol() as unknown as Pairing["protocol"];
  const createDecoder = () =>
    Object.assign(protocol.createDecoder(), {
      push: () => {
        throw error();
      },
    });
  return { ...protocol, createDecoder };
}

function readOutOfBounds(): Error {
  try {
    Buffer.alloc(1).readUInt32BE(5);
  } catch (error) {
    return error as Error;
  }
  throw new Error("Nothing was thrown");
}

function systemError(): Error {
  return Object.assign(new Error("bad record"), { code: "EPROTO", errno: 0 });
}

describe("an exception in a handler of a socket", () => {
  test.each([
    ["of any kind", () => new Error("a bug")],
    ["that has a code, as those of buffers do", readOutOfBounds],
    ["of the runtime", () => new RuntimeError("actor.stopped", "a bug")],
  ])("%s ends the connection, and its place can be taken again", async (_, error) => {
    const { listener, table, script, faults, ended } = listen({ protocol: brokenProtocol(error) });
    for (let round = 1; round <= 3; round++) {
      const gone = Promise.withResolvers<void>();
      const socket = { data() {}, close: () => gone.resolve(), error: () => gone.resolve() };
      const client = await Bun.connect({ hostname: "127.0.0.1", port: listener.port, socket });
      client.write(frame("anything"));
      await gone.promise;
      await until(() => script.turns.length === round);
      expect(table.connectionCount()).toBe(0);
    }
    expect(ended).toEqual(["net.fault", "net.fault", "net.fault"]);
    expect(faults).toHaveLength(3);
    expect(script.turns).toEqual(Array(3).fill("closed: net.fault"));
  });

  test("is told from an error of the system, which is no fault of ours and is followed by the close", async () => {
    const { listener, table, faults, ended } = listen({ protocol: brokenProtocol(systemError) });
    const client = await Bun.connect({ hostname: "127.0.0.1", port: listener.port, socket: { data() {} } });
    client.write(frame("anything"));
    await until(() => table.stats.bytesIn > 0);
    client.terminate();
    await until(() => ended.length === 1);
    expect([faults, ended]).toEqual([[], ["disconnect"]]);
  });
});

/** The pipelined protocol, whose first decoders cannot be made. */
function undecodable(times: number): Pairing["protocol"] {
  const protocol = createFramesProtocol() as unknown as Pairing["protocol"];
  let failures = times;
  const createDecoder = () => {
    if (failures-- > 0) throw new Error("no decoder");
    return protocol.createDecoder();
  };
  return { ...protocol, createDecoder };
}

const speak = (socket: Bun.Socket): void => void socket.write(frame("in vain"));

/** Connects, says something, and comes back when the server has closed the socket. */
async function connectInVain(port: number): Promise<void> {
  const gone = Promise.withResolvers<void>();
  const end = (): void => gone.resolve();
  // The reset may come before the connection is seen here.
  Bun.connect({ hostname: "127.0.0.1", port, socket: { open: speak, data() {}, close: end, error: end } }).catch(end);
  await gone.promise;
}

describe("a connection that cannot be made", () => {
  test.each([
    ["because its decoder throws", { protocol: undecodable(3) }, "no decoder"],
    ["because its session does not open", { session: { name: "nobody" } as never }, "nobody"],
  ])("%s is closed and reported, and takes no place from others", async (_, options, message) => {
    const { listener, table, faults, ended } = listen(options);
    for (let round = 1; round <= 3; round++) {
      await connectInVain(listener.port);
      expect(faults).toHaveLength(round);
    }
    expect(faults.map((error) => error.message)).toEqual(Array(3).fill(expect.stringContaining(message)));
    expect([table.connectionCount(), table.stats.accepted, table.stats.refused.size]).toEqual([0, 3, 0]);
    expect(ended).toEqual(["net.fault", "net.fault", "net.fault"]);
  });

  test("is followed by one that is served", async () => {
    const { listener, table, script } = listen({ protocol: undecodable(1) });
    await connectInVain(listener.port);
    const client = await Bun.connect({ hostname: "127.0.0.1", port: listener.port, socket: { data() {} } });
    client.write(frame("hello"));
    await until(() => script.turns.length === 2);
    expect([script.turns, table.connectionCount()]).toEqual([["opened", "hello"], 1]);
    client.end();
  });
});

describe("a session that takes nothing", () => {
  test("stops its sender; when it goes on, all arrives in order", async () => {
    const script = emptyScript();
    const gate = Promise.withResolvers<void>();
    script.message = () => gate.promise;
    const { listener, table } = listen({}, script);
    const payload = "x".repeat(100_000);
    const stream = Buffer.concat(Array.from({ length: 300 }, (_, index) => frame(`${index}:${payload}`)));
    let offset = 0;
    const push = (socket: Bun.Socket): void => {
      if (offset < stream.length) offset += Math.max(0, socket.write(stream, offset, stream.length - offset));
    };
    const socket = { open: push, drain: push, data() {} };
    const client = await Bun.connect({ hostname: "127.0.0.1", port: listener.port, socket });
    await until(() => table.stats.pauses === 1);
    expect(offset).toBeLessThan(stream.length);
    expect(table.stats.bytesIn).toBeLessThan(4 * 1_048_576);
    gate.resolve();
    await until(() => script.turns.length === 301);
    expect(script.turns.slice(1).map((turn) => Number(turn.split(":")[0]))).toEqual(
      Array.from({ length: 300 }, (_, index) => index),
    );
    client.end();
  });
});
