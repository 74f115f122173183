// The floor of the UDP echo: a bare Bun.udpSocket program that answers each datagram with the same few words.

import type { udp } from "bun";

const reply = Buffer.from("ECHO: Comando recebido com sucesso.");
const datagramsPerCall = 128;
const queued: (Buffer | number | string)[] = [];

function flush(): void {
  while (queued.length > 0) {
    const taken = socket.sendMany(queued.slice(0, 3 * datagramsPerCall));
    if (taken <= 0) return;
    queued.splice(0, 3 * taken);
  }
}

const socket: udp.Socket<"buffer"> = await Bun.udpSocket({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    data(_, octets, port, address) {
      if (octets.indexOf("ECHO") !== 0) return;
      if (queued.push(reply, port, address) === 3) setImmediate(flush);
    },
    drain: flush,
    error: () => undefined,
  },
});
console.log(`listening ${socket.port}`);
