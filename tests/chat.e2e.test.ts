// One room, four ways in: text over TCP, text over UDP, reliable datagrams, WebSocket; with real sockets at both ends.
import { afterEach, describe, expect, test } from "bun:test";

import { startUdpRelay } from "#runtime/testing/mod.ts";

import { ChatClient } from "./lib/chat-client.ts";
import { eventually } from "./lib/eventually.ts";
import type { Settings } from "./lib/node-settings.ts";
import { startTestNode, type TestNode } from "./lib/test-node.ts";

const nodes: TestNode[] = [];
const clients: ChatClient[] = [];
const undo: (() => void)[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  // The network last: what is still said passes through it.
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
  for (const act of undo.splice(0)) act();
});

async function serve(settings: Settings = {}): Promise<TestNode> {
  const node = await startTestNode(settings);
  nodes.push(node);
  return node;
}

async function kept(client: Promise<ChatClient>): Promise<ChatClient> {
  clients.push(await client);
  return client;
}

const WAYS = {
  tcp: ({ node }: TestNode) => kept(ChatClient.overTcp(node.tcpPort, "t")),
  udp: ({ node }: TestNode) => kept(ChatClient.overUdpText(node.udpPort ?? 0, "u")),
  datagram: ({ node }: TestNode) => kept(ChatClient.overDatagrams(node.udpPort ?? 0, "d")),
  web: ({ node }: TestNode) => kept(ChatClient.overWeb(node.httpPort, "w")),
} as const;

type WayName = keyof typeof WAYS;
const WAY_NAMES = Object.keys(WAYS) as WayName[];

/** In the room, with this id. */
async function member(node: TestNode, way: WayName, id: string, room = "lobby"): Promise<ChatClient> {
  const client = await WAYS[way](node);
  expect(await client.ask(`HELLO ${id}`)).toStartWith(`HELLO: ${id} `);
  expect(await client.ask(`JOIN ${room}`)).toStartWith(`JOIN: ${room} `);
  return client;
}

