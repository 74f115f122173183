// A client of the datagram protocol and a listener, over real sockets: dialling, talking, and every end.
import { afterEach, describe, expect, test } from "bun:test";

import { closeCode } from "../datagrams/close-codes.ts";
import type { Ended } from "../datagrams/ending.ts";
import { DatagramClient, type DatagramClientOptions } from "./datagram-client.ts";
import { startUdpServer, type UdpServer } from "./test-udp-server.ts";

const servers: UdpServer[] = [];
const clients: DatagramClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.drop();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function serve(options?: Parameters<typeof startUdpServer>[0]): Promise<UdpServer> {
  const server = await startUdpServer(options);
  servers.push(server);
  return server;
}

interface Dialled {
  readonly client: DatagramClient;
  readonly heard: string[];
  readonly ended: Promise<Ended>;
  /** Resolves when so many messages were heard. */
  hears(count: number): Promise<readonly string[]>;
}

async function dial(port: number, options: Partial<DatagramClientOptions> = {}): Promise<Dialled> {
  const heard: string[] = [];
  const ended = Promise.withResolvers<Ended>();
  const wanted = { count: 0, enough: (): void => undefined };
  const client = await DatagramClient.connect({
    address: "127.0.0.1",
    port,
    profile: { local: true, quick: false },
    ended: ended.resolve,
    ...options,
    received(text) {
      heard.push(text);
      if (heard.length >= wanted.count) wanted.enough();
      options.received?.(text);
    },
  });
  clients.push(client);
  const hears = (count: number): Promise<readonly string[]> => {
    if (heard.length >= count) return Promise.resolve(heard);
    return new Promise((resolve) => Object.assign(wanted, { count, enough: () => resolve(heard) }));
  };
  return { client, heard, ended: ended.promise, hears };
}

describe("a datagram client", () => {
  test("talks to a server, in order", async () => {
    const { client, hears } = await dial((await serve()).port);
    const texts = Array.from({ length: 200 }, (_, index) => `message ${index}`);
    for (const text of texts) expect(client.send(text)).toBe(true);
    expect(await hears(200)).toEqual(texts);
  });

  test("ends when all that it said was acknowledged, and all of that is done", async () => {
    const server = await serve();
    const { client, ended } = await dial(server.port);
    for (let index = 0; index < 100; index++) client.send(`message ${index}`);
    client.finish();
    expect(await ended).toMatchObject({ by: "us", code: closeCode.done });
    expect([client.send("late"), client.queuedBytes]).toEqual([false, 0]);
    await server.stop();
    expect(server.heard).toHaveLength(101);
    expect(server.heard.at(-1)).toBe("closed: close");
  });

  test("hears the last words of a server that ends", async () => {
    const server = await serve();
    const { heard, ended } = await dial(server.port);
    await server.stop();
    expect(await ended).toEqual({ by: "peer", code: closeCode.shutdown, text: "shutdown" });
    expect(heard).toEqual(["* ! shutdown"]);
  });

  test("takes nothing more once it is dropped", async () => {
    const { client } = await dial((await serve()).port);
    client.drop();
    client.drop();
    expect(client.send("late")).toBe(false);
  });

  test("may send from where it is told of messages, however many there are", async () => {
    const { port } = await serve();
    const count = 100;
    const enough = Promise.withResolvers<number>();
    const dialled = await dial(port, {
      received(text) {
        const number = Number(text);
        if (number < count) dialled.client.send(String(number + 1));
        else enough.resolve(number);
      },
    });
    for (let index = 0; index < 20; index++) dialled.client.send("1");
    expect(await enough.promise).toBe(count);
  });

  test("may be dropped from there", async () => {
    const { port } = await serve();
    const dialled = await dial(port, { received: () => dialled.client.drop() });
    for (let index = 0; index < 20; index++) dialled.client.send(String(index));
    await dialled.hears(1);
    expect(dialled.heard).toEqual(["0"]);
  });

  test("is refused with the reason", async () => {
    const { port } = await serve({ connectionsMax: 0 });
    await expect(dial(port)).rejects.toMatchObject({ code: "net.refused" });
  });

  test("gives up where nobody answers", async () => {
    const { port, stop } = await startUdpServer();
    await stop();
    await expect(dial(port, { timeoutMs: 50 })).rejects.toMatchObject({ code: "net.no_answer" });
  });
});

describe("one UDP port", () => {
  test("serves text and datagrams side by side, and ignores what is empty", async () => {
    const server = await serve();
    const { client, hears } = await dial(server.port);
    const text = Promise.withResolvers<string>();
    const socket = await Bun.udpSocket({
      hostname: "127.0.0.1",
      socket: { data: (_, octets) => text.resolve(octets.toString()), error: () => undefined },
    });
    socket.send("", server.port, "127.0.0.1");
    socket.send("oi\n", server.port, "127.0.0.1");
    client.send("oi");
    expect(await text.promise).toBe("? oi\n");
    expect(await hears(1)).toEqual(["oi"]);
    expect(server.table.connectionCount()).toBe(1);
    socket.close();
  });
});
