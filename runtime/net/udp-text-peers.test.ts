// Text in datagrams on a fake clock: what strangers are told, who has a session, and how that ends.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { createTestTable, left, NOTHING_LEFT } from "./test-connection.ts";
import { countedSecrets, echoTexts, MESSAGES, PortStandIn } from "./test-messages.ts";
import { UdpTextPeers } from "./udp-text-peers.ts";

const ADDRESS = "127.0.0.1";
const ASK = /^COOKIE: mande antes: COOKIE (\S{27})$/;

function createPeers(options: { connectionsMax?: number; capacity?: number } = {}) {
  const net = createTestTable(options);
  echoTexts(net);
  const port = new PortStandIn();
  const answers = new Map([
    ["", ""],
    ["ECHO", "ECHO: yes"],
  ]);
  const answerStranger = (line: string): string | undefined =>
    line.startsWith("HELLO") ? undefined : (answers.get(line) ?? "ERROR: no");
  const peers = new UdpTextPeers(port, net.table, { ...MESSAGES, idleMs: 1_000, answerStranger }, countedSecrets());
  /** A datagram from that port; returns what is sent until everything is quiet. */
  const type = async (text: string | Uint8Array, from = 50_000): Promise<readonly string[]> => {
    peers.received(Buffer.from(text), from, ADDRESS);
    await net.clock.settle();
    return port.texts();
  };
  const cookie = async (from = 50_000): Promise<string> =>
    ASK.exec((await type("HELLO ana", from))[0] ?? "")?.[1] ?? "";
  const enter = async (from = 50_000): Promise<readonly string[]> => type(`COOKIE ${await cookie(from)}`, from);
  return { net, port, peers, type, cookie, enter };
}

describe("a stranger over UDP text", () => {
  test("is answered as the line ended, and nothing is kept of it", async () => {
    const { net, type } = createPeers();
    expect(await type("ECHO")).toEqual(["ECHO: yes"]);
    expect(await type("ECHO\r\n")).toEqual(["ECHO: yes\r\n"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("has a session once it shows the cookie that it was sent", async () => {
    const { net, type, enter } = createPeers();
    expect(await enter()).toEqual(["COOKIE: ok"]);
    expect(await type("one\ntwo\n")).toEqual(["one\n", "two\n"]);
    expect(net.script.turns).toEqual(["opened", "one\n", "two\n"]);
  });

  test("may say more in the datagram that shows it", async () => {
    const { type, cookie } = createPeers();
    expect(await type(`COOKIE ${await cookie()}\none\ntwo`)).toEqual(["COOKIE: ok\n", "one\n", "two"]);
  });

  test("gets another where that is not good: of another port, or too old", async () => {
    const { net, type, cookie } = createPeers();
    const shown = await cookie(50_001);
    expect((await type(`COOKIE ${shown}`))[0]).toMatch(ASK);
    await net.clock.advance(limits.udpTextCookieMs + 1_000);
    expect((await type(`COOKIE ${shown}`, 50_001))[0]).toMatch(ASK);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("is told again that its cookie is good, where that was lost", async () => {
    const { net, type, cookie } = createPeers();
    const shown = await cookie();
    for (let count = 0; count < 3; count++) expect(await type(`COOKIE ${shown}\n`)).toEqual(["COOKIE: ok\n"]);
    expect(net.script.turns).toEqual(["opened"]);
    expect(net.table.connectionCount()).toBe(1);
  });

  test.each(["\n".repeat(8_192), "A\n".repeat(4_096), "ECHO\n".repeat(1_000)])(
    "has one answer to a datagram at most, whatever is in it",
    async (text) => expect((await createPeers().type(text)).length).toBeLessThanOrEqual(1),
  );

  test.each(["ERROR: no", "ERROR: no\n", "#7 SAY: lobby 1", "COOKIE: ok", "* ! shutdown x", "* lobby 1", "PING: pong"])(
    "is not answered when it says what servers say: %j",
    async (text) => {
      const { port, type } = createPeers();
      expect(await type(text)).toEqual([]);
      expect(port.figures.ignored).toBe(1);
    },
  );

  test("is ignored beyond udpStrangersPerSecond, until the next second", async () => {
    const { net, port, peers } = createPeers();
    const echo = Buffer.from("ECHO");
    for (let count = 0; count < limits.udpStrangersPerSecond + 7; count++) {
      peers.received(echo, 1_024 + (count % 60_000), ADDRESS);
    }
    expect(port.take()).toHaveLength(limits.udpStrangersPerSecond);
    expect(port.figures.ignored).toBe(7);
    await net.clock.advance(1_000);
    peers.received(echo, 50_000, ADDRESS);
    expect(port.take()).toHaveLength(1);
  });

  test("is ignored with a datagram of more than udpTextBytesMax", async () => {
    const { port, type } = createPeers();
    expect(await type("x".repeat(limits.udpTextBytesMax))).toHaveLength(1);
    expect(await type("x".repeat(limits.udpTextBytesMax + 1))).toEqual([]);
    expect(port.figures.ignored).toBe(1);
  });

  test("is refused with the reason where there are connections enough", async () => {
    const { net, enter } = createPeers({ connectionsMax: 1 });
    await enter();
    expect(await enter(50_001)).toEqual(["ERROR: Conexão recusada (net.connections_max)."]);
    expect(net.refused).toEqual(["net.connections_max"]);
    expect(net.table.connectionCount()).toBe(1);
  });
});

describe("a session over UDP text", () => {
  test("is told when it was silent for too long; then its address is a stranger again", async () => {
    const { net, port, type, enter } = createPeers();
    await enter();
    await net.clock.advance(1_001);
    expect(port.texts()).toEqual(["* ! idle_timeout\n"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
    expect((await type("HELLO ana"))[0]).toMatch(ASK);
    expect(await enter()).toEqual(["COOKIE: ok"]);
  });

  test("is told when the node ends", async () => {
    const { net, port, enter } = createPeers();
    await enter();
    await enter(50_001);
    const drained = net.table.drain();
    await net.clock.settle();
    await drained;
    expect(port.texts()).toEqual(["* ! shutdown\n", "* ! shutdown\n"]);
    expect(await enter(50_002)).toEqual(["ERROR: Conexão recusada (net.draining)."]);
  });

  test("loses lines that it has no room for, and these are counted", async () => {
    const { net, port, type, enter } = createPeers({ capacity: 4 });
    await enter();
    net.script.message = () => new Promise<void>(() => undefined);
    await type("x");
    const room = 4 + limits.messagesWaitingMax;
    await type("x\n".repeat(room + 5));
    expect(port.figures.ignored).toBe(5);
  });

  test("is another for each port", async () => {
    const { net, type, enter } = createPeers();
    await enter(50_000);
    await enter(50_001);
    expect(await type("here", 50_001)).toEqual(["here"]);
    expect(net.table.connectionCount()).toBe(2);
  });
});
