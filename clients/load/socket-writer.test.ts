// The writer keeps what the kernel does not accept, in order, and ends the stream only after the last byte.

import { describe, expect, test } from "bun:test";

import { SocketWriter } from "./socket-writer.ts";

/** Accepts as many bytes per write as it is told, and nothing more. */
class NarrowSocket {
  received = "";
  acceptsBytes = 0;
  isShutDown = false;

  write(bytes: Buffer, offset: number, lengthBytes: number): number {
    if (this.acceptsBytes < 0) return -1;
    const accepted = Math.min(this.acceptsBytes, lengthBytes);
    this.received += bytes.toString("utf8", offset, offset + accepted);
    return accepted;
  }

  shutdown(): void {
    this.isShutDown = true;
  }
}

function writeText(writer: SocketWriter, socket: NarrowSocket, text: string): void {
  writer.write(socket, Buffer.from(text), text.length);
}

describe("the socket writer", () => {
  test("sends what the socket refused on drain, before what came later", () => {
    const socket = new NarrowSocket();
    const writer = new SocketWriter();
    socket.acceptsBytes = 2;
    writeText(writer, socket, "abcd");
    writeText(writer, socket, "ef");
    expect([socket.received, writer.isFree]).toEqual(["ab", false]);
    socket.acceptsBytes = 3;
    writer.drain(socket);
    writer.drain(socket);
    expect([socket.received, writer.isFree, writer.acceptedBytes]).toEqual(["abcdef", true, 6]);
  });

  test("keeps its own copy, so that the caller may reuse its buffer", () => {
    const socket = new NarrowSocket();
    const writer = new SocketWriter();
    const block = Buffer.from("abcd");
    writer.write(socket, block, 4);
    block.fill("x");
    socket.acceptsBytes = 10;
    writer.drain(socket);
    expect(socket.received).toBe("abcd");
  });

  test("ends the stream once everything has been sent, not before", () => {
    const socket = new NarrowSocket();
    const writer = new SocketWriter();
    writeText(writer, socket, "ab");
    writer.finish(socket);
    expect(socket.isShutDown).toBe(false);
    socket.acceptsBytes = 10;
    writer.drain(socket);
    expect([socket.received, socket.isShutDown]).toEqual(["ab", true]);
  });

  test("takes the -1 of a closed socket for nothing accepted", () => {
    const socket = new NarrowSocket();
    const writer = new SocketWriter();
    socket.acceptsBytes = -1;
    writeText(writer, socket, "ab");
    expect([writer.isFree, writer.acceptedBytes]).toEqual([false, 0]);
  });
});
