// TCP through the relay, with real sockets at both ends and a clock that stands still.
import { afterEach, describe, expect, test } from "bun:test";

import { FakeClock } from "./fake-clock.ts";
import { relayLimits } from "./relay-limits.ts";
import { startTcpRelay, type TcpRelay, type TcpRelayOptions } from "./relay-tcp.ts";

const LOOPBACK = "127.0.0.1";
const LARGE_BYTES = 8 * 1_048_576;

const opened: { close: () => void }[] = [];

afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(1);
}

/** One end of a connection, which owns what it writes, and keeps what it hears. */
class Peer {
  heard = "";
  heardBytes = 0;
  /** What has come of the connection, in order. */
  readonly fate: ("end" | "close" | "reset")[] = [];
  #socket: Bun.Socket<Peer> | undefined;
  #unsent: Uint8Array = new Uint8Array(0);

  opened(socket: Bun.Socket<Peer>): void {
    this.#socket = socket;
    opened.push({ close: () => socket.terminate() });
  }

  send(data: string | Uint8Array): void {
    this.#unsent = typeof data === "string" ? Buffer.from(data) : data;
    this.flush();
  }

  flush(): void {
    const taken = Math.max(0, this.#socket?.write(this.#unsent) ?? 0);
    this.#unsent = this.#unsent.subarray(taken);
  }

  get unsentBytes(): number {
    return this.#unsent.length;
  }

  finish(): void {
    this.#socket?.shutdown();
  }

  reset(): void {
    this.#socket?.terminate();
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }
}

const handlers = {
  data(socket: Bun.Socket<Peer>, chunk: Buffer): void {
    socket.data.heardBytes += chunk.length;
    if (chunk.length < 1_000) socket.data.heard += chunk.toString();
  },
  drain: (socket: Bun.Socket<Peer>): void => socket.data.flush(),
  end: (socket: Bun.Socket<Peer>): void => void socket.data.fate.push("end"),
  close: (socket: Bun.Socket<Peer>, error?: Error): void =>
    void socket.data.fate.push(error === undefined ? "close" : "reset"),
  error: (): void => undefined,
};

async function connect(port: number): Promise<Peer> {
  const peer = new Peer();
  const open = (socket: Bun.Socket<Peer>): void => peer.opened(socket);
  await Bun.connect<Peer>({
    hostname: LOOPBACK,
    port,
    allowHalfOpen: true,
    data: peer,
    socket: { ...handlers, open },
  });
  return peer;
}

interface Network {
  readonly clock: FakeClock;
  readonly relay: TcpRelay;
  /** The server's ends, in the order in which they came. */
  readonly servers: Peer[];
  connect(): Promise<readonly [client: Peer, server: Peer]>;
}

async function network(options: Partial<TcpRelayOptions> = {}): Promise<Network> {
  const [clock, servers]: [FakeClock, Peer[]] = [new FakeClock(), []];
  const open = (socket: Bun.Socket<Peer>): void => {
    socket.data = new Peer();
    socket.data.opened(socket);
    servers.push(socket.data);
  };
  const listener = Bun.listen<Peer>({
    hostname: LOOPBACK,
    port: 0,
    allowHalfOpen: true,
    socket: { ...handlers, open },
  });
  const relay = await startTcpRelay({ target: { port: listener.port }, clock, ...options });
  opened.push({ close: () => listener.stop() }, { close: () => relay.stop() });
  return {
    clock,
    relay,
    servers,
    async connect() {
      const count = servers.length;
      const client = await connect(relay.port);
      await until(() => servers.length > count);
      return [client, servers[count] as Peer];
    },
  };
}

describe("a relay", () => {
  test("passes bytes on, both ways, and counts them", async () => {
    const { relay, connect: connectPair } = await network();
    const [client, server] = await connectPair();
    client.send("abc");
    await until(() => server.heard === "abc");
    server.send("de");
    await until(() => client.heard === "de");
    expect(relay.figures).toMatchObject({
      up: { packetsIn: 1, bytesIn: 3, packetsOut: 1, bytesOut: 3 },
      down: { packetsIn: 1, bytesIn: 2, packetsOut: 1, bytesOut: 2 },
      open: 1,
      opened: 1,
    });
  });

  test("passes on what a client says before the server is reached", async () => {
    const { relay, servers } = await network();
    (await connect(relay.port)).send("abc");
    await until(() => servers[0]?.heard === "abc");
  });

  test("lets bytes arrive when their delay is over", async () => {
    const { relay, clock, connect: connectPair } = await network({ faults: { up: { delayMs: 30 } } });
    const [client, server] = await connectPair();
    client.send("abc");
    await until(() => relay.figures.up.packetsWaiting === 1);
    await clock.advance(29);
    expect(relay.figures.up.bytesOut).toBe(0);
    await clock.advance(1);
    await until(() => server.heard === "abc");
  });

  test("sends a lost segment again after 200 ms", async () => {
    const { relay, clock, connect: connectPair } = await network({ faults: { burst: { enter: 1, leave: 1 } } });
    const [client, server] = await connectPair();
    client.send("abc");
    await until(() => relay.figures.up.packetsWaiting === 1);
    expect(relay.figures.up.lostInBursts).toBe(1);
    await clock.advance(199);
    expect(relay.figures.up.bytesOut).toBe(0);
    await clock.advance(1);
    await until(() => server.heard === "abc");
  });

  test("keeps many connections apart", async () => {
    const { relay, connect: connectPair } = await network();
    const pairs: (readonly [Peer, Peer])[] = [];
    for (let count = 0; count < 50; count++) pairs.push(await connectPair());
    for (const [index, [client]] of pairs.entries()) client.send(`to ${index}`);
    await until(() => pairs.every(([, server], index) => server.heard === `to ${index}`));
    expect([relay.figures.open, relay.figures.opened]).toEqual([50, 50]);
  });

  test("refuses a connection beyond the bound, and serves those before it", async () => {
    const { relay, connect: connectPair } = await network({ connectionsMax: 1 });
    const [client, server] = await connectPair();
    const refused = await connect(relay.port);
    await until(() => refused.fate.length > 0);
    client.send("abc");
    await until(() => server.heard === "abc");
    expect(relay.figures).toMatchObject({ open: 1, refused: 1 });
  });
});

describe("much at once", () => {
  test("arrives whole", async () => {
    const { connect: connectPair } = await network();
    const [client, server] = await connectPair();
    client.send(new Uint8Array(LARGE_BYTES));
    server.send(new Uint8Array(LARGE_BYTES));
    await until(() => server.heardBytes === LARGE_BYTES && client.heardBytes === LARGE_BYTES);
  });

  test("to a receiver that does not read stops the sender, and arrives whole when it does", async () => {
    const { relay, connect: connectPair } = await network();
    const [client, server] = await connectPair();
    server.pause();
    client.send(new Uint8Array(LARGE_BYTES * 4));
    await until(() => relay.figures.up.bytesWaiting > relayLimits.streamBytesMax / 2);
    expect(relay.figures.up.bytesWaiting).toBeLessThan(relayLimits.streamBytesMax * 2);
    server.resume();
    await until(() => server.heardBytes === LARGE_BYTES * 4);
    expect(relay.figures.up.bytesOut).toBe(LARGE_BYTES * 4);
  });

  test("on its way for long stops the sender too", async () => {
    const { relay, clock, connect: connectPair } = await network({ faults: { delayMs: 1_000 } });
    const [client, server] = await connectPair();
    client.send(new Uint8Array(LARGE_BYTES * 4));
    await until(() => relay.figures.up.bytesWaiting > relayLimits.streamBytesMax);
    expect(relay.figures.up.bytesWaiting).toBeLessThan(relayLimits.streamBytesMax * 2);
    expect(client.unsentBytes).toBeGreaterThan(0);
    relay.set({});
    await clock.advance(1_000);
    await until(() => server.heardBytes === LARGE_BYTES * 4);
  });

  test("through a slow link arrives as fast as that is, and stops the sender", async () => {
    const { relay, clock, connect: connectPair } = await network({ faults: { rateBitsPerSecond: 8_000_000 } });
    const [client, server] = await connectPair();
    client.send(new Uint8Array(LARGE_BYTES));
    while (server.heardBytes < LARGE_BYTES) {
      expect(relay.figures.up.bytesWaiting).toBeLessThan(relayLimits.streamBytesMax);
      await clock.advance(10);
    }
    expect(clock.monotonicMs()).toBeGreaterThan(LARGE_BYTES / 1_000);
  });
});

describe("an end", () => {
  test("of one way leaves the other open", async () => {
    const { relay, connect: connectPair } = await network();
    const [client, server] = await connectPair();
    client.send("abc");
    client.finish();
    await until(() => server.fate.includes("end"));
    expect([server.heard, client.fate]).toEqual(["abc", []]);
    server.send("de");
    await until(() => client.heard === "de");
    server.finish();
    await until(() => client.fate.includes("close") && server.fate.includes("close"));
    await until(() => relay.figures.open === 0);
    expect(relay.figures.resets).toBe(0);
  });

  test("that the server begins is passed on as well", async () => {
    const { relay, connect: connectPair } = await network();
    const [client, server] = await connectPair();
    server.send("bye");
    server.finish();
    await until(() => client.fate.includes("end"));
    client.finish();
    await until(() => relay.figures.open === 0);
    expect([client.heard, server.fate]).toEqual(["bye", ["close"]]);
  });

  test("comes as late as bytes do", async () => {
    const { clock, connect: connectPair } = await network({ faults: { delayMs: 30 } });
    const [client, server] = await connectPair();
    client.finish();
    await until(() => clock.pendingTimers === 1);
    await clock.advance(29);
    expect([clock.pendingTimers, server.fate]).toEqual([1, []]);
    await clock.advance(1);
    await until(() => server.fate.includes("end"));
  });

  test("by a reset is a reset at the other side", async () => {
    const { relay, connect: connectPair } = await network();
    const [client, server] = await connectPair();
    client.reset();
    await until(() => server.fate.includes("reset"));
    await until(() => relay.figures.open === 0);
  });

  test("of the relay's own choice is a reset at both sides", async () => {
    const { relay, connect: connectPair } = await network();
    const [client, server] = await connectPair();
    relay.reset();
    await until(() => client.fate.includes("reset") && server.fate.includes("reset"));
    expect(relay.figures).toMatchObject({ open: 0, resets: 1 });
  });

  test("comes after so many bytes, where that was asked for", async () => {
    const { relay, connect: connectPair } = await network({ faults: { up: { resetAfterBytes: 4 } } });
    const [client, server] = await connectPair();
    client.send("abcdef");
    await until(() => client.fate.includes("reset") && server.fate.includes("reset"));
    expect([relay.figures.up.bytesOut, relay.figures.resets]).toEqual([4, 1]);
    expect("abcd").toStartWith(server.heard);
  });

  test("comes at once where the server cannot be reached", async () => {
    const { port } = Bun.listen({ hostname: LOOPBACK, port: 0, socket: { data: () => undefined } });
    const closed = await startTcpRelay({ target: { port }, port: 0 });
    opened.push({ close: () => closed.stop() });
    const nobody = await startTcpRelay({ target: { port: closed.port } });
    opened.push({ close: () => nobody.stop() });
    closed.stop();
    const client = await connect(nobody.port);
    await until(() => client.fate.length > 0);
    expect(nobody.figures.open).toBe(0);
  });
});

describe("a partition", () => {
  test("holds bytes back and closes nothing", async () => {
    const { relay, connect: connectPair } = await network();
    const [client, server] = await connectPair();
    relay.partition("both");
    client.send("abc");
    server.send("de");
    await until(() => relay.figures.up.packetsWaiting === 1 && relay.figures.down.packetsWaiting === 1);
    relay.partition("none");
    await until(() => server.heard === "abc" && client.heard === "de");
    expect([client.fate, server.fate]).toEqual([[], []]);
  });

  test("of one way lets the other through", async () => {
    const { relay, connect: connectPair } = await network();
    const [client, server] = await connectPair();
    relay.partition("up");
    client.send("abc");
    server.send("de");
    await until(() => client.heard === "de" && relay.figures.up.packetsWaiting === 1);
    expect(server.heard).toBe("");
  });

  test("hides from the server that a client is gone", async () => {
    const { relay, connect: connectPair } = await network();
    const [client, server] = await connectPair();
    relay.partition("up");
    client.reset();
    server.send("are you there?");
    await until(() => relay.figures.down.bytesIn > 0);
    expect([server.fate, relay.figures.open]).toEqual([[], 1]);
    relay.partition("none");
    await until(() => server.fate.includes("reset"));
  });

  test("keeps the server from hearing of a new connection", async () => {
    const { relay, servers } = await network();
    relay.partition("both");
    const client = await connect(relay.port);
    client.send("abc");
    await until(() => relay.figures.up.packetsWaiting === 1);
    expect(servers).toEqual([]);
    relay.partition("none");
    await until(() => servers[0]?.heard === "abc");
  });

  test("that is planned comes and goes", async () => {
    const { relay, clock, connect: connectPair } = await network({ planned: [{ fromMs: 10, untilMs: 20 }] });
    const [client, server] = await connectPair();
    await clock.advance(10);
    client.send("abc");
    await until(() => relay.figures.up.packetsWaiting === 1);
    await clock.advance(10);
    await until(() => server.heard === "abc");
  });
});

describe("stopping", () => {
  test("resets what is open, and leaves no timer and no port", async () => {
    const {
      relay,
      clock,
      connect: connectPair,
    } = await network({
      faults: { delayMs: 5 },
      planned: [{ fromMs: 10, untilMs: 20 }],
    });
    const [client, server] = await connectPair();
    client.send("abc");
    await until(() => relay.figures.up.packetsWaiting === 1);
    const { port } = relay;
    relay.stop();
    await until(() => client.fate.includes("reset") && server.fate.includes("reset"));
    expect([clock.pendingTimers, relay.figures.open]).toEqual([0, 0]);
    (await startTcpRelay({ target: { port: 9 }, port, clock })).stop();
  });
});

describe("starting", () => {
  test("with a wrong fault fails, and so does a port in use", async () => {
    const { relay } = await network();
    await expect(startTcpRelay({ target: { port: 9 }, faults: { loss: 2 } })).rejects.toThrow("loss=2");
    await expect(startTcpRelay({ target: { port: 9 }, port: relay.port })).rejects.toThrow();
  });
});
