// Lines to and from a chat server in each way that it speaks: TCP, datagrams of text, reliable datagrams.

import type { Profile } from "#runtime/datagrams/profile.ts";
import { DatagramClient } from "#runtime/net/datagram-client.ts";

/** Where the server is, or the relay before it. */
export interface ChatPlace {
  readonly hostname: string;
  readonly tcpPort: number;
  readonly udpPort: number;
}

/** One way to the server. Lines have no endings here. */
export interface ChatLines {
  /** Whether what is sent may be lost for good. */
  readonly lossy: boolean;
  send(line: string): void;
  close(): void;
}

export interface ChatEars {
  heard(line: string): void;
  /** The way is gone, and we did not close it. */
  lost(): void;
}

export async function openTcp({ hostname, tcpPort }: ChatPlace, ears: ChatEars): Promise<ChatLines> {
  const decoder = new TextDecoder();
  let rest = "";
  let isOver = false;
  const over = (): void => {
    if (!isOver) ears.lost();
    isOver = true;
  };
  const socket = await Bun.connect({
    hostname,
    port: tcpPort,
    socket: {
      data(_, chunk) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) ears.heard(line);
      },
      close: over,
      error: over,
    },
  });
  socket.setNoDelay(true);
  const close = (): void => {
    isOver = true;
    socket.end();
  };
  // No client here has more than a few kilobytes on their way: the kernel takes all of it.
  return { lossy: false, send: (line) => void socket.write(`${line}\n`), close };
}

export async function openUdpText({ hostname, udpPort: port }: ChatPlace, ears: ChatEars): Promise<ChatLines> {
  const socket = await Bun.udpSocket({
    connect: { hostname, port },
    binaryType: "buffer",
    socket: {
      data(_, octets) {
        for (const line of octets.toString("utf8").split("\n")) if (line !== "") ears.heard(line);
      },
      error: () => undefined,
    },
  });
  return { lossy: true, send: (line) => void socket.send(`${line}\n`), close: () => socket.close() };
}

export async function openDatagrams(place: ChatPlace, profile: Profile, ears: ChatEars): Promise<ChatLines> {
  const { hostname: address, udpPort: port } = place;
  const client = await DatagramClient.connect({
    address,
    port,
    profile,
    received: ears.heard,
    ended: ears.lost,
  });
  return { lossy: false, send: (line) => void client.send(line), close: () => client.finish() };
}
