// What the bare platform does, as small programs: an echo, publications passed on; and an echo by our own REP socket.

import type { Socket } from "bun";

import { createZmtpContext, ReplySocket } from "#runtime/zmtp/mod.ts";

/** The role "reply-socket": a program's own, without a node around it. */
export function replySocket(): Promise<never> {
  const socket = new ReplySocket(createZmtpContext(), (frames) => frames);
  return listening(socket.endpoints.bind({ port: 0 }));
}

/** The role "raw-echo". */
export function rawEcho(): Promise<never> {
  const { port } = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { open: (socket) => void socket.setNoDelay(true), data: (socket, chunk) => void socket.write(chunk) },
  });
  return listening(port);
}

const SUBSCRIBER = "s".charCodeAt(0);

interface Peer {
  /** What its first octet says. */
  role: "publisher" | "subscriber" | undefined;
  /** What the kernel has not taken. */
  readonly unsent: Uint8Array[];
}

/** The role "raw-publications": whatever comes from a publisher goes to each subscriber as it is. */
export function rawPublications(): Promise<never> {
  const subscribers = new Set<Socket<Peer>>();
  const { port } = Bun.listen<Peer>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.data = { role: undefined, unsent: [] };
      },
      data(socket, chunk) {
        const passed = socket.data.role === undefined ? chunk.subarray(1) : chunk;
        socket.data.role ??= chunk[0] === SUBSCRIBER ? "subscriber" : "publisher";
        if (socket.data.role === "subscriber") subscribers.add(socket);
        else if (passed.length > 0) for (const subscriber of subscribers) send(subscriber, passed);
      },
      drain: (socket) => send(socket, undefined),
      close: (socket) => void subscribers.delete(socket),
    },
  });
  return listening(port);
}

function send(socket: Socket<Peer>, octets: Uint8Array | undefined): void {
  const { unsent } = socket.data;
  if (octets !== undefined) unsent.push(octets);
  if (octets !== undefined && unsent.length > 1) return;
  for (let [first] = unsent; first !== undefined; [first] = unsent) {
    const taken = Math.max(0, socket.write(first));
    if (taken < first.length) return void (unsent[0] = first.subarray(taken));
    unsent.shift();
  }
}

/** Until it is stopped. */
function listening(port: number): Promise<never> {
  console.log(`listening ${port}`);
  return new Promise(() => undefined);
}
