// Real sockets against a table whose clock and sessions a test holds in its hands.
import { dlopen, ptr } from "bun:ffi";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import type { TestTable } from "./test-connection.ts";

/** Lets the kernel and the sessions do what they have to, until it holds. */
export async function until(net: TestTable, holds: () => boolean): Promise<void> {
  while (!holds()) {
    await Bun.sleep(1);
    await net.clock.settle();
  }
}

/** A peer that keeps what it hears. */
export class TestPeer {
  readonly socket: Socket;
  heard = "";
  /** The server has sent FIN, or the connection is gone. */
  ended = false;
  closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    const end = (): void => void (this.ended = true);
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => (this.heard += text));
    socket.on("end", end);
    socket.on("error", end);
    socket.on("close", () => {
      end();
      this.closed = true;
    });
  }

  /** Over TLS where it is given what to trust. */
  static connect(port: number, ca?: string): TestPeer {
    const where = { host: "127.0.0.1", port };
    return new TestPeer(ca === undefined ? connect(where) : connectTls({ ...where, ca, servername: "localhost" }));
  }
}

/** Sockets on their way to this port of this machine, of which the other side has not answered. */
export function unanswered(port: number): number {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = readFileSync("/proc/net/tcp", "utf8").trim().split("\n").slice(1);
  return rows.filter((row) => {
    const [, , remote = "", state] = row.trim().split(/\s+/);
    return state === "02" && remote.endsWith(suffix);
  }).length;
}

/** Linux only: a port that answers nobody, because two connections fill its queue and none is ever accepted. */
export async function startDeafListener(): Promise<{ readonly port: number; stop(): void }> {
  const { symbols: libc } = dlopen("libc.so.6", {
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
    listen: { args: ["i32", "i32"], returns: "i32" },
    getsockname: { args: ["i32", "ptr", "ptr"], returns: "i32" },
    close: { args: ["i32"], returns: "i32" },
  });
  const [AF_INET, SOCK_STREAM] = [2, 1];
  const address = Buffer.from([AF_INET, 0, 0, 0, 127, 0, 0, 1, ...Array<number>(8).fill(0)]);
  const length = new Uint32Array([address.length]);
  const fd = libc.socket(AF_INET, SOCK_STREAM, 0);
  libc.bind(fd, ptr(address), address.length);
  libc.listen(fd, 0);
  libc.getsockname(fd, ptr(address), ptr(length));
  const port = address.readUInt16BE(2);
  const fillers = [connect({ host: "127.0.0.1", port }), connect({ host: "127.0.0.1", port })];
  for (const filler of fillers) filler.on("error", () => undefined);
  while (fillers[0]?.readyState !== "open") await Bun.sleep(1);
  const stop = (): void => {
    for (const filler of fillers) filler.destroy();
    libc.close(fd);
  };
  return { port, stop };
}
