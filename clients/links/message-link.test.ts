// Messages between two peers over real sockets: their ends, who is let in, and what a peer may not do.
import { afterEach, describe, expect, test } from "bun:test";

import type { Socket } from "bun";

import type { Link } from "./link.ts";
import { MESSAGE_LENGTH_MAX, SILENCE_MS } from "./message-gatherer.ts";
import { APART_MS, MESSAGES_PER_SECOND_MAX, OUTGOING_MAX } from "./message-link.ts";
import { listenForPeer } from "./peer-listener.ts";
import { startLink } from "./start-link.ts";

const grammar = { whole: /^p[io]ng/, unfinished: /^play;\d*;?$/ };
const stack: (() => unknown)[] = [];
afterEach(() => stack.splice(0).forEach((undo) => undo()));

/** What a link says, as promises and lists. */
function observer() {
  const opened = Promise.withResolvers<void>();
  const lost = Promise.withResolvers<string>();
  const messages: string[] = [];
  let heard = Promise.withResolvers<void>();
  const events = {
    opened: () => opened.resolve(),
    received(message: string) {
      messages.push(message);
      heard.resolve();
    },
    lost: (reason: string) => lost.resolve(reason),
  };
  const received = async (count: number): Promise<readonly string[]> => {
    while (messages.length < count) {
      heard = Promise.withResolvers<void>();
      await heard.promise;
    }
    return messages;
  };
  return { events, messages, received, opened: opened.promise, lost: lost.promise };
}

function listen(address = "127.0.0.1", from?: string) {
  const [play, ping] = [observer(), observer()];
  const doors = listenForPeer(
    address,
    [play, ping].map(({ events }) => ({ grammar, events })),
    from,
  );
  const [playDoor, pingDoor] = doors;
  if (playDoor === undefined || pingDoor === undefined) throw new Error("Expected a door for each");
  stack.push(() => doors.forEach(({ link }) => link.close()));
  return { play, ping, playDoor, pingDoor };
}

/** A peer that is no program of ours. */
async function dial(port: number, from?: string) {
  const closed = Promise.withResolvers<void>();
  let text = "";
  const socket: Socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    ...(from === undefined ? {} : { localAddress: from }),
    socket: { data: (_, chunk) => void (text += chunk.toString()), close: () => closed.resolve() },
  });
  stack.push(() => socket.terminate());
  return { socket, closed: closed.promise, text: () => text };
}

function open(port: number): ReturnType<typeof observer> & { readonly link: Link } {
  const seen = observer();
  const link = startLink({ transport: "messages", host: "127.0.0.1", port, grammar }, seen.events);
  stack.push(() => link.close());
  return { ...seen, link };
}

describe("two peers", () => {
  test("exchange messages without an end, each as one", async () => {
    const { play, playDoor } = listen();
    const host = open(playDoor.port);
    await Promise.all([play.opened, host.opened]);
    host.link.send("play;1;1");
    expect(await play.received(1)).toEqual(["play;1;1"]);
    playDoor.link.send("play;2;2");
    expect(await host.received(1)).toEqual(["play;2;2"]);
  });

  test("send them apart, so that a program that takes each piece for a message takes each for itself", async () => {
    const { play, playDoor } = listen();
    const chunks: { readonly text: string; readonly atMs: number }[] = [];
    const three = Promise.withResolvers<void>();
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port: playDoor.port,
      socket: {
        data(_, chunk) {
          chunks.push({ text: chunk.toString(), atMs: performance.now() });
          if (chunks.length === 3) three.resolve();
        },
      },
    });
    stack.push(() => socket.terminate());
    await play.opened;
    for (const message of ["ping", "pong", "ping"]) playDoor.link.send(message);
    await three.promise;
    expect(chunks.map(({ text }) => text)).toEqual(["ping", "pong", "ping"]);
    expect((chunks[2]?.atMs ?? 0) - (chunks[0]?.atMs ?? 0)).toBeGreaterThan(APART_MS);
  });

  test("send all that waits before they close", async () => {
    const { play, playDoor } = listen();
    const { closed, text } = await dial(playDoor.port);
    await play.opened;
    for (const message of ["play;1;1", "play;2;2"]) playDoor.link.send(message);
    playDoor.link.close();
    await closed;
    expect(text()).toBe("play;1;1play;2;2");
  });

  test("get what was sent last before the end", async () => {
    const { play, playDoor } = listen();
    const host = open(playDoor.port);
    await Promise.all([play.opened, host.opened]);
    host.link.send("play;1;1");
    host.link.close();
    expect(await play.lost).toBe("conexão encerrada");
    expect(play.messages).toEqual(["play;1;1"]);
  });

  test("put together what the network has cut", async () => {
    const { play, playDoor } = listen();
    const { socket } = await dial(playDoor.port);
    await play.opened;
    socket.write("play;1;");
    socket.flush();
    // Longer than the silence that ends a message which could be whole.
    await Bun.sleep(3 * SILENCE_MS);
    expect(play.messages).toEqual([]);
    socket.write("3");
    expect(await play.received(1)).toEqual(["play;1;3"]);
  });

  test("are told when nobody answers", async () => {
    const { playDoor } = listen();
    playDoor.link.close();
    expect(await open(playDoor.port).lost).toBe("ECONNREFUSED");
  });
});