describe("one room", () => {
  test("is the same for members over TCP, UDP text, datagrams and WebSocket", async () => {
    const node = await serve();
    const members: ChatClient[] = [];
    for (const way of WAY_NAMES) members.push(await member(node, way, `ana-${way}`));
    const said = members.map((client, index) => client.ask(`SAY lobby olá de ${WAY_NAMES[index]}`));
    expect((await Promise.all(said)).toSorted()).toEqual([
      "SAY: lobby 1",
      "SAY: lobby 2",
      "SAY: lobby 3",
      "SAY: lobby 4",
    ]);
    const [first, ...others] = await Promise.all(members.map((client) => client.hearsMessages("lobby", 4)));
    expect(first?.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    for (const heard of others) expect(heard).toEqual(first as never);
    const who = await members[0]?.ask("WHO lobby");
    for (const way of WAY_NAMES) expect(who).toMatch(new RegExp(` ana-${way}@127\\.0\\.0\\.1:\\d+/${way}( |$)`));
  });

  test("tells each of direct messages, whatever way both are on", async () => {
    const node = await serve();
    for (const way of WAY_NAMES) await member(node, way, `bea-${way}`);
    for (const [index, from] of clients.entries()) {
      for (const way of WAY_NAMES)
        expect(await from.ask(`MSG bea-${way} oi ${index}`)).toBe(`MSG: bea-${way} ${index + 1}`);
    }
    for (const [index, client] of clients.entries()) {
      const heard = await client.hearsMessages(`@bea-${WAY_NAMES[index]}`, 4);
      expect(heard.map(({ number, text }) => [number, text])).toEqual(
        [0, 1, 2, 3].map((each) => [each + 1, `oi ${each}`]),
      );
    }
  });

  test.each(WAY_NAMES)("is left by EXIT over %s, which is answered and then ends the session", async (way) => {
    const node = await serve();
    const other = await member(node, "tcp", "bea");
    const client = await member(node, way, "ana");
    expect(await client.ask("EXIT")).toBe("EXIT: Encerrando conexão.");
    await other.hears("* lobby - ana exit");
    await eventually("the end", () => node.figures.metric("correio_connections").then((count) => count === 1));
    expect(await other.ask("WHO lobby")).toMatch(/^WHO: lobby bea@\S+$/);
  });

  test.each(["tcp", "datagram", "web"] as const)("hears %s say something and close at once", async (way) => {
    const node = await serve();
    const other = await member(node, "tcp", "bea");
    const client = await member(node, way, "ana");
    for (let count = 1; count <= 20; count++) client.say(`SAY lobby ${count}`);
    client.close();
    const heard = await other.hearsMessages("lobby", 20);
    expect(heard.map(({ number, text }) => [number, text])).toEqual(
      Array.from({ length: 20 }, (_, index) => [index + 1, String(index + 1)]),
    );
    await other.hears("* lobby - ana ");
  });
});

describe("text over UDP, as nc -u sends it", () => {
  test("is a conversation: a cookie to copy, then a session", async () => {
    const { node } = await serve();
    const heard: string[] = [];
    const socket = await Bun.udpSocket({
      hostname: "127.0.0.1",
      socket: { data: (_, octets) => void heard.push(octets.toString()), error: () => undefined },
    });
    undo.push(() => socket.close());
    const type = async (line: string): Promise<string> => {
      const before = heard.length;
      socket.send(line, node.udpPort ?? 0, "127.0.0.1");
      await eventually(`an answer to ${line}`, () => heard.length > before);
      return heard.at(-1) ?? "";
    };
    expect(await type("ECHO")).toBe("ECHO: Comando recebido com sucesso.");
    expect(await type("ECHO\r\n")).toBe("ECHO: Comando recebido com sucesso.\r\n");
    expect(await type("TIME\n")).toMatch(/^TIME: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\n$/);
    expect(await type("nada\n")).toBe("ERROR: Comando não reconhecido.\n");
    const asked = await type("HELLO ana\n");
    expect(asked).toMatch(/^COOKIE: mande antes: COOKIE [\w-]{27}\n$/);
    expect(await type(asked.slice("COOKIE: mande antes: ".length))).toBe("COOKIE: ok\n");
    expect(await type("HELLO ana\n")).toMatch(/^HELLO: ana \S{32} 0\n$/);
    // Somebody else's own arrival is told too, before the reply or after it.
    await type("JOIN lobby\n");
    await eventually("the reply", () => heard.includes("JOIN: lobby 0 1\n"));
    await type("SAY lobby oi\n");
    await eventually("the reply", () => heard.includes("SAY: lobby 1\n"));
  });

  test("is answered to a stranger once a datagram, and shortly", async () => {
    const { node } = await serve();
    const octets: number[] = [];
    const socket = await Bun.udpSocket({
      hostname: "127.0.0.1",
      socket: { data: (_, answer) => void octets.push(answer.length), error: () => undefined },
    });
    undo.push(() => socket.close());
    const commands = "ECHO TIME EXIT HELP HELLO LOGIN ADDUSER JOIN LEAVE SAY MSG WHO HISTORY PING UDP BIND COOKIE x #a";
    const lines = commands.split(" ").flatMap((name) => [name, `${name} ?`, `#tag ${name} a b c`]);
    for (const line of lines) {
      const before = octets.length;
      socket.send(line, node.udpPort ?? 0, "127.0.0.1");
      await eventually(`an answer to ${line}`, () => octets.length > before);
    }
    expect(Math.max(...octets)).toBeLessThan(160);
    for (const many of ["\n".repeat(8_000), "ECHO\n".repeat(1_500), "x".repeat(8_000)]) {
      socket.send(many, node.udpPort ?? 0, "127.0.0.1");
    }
    socket.send("PING last", node.udpPort ?? 0, "127.0.0.1");
    await eventually("the last answer", () => octets.at(-1) === "PING: last".length);
    expect(octets.length - lines.length).toBe(3);
  });

  test("tells a silent client that its session ends", async () => {
    const node = await serve({ CORREIO_IDLE_MS: 300 });
    const client = await member(node, "udp", "ana");
    await client.hears("* ! idle_timeout ");
    await eventually("the end", async () => (await node.figures.metric("correio_connections")) === 0);
  });
});

describe("datagrams through a network", () => {
  test("that gives the client another port go on in the same session", async () => {
    const node = await serve();
    const relay = await startUdpRelay({ target: { port: node.node.udpPort ?? 0 } });
    undo.push(() => relay.stop());
    const other = await member(node, "tcp", "bea");
    const client = await kept(ChatClient.overDatagrams(relay.port));
    await client.askAll("HELLO ana", "JOIN lobby");
    for (let round = 1; round <= 3; round++) {
      expect(await client.ask(`SAY lobby ${round}`)).toBe(`SAY: lobby ${round}`);
      relay.rebind();
    }
    expect(await other.ask("SAY lobby ainda?")).toBe("SAY: lobby 4");
    expect((await client.hearsMessages("lobby", 4)).map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(other.lines.filter((line) => line.startsWith("* lobby -"))).toEqual([]);
  });

  test("that loses, repeats and reorders arrive once and in order", async () => {
    const node = await serve();
    const faults = { loss: 0.1, duplicate: 0.1 };
    const relay = await startUdpRelay({ target: { port: node.node.udpPort ?? 0 }, faults, seed: 5 });
    undo.push(() => relay.stop());
    const client = await kept(ChatClient.overDatagrams(relay.port));
    await client.askAll("HELLO ana", "JOIN lobby");
    const replies = await client.askAll(...Array.from({ length: 100 }, (_, index) => `SAY lobby ${index}`));
    expect(replies).toEqual(replies.map((_, index) => `SAY: lobby ${index + 1}`));
    const heard = await client.hearsMessages("lobby", 100);
    expect(heard.map(({ number }) => number)).toEqual(replies.map((_, index) => index + 1));
  });
});

describe("a session over TCP with its lines over datagrams", () => {
  test("has them there until they stop, then on TCP again, and misses none", async () => {
    const node = await serve();
    const other = await member(node, "tcp", "bea");
    const control = await member(node, "tcp", "ana");
    const [, port = "", token = ""] = (await control.ask("UDP")).split(" ");
    const data = await kept(ChatClient.overDatagrams(Number(port), "data", true));
    expect(await data.ask(`BIND ${token}`)).toBe("BIND: ana");
    expect(await data.ask("SAY lobby por datagramas")).toBe("SAY: lobby 1");
    expect(await other.ask("SAY lobby ouço")).toBe("SAY: lobby 2");
    await data.hearsMessages("lobby", 2);
    expect(control.messages("lobby")).toEqual([]);
    data.vanish();
    expect(await other.ask("SAY lobby no escuro")).toBe("SAY: lobby 3");
    const startedMs = performance.now();
    await control.hears("* ! udp_lost ");
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(await control.ask("JOIN lobby 2")).toStartWith("JOIN: lobby 3 ");
    expect(await other.ask("SAY lobby por TCP")).toBe("SAY: lobby 4");
    expect((await control.hearsMessages("lobby", 2)).map(({ number }) => number)).toEqual([3, 4]);
  });
});

describe("members over UDP whose ports are closed", () => {
  test("do not keep a line from the living", async () => {
    const node = await serve();
    const living = [await member(node, "udp", "ana"), await member(node, "datagram", "bea")];
    const dead: ChatClient[] = [];
    for (let count = 0; count < 30; count++) dead.push(await member(node, "udp", `dead-${count}`));
    for (const client of dead) client.vanish();
    for (let number = 1; number <= 20; number++) {
      expect(await living[number % 2]?.ask(`SAY lobby ${number}`)).toBe(`SAY: lobby ${number}`);
    }
    for (const client of living) {
      const heard = await client.hearsMessages("lobby", 20);
      expect(heard.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    }
  });
});

describe("a WebSocket", () => {
  test("with 10 MB of text in a message is closed, and nobody else notices", async () => {
    const node = await serve();
    const other = await member(node, "web", "bea");
    const client = await member(node, "web", "ana");
    client.say("x".repeat(10_000_000));
    expect(await client.ends()).toStartWith("100");
    await other.hears("* lobby - ana ");
    expect(await other.ask("PING oi")).toBe("PING: oi");
  });

  test("with a line too long is told so and stays", async () => {
    const client = await WAYS.web(await serve());
    client.say("x".repeat(5_000));
    await client.hears("(text.line_too_long)");
    expect(await client.ask("PING oi")).toBe("PING: oi");
  });

  test("with several lines in a message is told that this is none", async () => {
    const client = await WAYS.web(await serve());
    client.say("ECHO\nECHO");
    await client.hears("(text.control_character)");
  });

  test("with octets in place of text is closed with code 1003", async () => {
    const { node } = await serve();
    const socket = new WebSocket(`ws://127.0.0.1:${node.httpPort}/chat`);
    const closed = new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)));
    socket.addEventListener("open", () => socket.send(Uint8Array.of(1, 2, 3)));
    expect(await closed).toBe(1_003);
  });

  test("is told when it was silent for too long", async () => {
    const node = await serve({ CORREIO_IDLE_MS: 300 });
    const client = await member(node, "web", "ana");
    await client.hears("* ! idle_timeout ");
    expect(await client.ends()).toBe("1000 idle_timeout");
  });

  test.each([
    ["of a page from elsewhere is refused", { Origin: "http://evil.example" }, 403],
    ["of no page at all is refused", { Origin: "null" }, 403],
    ["for another host name is refused", { Host: "evil.example" }, 421],
  ])("%s", async (_, headers, status) => {
    const { node } = await serve();
    const upgrade = { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Version": "13" };
    const all = { ...upgrade, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", ...headers };
    expect((await fetch(`http://127.0.0.1:${node.httpPort}/chat`, { headers: all })).status).toBe(status);
  });

  test("of a page of the gateway's own needs no token", async () => {
    const { node } = await serve();
    const origin = `http://127.0.0.1:${node.httpPort}`;
    const socket = new WebSocket(`ws://127.0.0.1:${node.httpPort}/chat`, { headers: { Origin: origin } } as never);
    const heard = new Promise<string>((resolve) => socket.addEventListener("message", ({ data }) => resolve(data)));
    socket.addEventListener("open", () => socket.send("ECHO"));
    expect(await heard).toBe("ECHO: Comando recebido com sucesso.");
    socket.close();
  });
});

describe("a drain", () => {
  test("tells every member why it ends, in its own way, and ends in time", async () => {
    const node = await serve({ CORREIO_DRAIN_MS: 5_000 });
    const [tcp, udp, datagram, web] = [
      await member(node, "tcp", "ana"),
      await member(node, "udp", "bea"),
      await member(node, "datagram", "cai"),
      await member(node, "web", "davi"),
    ];
    const startedMs = performance.now();
    expect(await node.drain()).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    for (const client of [tcp, udp, datagram, web]) await client.hears("* ! shutdown Servidor encerrando.");
    expect(await tcp.ends()).toBe("closed");
    expect(await datagram.ends()).toBe("peer 7");
    expect(await web.ends()).toBe("1001 shutdown");
  });
});
