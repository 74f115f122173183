// Whether the kernel takes what it is told of a socket.
import { describe, expect, test } from "bun:test";

import { SocketOptions } from "./socket-options.ts";

/** `SO_RCVBUF`. */
const receiveBuffer = { level: 1, name: 8, value: 100_000 };

describe("an option of a socket", () => {
  test.skipIf(process.platform !== "linux")("is taken by the kernel where there is such a one", async () => {
    const socket = await Bun.udpSocket({ hostname: "127.0.0.1", port: 0 });
    const options = new SocketOptions();
    expect(options.set(socket, receiveBuffer)).toBe(true);
    expect(options.set(socket, { level: 1, name: 9_999, value: 1 })).toBe(false);
    socket.close();
  });

  test.each([{}, { fd: -1 }, { fd: "x" }])("is not where there is no socket: %j", (socket) => {
    expect(new SocketOptions().set(socket, receiveBuffer)).toBe(false);
  });
});
