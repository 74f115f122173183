// What a relay writes to a socket: all of it, in order, or nothing any more.
import { describe, expect, test } from "bun:test";

import { SocketOutlet } from "./relay-outlet.ts";

function socketThatTakes(...rooms: number[]) {
  const log: string[] = [];
  const socket = {
    write(bytes: Uint8Array): number {
      const taken = Math.min(bytes.length, rooms.shift() ?? bytes.length);
      if (taken >= 0) log.push(Buffer.from(bytes.subarray(0, taken)).toString());
      return taken;
    },
    shutdown: () => void log.push("FIN"),
    terminate: () => void log.push("RST"),
  };
  return { log, socket };
}

describe("an outlet", () => {
  test("is blocked until its socket is there", () => {
    const outlet = new SocketOutlet();
    expect(outlet.blocked).toBe(true);
    outlet.attach(socketThatTakes().socket);
    expect(outlet.blocked).toBe(false);
  });

  test("keeps what the kernel does not take, and is blocked meanwhile", () => {
    const outlet = new SocketOutlet();
    const { log, socket } = socketThatTakes(1, 0, -1);
    outlet.attach(socket);
    outlet.write(Buffer.from("abc"));
    outlet.drained();
    outlet.drained();
    expect([outlet.blocked, outlet.backlogBytes, log.join("")]).toEqual([true, 2, "a"]);
    outlet.drained();
    expect([outlet.blocked, outlet.backlogBytes, log.join("")]).toEqual([false, 0, "abc"]);
  });

  test("sends FIN once", () => {
    const outlet = new SocketOutlet();
    const { log, socket } = socketThatTakes();
    outlet.attach(socket);
    outlet.finish();
    outlet.finish();
    expect([log, outlet.finished]).toEqual([["FIN"], true]);
  });

  test("that is reset before its socket is there resets it then", () => {
    const outlet = new SocketOutlet();
    const { log, socket } = socketThatTakes();
    outlet.reset();
    outlet.attach(socket);
    outlet.write(Buffer.from("a"));
    expect([log, outlet.blocked]).toEqual([["RST"], false]);
  });

  test("whose socket is closed takes everything to nowhere, and sends neither FIN nor RST", () => {
    const outlet = new SocketOutlet();
    const { log, socket } = socketThatTakes(0);
    outlet.attach(socket);
    outlet.write(Buffer.from("a"));
    outlet.closed();
    outlet.write(Buffer.from("b"));
    outlet.finish();
    outlet.reset();
    outlet.drained();
    expect([log.join(""), outlet.backlogBytes, outlet.gone]).toEqual(["", 0, true]);
  });
});
