// A client of the text commands over UDP, for measuring: proves its address with a cookie, then sends datagrams.

import type { udp } from "bun";

const answerMs = 200;
const triesMax = 50;

export class UdpTextClient {
  /** Called with each datagram, after the cookie was taken. */
  received: (octets: Buffer) => void = () => undefined;
  readonly socket: udp.ConnectedSocket<"buffer">;
  #proven = false;
  #answer: PromiseWithResolvers<string> | undefined;

  private constructor(socket: udp.ConnectedSocket<"buffer">) {
    this.socket = socket;
  }

  /** With a session of its own: its address is proven. */
  static async open(port: number, hostname: string): Promise<UdpTextClient> {
    const opened: { client?: UdpTextClient } = {};
    const socket = await Bun.udpSocket({
      hostname: "127.0.0.1",
      connect: { hostname, port },
      socket: { data: (_, octets) => opened.client?.heard(octets), error: () => undefined },
    });
    const client = (opened.client = new UdpTextClient(socket));
    const cookie = (await client.command("HELP", "COOKIE: ")).split(" ").at(-1)!;
    if ((await client.command(`COOKIE ${cookie}`, "COOKIE: ")) !== "COOKIE: ok") {
      throw new Error("The server did not take its own cookie");
    }
    client.#proven = true;
    return client;
  }

  /** Sends one command until a reply comes: datagrams may be lost. */
  async command(command: string, begins = `${command.split(" ")[0]!}: `): Promise<string> {
    for (let tries = 0; tries < triesMax; tries++) {
      this.#answer = Promise.withResolvers<string>();
      this.socket.send(command);
      const reply = await Promise.race([this.#answer.promise, Bun.sleep(answerMs)]);
      if (reply?.startsWith("ERROR: ") === true) throw new Error(reply);
      if (reply?.startsWith(begins) === true) return reply;
    }
    throw new Error(`No reply to ${command} over UDP`);
  }

  close(): void {
    this.socket.close();
  }

  heard(octets: Buffer): void {
    if (this.#answer !== undefined && octets[0] !== 42) {
      this.#answer.resolve(octets.toString("utf8").trimEnd());
      this.#answer = undefined;
    } else if (this.#proven) this.received(octets);
  }
}
