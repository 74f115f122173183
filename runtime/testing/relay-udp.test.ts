// Datagrams through the relay, with real sockets at both ends and a clock that stands still.
import { afterEach, describe, expect, test } from "bun:test";

import { FakeClock } from "./fake-clock.ts";
import { startUdpRelay, type UdpRelay, type UdpRelayOptions } from "./relay-udp.ts";

const LOOPBACK = "127.0.0.1";

const opened: { close: () => void }[] = [];

afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(1);
}

interface Peer {
  readonly port: number;
  /** What came, and from which port. */
  readonly heard: string[];
  readonly ports: number[];
  send(text: string, port: number): void;
  close(): void;
}

async function openPeer(answer?: (text: string) => string): Promise<Peer> {
  const [heard, ports]: [string[], number[]] = [[], []];
  const socket = await Bun.udpSocket({
    hostname: LOOPBACK,
    socket: {
      data(from, bytes, port, address) {
        heard.push(bytes.toString());
        ports.push(port);
        if (answer !== undefined) from.send(answer(bytes.toString()), port, address);
      },
      error: () => undefined,
    },
  });
  opened.push(socket);
  const send = (text: string, port: number): void => void socket.send(text, port, LOOPBACK);
  return { port: socket.port, heard, ports, send, close: () => socket.close() };
}

interface Network {
  readonly clock: FakeClock;
  readonly relay: UdpRelay;
  readonly server: Peer;
  readonly client: Peer;
}

/** A client, a relay and a server that answers everything with the same in capitals. */
async function network(options: Partial<UdpRelayOptions> = {}): Promise<Network> {
  const clock = new FakeClock();
  const server = await openPeer((text) => text.toUpperCase());
  const relay = await startUdpRelay({ target: { port: server.port }, clock, ...options });
  opened.push({ close: () => relay.stop() });
  return { clock, relay, server, client: await openPeer() };
}

/** Which letters of the alphabet arrive with that seed. */
async function heardWith(seed: number): Promise<string> {
  const { relay, client, server } = await network({ seed, faults: { up: { loss: 0.5 } } });
  for (const letter of "abcdefghijklmnopqrstuvwxyz") client.send(letter, relay.port);
  await until(() => {
    const { packetsOut, lost } = relay.figures.up;
    return packetsOut + lost === 26 && server.heard.length === packetsOut;
  });
  return server.heard.join("");
}

describe("a relay", () => {
  test("passes datagrams on, and their answers back, empty ones too", async () => {
    const { relay, client, server } = await network();
    for (const text of ["a", "", "b"]) client.send(text, relay.port);
    await until(() => client.heard.length === 3);
    expect([server.heard, client.heard]).toEqual([
      ["a", "", "b"],
      ["A", "", "B"],
    ]);
    expect(new Set(client.ports)).toEqual(new Set([relay.port]));
  });

  test("counts what it passes on", async () => {
    const { relay, client } = await network();
    client.send("abc", relay.port);
    await until(() => client.heard.length === 1);
    const passed = { packetsIn: 1, bytesIn: 3, packetsOut: 1, bytesOut: 3, lost: 0, packetsWaiting: 0 };
    expect(relay.figures).toMatchObject({ up: passed, down: passed, open: 1, opened: 1, refused: 0 });
  });

  test("gives every sender a port of its own toward the server, and answers nobody else", async () => {
    const { relay, client, server } = await network();
    const other = await openPeer();
    client.send("a", relay.port);
    other.send("b", relay.port);
    await until(() => client.heard.length + other.heard.length === 2);
    expect([client.heard, other.heard, new Set(server.ports).size]).toEqual([["A"], ["B"], 2]);
  });

  test("lets a datagram arrive when its delay is over, each way", async () => {
    const { relay, client, server, clock } = await network({ faults: { up: { delayMs: 30 }, down: { delayMs: 20 } } });
    client.send("a", relay.port);
    await until(() => relay.figures.up.packetsWaiting === 1);
    await clock.advance(29);
    expect(relay.figures.up.packetsOut).toBe(0);
    await clock.advance(1);
    await until(() => relay.figures.down.packetsWaiting === 1);
    await clock.advance(19);
    expect([server.heard, relay.figures.down.packetsOut]).toEqual([["a"], 0]);
    await clock.advance(1);
    await until(() => client.heard.length === 1);
  });

  test("loses the same datagrams for the same seed", async () => {
    const [once, again, other] = [await heardWith(7), await heardWith(7), await heardWith(8)];
    expect(again).toBe(once);
    expect(other).not.toBe(once);
  });

  test("takes other faults while it runs, and refuses wrong ones whole", async () => {
    const { relay, client } = await network({ faults: { loss: 1 } });
    client.send("a", relay.port);
    await until(() => relay.figures.up.lost === 1);
    expect(() => relay.set({ up: { loss: 0 }, down: { loss: 2 } })).toThrow(TypeError);
    client.send("b", relay.port);
    await until(() => relay.figures.up.lost === 2);
    relay.set({});
    client.send("c", relay.port);
    await until(() => client.heard.length === 1);
    expect(client.heard).toEqual(["C"]);
  });
});