describe("the ports of a peer", () => {
  test("take one connection each, and no second one", async () => {
    const { play, ping, playDoor, pingDoor } = listen();
    await dial(playDoor.port);
    await play.opened;
    expect(await open(playDoor.port).lost).not.toBe("");
    await dial(pingDoor.port);
    await ping.opened;
    expect(await open(pingDoor.port).lost).not.toBe("");
    expect(play.messages).toEqual([]);
  });

  test("take one peer: who comes to the second from elsewhere is sent away, and the peer still let in", async () => {
    const { play, ping, playDoor, pingDoor } = listen();
    await dial(playDoor.port);
    await play.opened;
    const stranger = await dial(pingDoor.port, "127.0.0.2");
    await stranger.closed;
    const peer = await dial(pingDoor.port);
    await ping.opened;
    peer.socket.write("ping");
    expect(await ping.received(1)).toEqual(["ping"]);
  });

  test.each(["127.0.0.2", "::ffff:127.0.0.2"])("take %s alone where the peer's address is known", async (from) => {
    const { play, ping, playDoor, pingDoor } = listen("127.0.0.1", from);
    for (const { port } of [playDoor, pingDoor, playDoor]) await (await dial(port)).closed;
    await dial(playDoor.port, "127.0.0.2");
    await dial(pingDoor.port, "127.0.0.2");
    await Promise.all([play.opened, ping.opened]);
  });

  test("take the first one where the peer's address is that of another machine to itself", async () => {
    const { play, playDoor } = listen("0.0.0.0", "127.0.0.2");
    await dial(playDoor.port);
    await play.opened;
  });

  test("are not open where the address is not ours", () => {
    expect(() => listen("203.0.113.1")).toThrow();
  });
});

describe("a peer is let go of", () => {
  test("for a message that is too long", async () => {
    const { play, playDoor } = listen();
    const { socket, closed } = await dial(playDoor.port);
    socket.write("x".repeat(MESSAGE_LENGTH_MAX + 1));
    expect(await play.lost).toBe("mensagem longa demais");
    await closed;
  });

  test("for as much of ours as waits, and one more", async () => {
    const { play, playDoor } = listen();
    await dial(playDoor.port);
    await play.opened;
    for (let count = 0; count <= OUTGOING_MAX; count++) playDoor.link.send("ping");
    expect(await Promise.race([play.lost, Promise.resolve("not yet")])).toBe("not yet");
    playDoor.link.send("ping");
    expect(await play.lost).toBe("não lê o que lhe mandamos");
  });

  test("for more messages than a player needs, empty ones too", async () => {
    const { play, playDoor } = listen();
    const { socket } = await dial(playDoor.port);
    socket.write(`${"play;1;1\n".repeat(MESSAGES_PER_SECOND_MAX - 1)}\n`);
    await play.received(MESSAGES_PER_SECOND_MAX - 1);
    socket.write("\n");
    expect(await play.lost).toBe("mensagens demais");
  });
});
