// What connections of match clients can do to a server: each ends with a reason, and two others play on undisturbed.
import { afterAll, afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";

import { eventually } from "./lib/eventually.ts";
import { Bystanders } from "./lib/match-bystanders.ts";
import { MatchConnection } from "./lib/match-connection.ts";
import { MatchServer } from "./lib/match-server.ts";

setDefaultTimeout(20_000);

/** Short where somebody is expected to be late; a handshake that is to succeed must not be. */
const server = await MatchServer.start({
  CORREIO_TURN_MS: 600_000,
  CORREIO_HANDSHAKE_MS: 1_000,
  CORREIO_WRITE_STALL_MS: 400,
  CORREIO_HEARTBEAT_MS: 100,
  CORREIO_PONG_MS: 300,
});
const bystanders = await Bystanders.start(server);
const opened: MatchConnection[] = [];
const listening: Server[] = [];

afterEach(async () => {
  for (const connection of opened.splice(0)) connection.close();
  for (const listener of listening.splice(0)) listener.close();
  await bystanders.playOn(3);
  await eventually("nobody else", async () => (await server.metric("correio_connections")) === 2);
  expect(await server.crashes()).toBe(0);
});

afterAll(() => server.stop());

function kept(connection: MatchConnection): MatchConnection {
  opened.push(connection);
  return connection;
}

const silent = async (port: number): Promise<MatchConnection> => kept(await MatchConnection.connect(port));

/** A plain connection that has named this port, or whatever it is, in one piece. */
async function naming(port: string | number, from?: string): Promise<MatchConnection> {
  const { plain } = await server.plain(from);
  return kept(plain).send(`${port}\n`);
}

/** Where a client may be pinged; each connection is given to `accepted`. Resolves with its port. */
async function listen(accepted: (socket: Socket) => void, host = "127.0.0.1", port = 0): Promise<number> {
  const listener = createServer((socket) => {
    socket.on("error", () => undefined);
    accepted(socket);
  });
  listening.push(listener);
  const ready = Promise.withResolvers<void>();
  listener.listen(port, host, ready.resolve);
  await ready.promise;
  return (listener.address() as { port: number }).port;
}

/** Ends with this reason that have come since. */
async function endsBy(reason: string): Promise<() => Promise<number>> {
  const before = await server.ended(reason);
  return async () => (await server.ended(reason)) - before;
}

describe("a ping port", () => {
  test("that is none, or the system's, or somebody else's is refused, and may be named again", async () => {
    const client = await naming("80");
    const wrong = ["1023", "65536", "99999", "08080", "10.0.0.1:80", "127.0.0.1;80", "8080;list"];
    client.send(wrong.map((port) => `${port}\n`).join(""));
    for (const _ of ["80", ...wrong]) expect(await client.take("")).toBe("portERR;Invalid Port");
    client.send("-1\nlocalhost\n\n0\n8080\n");
    for (const _ of ["-1", "localhost", "8080"]) expect(await client.take("")).toBe("Comando Não Reconhecido");
    expect(await client.ask("list")).toBe("listACK;ana;bea");
  });

  // Elsewhere a machine has one loopback address alone.
  test.skipIf(process.platform !== "linux")("is dialled at the client's own address, and nowhere else", async () => {
    const dialled: string[] = [];
    const note = (socket: Socket): void => {
      dialled.push(`${socket.localAddress} from ${socket.remoteAddress}`);
      socket.on("data", () => socket.write("pong"));
    };
    const port = await listen(note, "127.0.0.2");
    const strangers = [port, `127.0.0.2:${port}`, `127.0.0.2;${port}`, `${port};127.0.0.2`];
    const others = await Promise.all(strangers.map((named) => naming(named)));
    await others[0]?.hears("disconnect");
    expect(dialled).toEqual([]);
    const own = await naming(port, "127.0.0.2");
    await eventually("a ping", () => dialled.length > 0);
    expect(await own.ask("list")).toBe("listACK;ana;bea");
    expect(dialled).toEqual(["127.0.0.2 from 127.0.0.1"]);
  });

  test("where no ping is answered is tried in measure; its client is told `disconnect` and let go", async () => {
    const dials = { count: 0 };
    const count = (act: (socket: Socket) => void) =>
      listen((socket) => {
        dials.count++;
        act(socket);
      });
    const ports = [
      1_024,
      await count((socket) => socket.destroy()),
      await count((socket) => socket.end()),
      await count((socket) => socket.on("data", () => socket.write("ping\n\0\n"))),
      await count((socket) => socket.write("x".repeat(10_000))),
      await count(() => undefined),
    ];
    const missed = await endsBy("heartbeat_missed");
    const clients = await Promise.all(ports.map((port) => naming(port)));
    await Promise.all(clients.map((client) => client.loses()));
    expect(clients.map((client) => client.heard.replace(/^secport;\d+/, ""))).toEqual(ports.map(() => "disconnect"));
    // That of each client, and one of each connection by which a ping was late.
    await eventually("their ends", async () => (await missed()) >= ports.length);
    expect(dials.count).toBeLessThan(20);
    expect(server.logged().filter((line) => line.endsWith("heartbeat missed")).length).toBeGreaterThanOrEqual(
      ports.length,
    );
  });
});

describe("a TLS client that does not shake hands", () => {
  test("on the port of all is cut off, and delays nobody", async () => {
    const late = await endsBy("handshake_timeout");
    const waiting = await Promise.all(Array.from({ length: 100 }, () => silent(server.tlsPort)));
    for (const each of waiting.slice(50)) each.send(Buffer.from([0x16, 0x03, 0x01]));
    const right = kept(await server.modern());
    expect(await right.ask("list")).toBe("listACK;ana;bea");
    expect(waiting.filter((each) => each.over)).toEqual([]);
    await Promise.all(waiting.map((each) => each.loses()));
    expect(await late()).toBe(100);
  });

  test("on somebody's own port is cut off as soon as the right one is in", async () => {
    const cutOff = await endsBy("listener_closed");
    const { plain, securePort } = await server.plain();
    kept(plain).send("0\n");
    const waiting = await Promise.all(Array.from({ length: 20 }, () => silent(securePort)));
    const right = kept(await server.secure(securePort));
    expect(await right.ask("logout")).toBe("logoutERR;Not logged in");
    await Promise.all(waiting.map((each) => each.loses()));
    expect(await cutOff()).toBe(20);
  });

  test("because it speaks plain text is cut off at once", async () => {
    const failed = await endsBy("handshake_failed");
    const client = (await silent(server.tlsPort)).send("list\n");
    await client.loses();
    await eventually("its end", async () => (await failed()) === 1);
  });
});

describe("the TLS port of an existing client", () => {
  // Elsewhere a machine has one loopback address alone.
  test.skipIf(process.platform !== "linux")("is closed to who comes from elsewhere, and open to its own", async () => {
    const refused = await endsBy("match.not_your_port");
    const { plain, securePort } = await server.plain();
    kept(plain).send("0\n");
    const stranger = kept(await server.secure(securePort, "127.0.0.2")).send("adduser;caio;segredo\nlist\n");
    await stranger.loses();
    await eventually("its end", async () => (await refused()) === 1);
    const right = kept(await server.secure(securePort));
    expect(await right.ask("logout")).toBe("logoutERR;Not logged in");
    expect([stranger.heard, plain.lines]).toEqual(["", []]);
  });

  test("is closed when its one connection is there: a second finds nobody", async () => {
    const { plain, securePort } = await server.plain();
    kept(plain).send("0\n");
    const right = kept(await server.secure(securePort));
    expect(await right.ask("logout")).toBe("logoutERR;Not logged in");
    expect(await server.secure(securePort).catch(() => "nobody")).toBe("nobody");
    expect(await right.ask("logout")).toBe("logoutERR;Not logged in");
  });
});
