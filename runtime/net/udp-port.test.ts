// One UDP socket: datagrams there and back, and what closed ports, long datagrams and a full kernel do to others.
import { afterEach, describe, expect, spyOn, test } from "bun:test";

import { systemClock } from "../base/clock.ts";
import { limits } from "../limits.ts";
import { UdpPort } from "./udp-port.ts";

const HOST = "127.0.0.1";
const open: UdpPort[] = [];
const deaf = { received: () => undefined, failed: () => undefined, queued: () => undefined };

afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

/** What was heard there, and a wait until there is so much of it. */
class Heard {
  readonly texts: string[] = [];
  #wanted = 0;
  #enough: () => void = () => undefined;

  add(text: string): void {
    this.texts.push(text);
    if (this.texts.length >= this.#wanted) this.#enough();
  }

  until(count: number): Promise<void> {
    this.#wanted = count;
    if (this.texts.length >= count) return Promise.resolve();
    return new Promise((resolve) => void (this.#enough = resolve));
  }
}

async function listen(): Promise<{ port: UdpPort; heard: Heard }> {
  const heard = new Heard();
  const port = await UdpPort.open(HOST, 0, systemClock, {
    received: (octets) => heard.add(octets.toString()),
    failed: (error) => heard.add(`failed: ${String(error)}`),
    queued: () => undefined,
  });
  open.push(port);
  return { port, heard };
}

/** A port that nobody listens on any more. */
async function closedPort(): Promise<number> {
  const port = await UdpPort.open(HOST, 0, systemClock, deaf);
  const { number } = port;
  port.close();
  return number;
}

describe("a UDP port", () => {
  test("sends to the living whatever it sends to the dead", async () => {
    const [here, there, dead] = [await listen(), await listen(), await closedPort()];
    for (let round = 0; round < 5; round++) {
      for (let count = 0; count < 20; count++) {
        here.port.queue(Buffer.from("dead"), dead, HOST);
        here.port.queue(Buffer.from(`${round}.${count}`), there.port.number, HOST);
      }
      here.port.flush();
      await there.heard.until((round + 1) * 20);
    }
    expect(new Set(there.heard.texts).size).toBe(100);
  });

  test("sends more at once than fit into one call, in order", async () => {
    const [here, there] = [await listen(), await listen()];
    const sent = Array.from({ length: 200 }, (_, index) => String(index));
    for (const text of sent) here.port.queue(Buffer.from(text), there.port.number, HOST);
    here.port.flush();
    await there.heard.until(sent.length);
    expect(there.heard.texts).toEqual(sent);
  });

  test("drops a datagram that cannot be sent, and sends those around it", async () => {
    const [here, there] = [await listen(), await listen()];
    for (const size of [1, 70_000, 2]) here.port.queue(Buffer.alloc(size, "x"), there.port.number, HOST);
    here.port.flush();
    await there.heard.until(2);
    expect(there.heard.texts).toEqual(["x", "xx"]);
    expect(here.port.figures.dropped).toBe(1);
  });

  test("hands on what is queued when that becomes too much, and drops nothing that the kernel takes", async () => {
    const { port } = await listen();
    for (let count = 0; count < limits.udpWaitingMax + 3; count++) port.queue(Buffer.alloc(1), port.number, HOST);
    expect(port.waiting).toBe(3);
    expect(port.figures).toMatchObject({ datagramsOut: limits.udpWaitingMax, dropped: 0 });
  });

  test("holds so many that the kernel does not take, and counts the others", async () => {
    const deafKernel = { port: 1, sendMany: () => 0, close: () => undefined };
    using _ = spyOn(Bun, "udpSocket").mockImplementation((() => Promise.resolve(deafKernel)) as never);
    const { port } = await listen();
    for (let count = 0; count < limits.udpWaitingMax + 3; count++) port.queue(Buffer.alloc(1), 9, HOST);
    expect(port.waiting).toBe(limits.udpWaitingMax);
    expect(port.figures.dropped).toBe(3);
  });

  test("sends what waited for the kernel as it was when it was queued", async () => {
    const taken: string[] = [];
    const kernel = {
      room: 1,
      port: 1,
      close: () => undefined,
      sendMany(packets: readonly Uint8Array[]): number {
        const count = Math.min(this.room, packets.length / 3);
        for (let index = 0; index < count; index++) taken.push(Buffer.from(packets[3 * index] ?? []).toString());
        this.room -= count;
        return count;
      },
    };
    using _ = spyOn(Bun, "udpSocket").mockImplementation((() => Promise.resolve(kernel)) as never);
    const { port } = await listen();
    const octets = Buffer.from("a");
    for (const text of ["b", "c", "d", "e"]) {
      port.queue(octets, 9, HOST);
      port.flush();
      octets.write(text);
    }
    kernel.room = 2;
    port.flush();
    kernel.room = 2;
    port.flush();
    expect([taken, port.waiting]).toEqual([["a", "b", "c", "d"], 0]);
  });

  test("takes nothing more once it is closed, and may be closed again", async () => {
    const { port } = await listen();
    port.queue(Buffer.alloc(1), 9, HOST);
    port.close();
    port.queue(Buffer.alloc(1), 9, HOST);
    port.flush();
    port.close();
    expect(port.waiting).toBe(0);
  });

  test("is an error with its reason where another program has it", async () => {
    const { port } = await listen();
    const second = UdpPort.open(HOST, port.number, systemClock, deaf);
    await expect(second).rejects.toMatchObject({ code: "net.address_in_use" });
  });
});