describe("a partition", () => {
  test("of one way lets the other through", async () => {
    const { relay, client, server } = await network();
    relay.partition("down");
    client.send("a", relay.port);
    await until(() => relay.figures.down.cutOff === 1);
    expect([server.heard, client.heard]).toEqual([["a"], []]);
    relay.partition("up");
    client.send("b", relay.port);
    await until(() => relay.figures.up.cutOff === 1);
    relay.partition("none");
    client.send("c", relay.port);
    await until(() => client.heard.length === 1);
    expect([server.heard, client.heard]).toEqual([["a", "c"], ["C"]]);
  });

  test("that is planned comes and goes", async () => {
    const { relay, client, clock } = await network({ planned: [{ fromMs: 10, untilMs: 20 }] });
    await clock.advance(10);
    client.send("a", relay.port);
    await until(() => relay.figures.up.cutOff === 1);
    await clock.advance(10);
    client.send("b", relay.port);
    await until(() => client.heard.length === 1);
    expect(client.heard).toEqual(["B"]);
  });
});

describe("a sender", () => {
  test("is seen at another port after a rebinding, and still answered", async () => {
    const { relay, client, server } = await network();
    client.send("a", relay.port);
    await until(() => client.heard.length === 1);
    relay.rebind();
    client.send("b", relay.port);
    await until(() => client.heard.length === 2);
    expect([client.heard, new Set(server.ports).size]).toEqual([["A", "B"], 2]);
  });

  test("beyond the bound is refused and counted, those before it are served", async () => {
    const { relay, client } = await network({ flowsMax: 1 });
    const other = await openPeer();
    client.send("a", relay.port);
    await until(() => client.heard.length === 1);
    other.send("b", relay.port);
    await until(() => relay.figures.refused === 1);
    client.send("c", relay.port);
    await until(() => client.heard.length === 2);
    expect([relay.figures.open, other.heard]).toEqual([1, []]);
  });

  test("of whom nothing is heard for long enough is forgotten, and makes room", async () => {
    const { relay, client, clock } = await network({ flowsMax: 1, flowIdleMs: 1_000 });
    const other = await openPeer();
    client.send("a", relay.port);
    await until(() => client.heard.length === 1);
    await clock.advance(500);
    expect(relay.figures.open).toBe(1);
    await clock.advance(500);
    expect(relay.figures.open).toBe(0);
    other.send("b", relay.port);
    await until(() => other.heard.length === 1);
  });
});

describe("a server that is gone", () => {
  test("harms neither the relay nor what is sent when it is back", async () => {
    const { relay, client, server } = await network();
    client.send("a", relay.port);
    await until(() => client.heard.length === 1);
    server.close();
    for (const text of ["b", "c"]) client.send(text, relay.port);
    await until(() => relay.figures.up.packetsIn === 3);
    const again = await Bun.udpSocket({
      hostname: LOOPBACK,
      port: server.port,
      socket: { data: (socket, bytes, port, address) => void socket.send(`again ${bytes}`, port, address) },
    });
    opened.push(again);
    client.send("d", relay.port);
    await until(() => client.heard.length === 2);
    expect(client.heard).toEqual(["A", "again d"]);
  });
});

describe("a client that is gone", () => {
  test("does not cost others their answers", async () => {
    const { relay, client, clock } = await network({ faults: { down: { delayMs: 10 } } });
    const other = await openPeer();
    client.send("a", relay.port);
    client.send("b", relay.port);
    await until(() => relay.figures.down.packetsWaiting === 2);
    client.close();
    await clock.advance(10);
    other.send("c", relay.port);
    await until(() => relay.figures.down.packetsWaiting === 1);
    await clock.advance(10);
    await until(() => other.heard.length === 1);
    expect(other.heard).toEqual(["C"]);
  });
});

describe("starting", () => {
  test("with a wrong fault fails, and so does a port in use", async () => {
    const { relay } = await network();
    const target = { port: 9 };
    await expect(startUdpRelay({ target, faults: { loss: 2 } })).rejects.toThrow("loss=2");
    await expect(startUdpRelay({ target, port: relay.port })).rejects.toThrow();
  });

  test("and stopping leaves no timer and no socket", async () => {
    const { relay, client, clock } = await network({ planned: [{ fromMs: 10, untilMs: 20 }], faults: { delayMs: 5 } });
    client.send("a", relay.port);
    await until(() => relay.figures.up.packetsWaiting === 1);
    const { port } = relay;
    relay.stop();
    expect([clock.pendingTimers, relay.figures.open]).toEqual([0, 0]);
    (await startUdpRelay({ target: { port: 9 }, port, clock })).stop();
  });
});
