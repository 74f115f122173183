// The floor of fan-out: a bare Bun.listen program that makes each line once and writes it to every member.

import type { Socket } from "bun";

interface Peer {
  id: string;
  /** The start of a line whose end has not come. */
  carry: string;
  /** What the kernel has not taken, in order. */
  readonly queue: Buffer[];
}

type Client = Socket<Peer>;

const rooms = new Map<string, { last: number; readonly members: Set<Client> }>();

function send(client: Client, line: Buffer): void {
  const { queue } = client.data;
  if (queue.length > 0) {
    queue.push(line);
    return;
  }
  const taken = Math.max(0, client.write(line));
  if (taken < line.length) queue.push(line.subarray(taken));
}

function drain(client: Client): void {
  const { queue } = client.data;
  for (let line = queue[0]; line !== undefined; line = queue[0]) {
    const taken = Math.max(0, client.write(line));
    if (taken < line.length) {
      queue[0] = line.subarray(taken);
      return;
    }
    queue.shift();
  }
}

function obey(client: Client, line: string): void {
  const [command, first = "", ...rest] = line.split(" ");
  if (command === "HELLO") {
    client.data.id = first;
    send(client, Buffer.from(`HELLO: ${first} key 0\n`));
    return;
  }
  const room = rooms.get(first) ?? { last: 0, members: new Set<Client>() };
  rooms.set(first, room);
  if (command === "JOIN") {
    room.members.add(client);
    send(client, Buffer.from(`JOIN: ${first} ${room.last} ${room.members.size}\n`));
  } else if (command === "SAY") {
    const number = ++room.last;
    const said = `* ${first} ${number} ${new Date().toISOString()} ${client.data.id}: ${rest.join(" ")}\n`;
    const shared = Buffer.from(said);
    for (const member of room.members) send(member, shared);
    send(client, Buffer.from(`SAY: ${first} ${number}\n`));
  }
}

const server = Bun.listen<Peer>({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    open(client) {
      client.data = { id: "", carry: "", queue: [] };
      client.setNoDelay(true);
    },
    data(client, chunk) {
      const lines = (client.data.carry + chunk.toString("utf8")).split("\n");
      client.data.carry = lines.pop() ?? "";
      for (const line of lines) obey(client, line);
    },
    drain,
    close(client) {
      for (const { members } of rooms.values()) members.delete(client);
    },
  },
});
console.log(`listening ${server.port}`);
