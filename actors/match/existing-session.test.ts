// An existing client: three connections, messages without an end, and a ping port that is its own.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { MatchNode, type TestConnection } from "./test-players.ts";

interface Client {
  readonly node: MatchNode;
  readonly plain: TestConnection;
  readonly secure: TestConnection;
}

/** Its plain connection, and the TLS connection to the port that it was told. */
async function connected(node = new MatchNode()): Promise<Client> {
  const plain = node.connect("existing-match-session");
  await node.stepped.clock.settle();
  const secure = node.connect("secure-match-session", plain.key);
  await node.stepped.clock.settle();
  return { node, plain, secure };
}

async function loggedIn(name: string, node = new MatchNode()): Promise<Client> {
  const client = await connected(node);
  await client.plain.sendRaw("0");
  await client.secure.sendRaw(`adduser;${name};segredo`);
  expect(await client.secure.sendRaw(`login;${name};segredo`)).toEqual([`loginACK;${name}`]);
  return client;
}

/** And pinged, for the first time. */
async function beating() {
  const client = await connected();
  await client.plain.sendRaw("8080");
  const heartbeat = client.node.connect("match-heartbeat-session", client.plain.key);
  await client.node.stepped.clock.settle();
  return { ...client, heartbeat };
}

test("is told in words it knows of a match that ends without counting, though it has not reported", async () => {
  const { node, plain } = await loggedIn("ana");
  const beto = await node.player("beto");
  await plain.send("begin;beto;ana");
  await beto.send("answer;ana;True;5001;beto;5002");
  plain.take();
  await beto.send("end");
  expect(plain.take()).toEqual(["resultERR;Match abandoned"]);
  expect(await plain.send("list")).toEqual(["listACK;ana;beto"]);
});

describe("the plain connection", () => {
  test("is told its own TLS port first, without being asked", async () => {
    const node = new MatchNode();
    const plain = node.connect("existing-match-session");
    await node.stepped.clock.settle();
    expect(plain.take()).toEqual(["secport;40001"]);
    expect(node.securePorts.get(plain.key)).toBe(40_001);
  });

  test("is closed where there is no port for it", async () => {
    const node = new MatchNode({}, { openSecurePort: () => undefined });
    const plain = node.connect("existing-match-session");
    await node.stepped.clock.settle();
    expect(plain.endReason).toBe("match.no_secure_port");
  });

  test("does not obey account commands: they are answered over TLS", async () => {
    const { plain, secure } = await connected();
    expect(await plain.sendRaw("login;ana;segredo")).toEqual(["secport;40001"].slice(1));
    expect(secure.take()).toEqual(["loginERR;TLS connection required"]);
  });

  test("answers them itself where there is no TLS connection", async () => {
    const node = new MatchNode();
    const plain = node.connect("existing-match-session");
    await node.stepped.clock.settle();
    await node.stepped.advance(limits.textQuietMs);
    expect(await plain.sendRaw("login;ana;segredo")).toEqual(["loginERR;TLS connection required"]);
  });

  test("ends as the client says", async () => {
    const { plain } = await connected();
    await plain.sendRaw("exit");
    expect(plain.endReason).toBe("exit");
  });

  test("closes its TLS port and its TLS connection with it", async () => {
    const { node, plain, secure } = await connected();
    await plain.lose();
    expect(node.securePorts.size).toBe(0);
    expect(secure.endReason).toBe("control_gone");
  });
});

describe("the TLS connection", () => {
  test("closes the port, and there is no second", async () => {
    const { node, plain } = await connected();
    expect(node.securePorts.size).toBe(0);
    const second = node.connect("secure-match-session", plain.key);
    await node.stepped.clock.settle();
    expect(second.endReason).toBe("match.not_your_port");
  });

  test("is none where it belongs to nobody", async () => {
    const node = new MatchNode();
    const secure = node.connect("secure-match-session", "99");
    await node.stepped.clock.settle();
    expect(secure.endReason).toBe("match.not_your_port");
  });

  test("takes any command; what is no account command is answered over plain", async () => {
    const { node, plain, secure } = await loggedIn("ana");
    await node.stepped.advance(limits.textQuietMs);
    plain.take();
    expect(await secure.sendRaw("list")).toEqual([]);
    expect(plain.take()).toEqual(["listACK;ana"]);
    await node.stepped.advance(limits.textQuietMs);
    expect(await secure.sendRaw("logout")).toEqual(["logoutACK"]);
  });

  test("that never comes has its port closed after a while", async () => {
    const node = new MatchNode();
    const plain = node.connect("existing-match-session");
    await plain.sendRaw("0");
    await node.stepped.advance(limits.otherConnectionsMs + 1);
    expect(node.securePorts.size).toBe(0);
    expect(plain.endReason).toBeUndefined();
  });
});

describe("messages without an end", () => {
  test("leave one by one, in their order", async () => {
    const { node, plain } = await loggedIn("ana");
    await node.stepped.advance(limits.textQuietMs);
    expect(await plain.sendRaw("list", "leaders", "dance")).toEqual(["listACK;ana"]);
    await node.stepped.advance(limits.textQuietMs - 1);
    expect(plain.take()).toEqual([]);
    await node.stepped.advance(1);
    expect(plain.take()).toEqual(["leadersACK"]);
    await node.stepped.advance(limits.textQuietMs);
    expect(plain.take()).toEqual(["Comando Não Reconhecido"]);
  });

  test("are not run into by the end of the connection", async () => {
    const { node, plain } = await loggedIn("ana");
    await node.stepped.advance(limits.textQuietMs);
    expect(await plain.sendRaw("list", "exit")).toEqual(["listACK;ana"]);
    expect(plain.endReason).toBeUndefined();
    await node.stepped.advance(limits.textQuietMs);
    expect(plain.endReason).toBe("exit");
  });

  test.each(["\n", "\r\n"])("end as the client's own do: %j", async (ending) => {
    const { plain } = await loggedIn("ana");
    await plain.sendRaw(`list${ending}`, `leaders${ending}`);
    plain.connection.deliver(`list${ending}`, `leaders${ending}`);
    await plain.settle();
    expect(plain.connection.sent).toEqual([`listACK;ana${ending}`, `leadersACK${ending}`]);
  });
});

describe("the ping port", () => {
  test("is dialled at the client's own address", async () => {
    const { node, plain } = await connected();
    await plain.sendRaw("8080");
    expect(node.dialled).toEqual([`${plain.key} 127.0.0.1 8080`]);
  });

  test("may have the first command right behind it", async () => {
    const { node, plain } = await connected();
    await node.stepped.advance(limits.textQuietMs);
    expect(await plain.sendRaw("8080list")).toEqual(["listACK"]);
    expect(node.dialled).toHaveLength(1);
  });

  test.each(["80", "1023", "65536", "99999999999999999999", "080", "10.0.0.1:8080", "8080;10.0.0.1", "-8080", "8080 "])(
    "%j is none: nobody is dialled",
    async (port) => {
      const { node, plain } = await connected();
      await node.stepped.advance(limits.textQuietMs);
      expect(["portERR;Invalid Port", "Comando Não Reconhecido"]).toContain((await plain.sendRaw(port))[0] ?? "");
      expect(node.dialled).toEqual([]);
    },
  );

  test("that is never named ends the connection", async () => {
    const { node, plain } = await connected();
    await node.stepped.advance(limits.otherConnectionsMs + 1);
    expect(plain.endReason).toBe("first_byte_timeout");
  });

  test("where nobody answers is tried every second, and then the client is let go", async () => {
    const { node, plain } = await connected();
    await plain.sendRaw("8080");
    await node.stepped.advance(limits.heartbeatMs + limits.pongMs - 500);
    expect(plain.endReason).toBeUndefined();
    expect(node.dialled.length).toBeGreaterThan(10);
    await node.stepped.advance(2_000);
    expect(plain.endReason).toBe("heartbeat_missed");
    expect(node.log.at(-2)).toBe("Client disconnected from ip 127.0.0.1: heartbeat missed");
  });
});

describe("the heartbeat", () => {
  test("is a ping at once, and one each ten seconds as long as they are answered", async () => {
    const { node, plain, heartbeat } = await beating();
    for (const tookMs of [0, 1_000, limits.pongMs, limits.pongMs + limits.pongGraceMs - 1, 0]) {
      expect(heartbeat.take()).toEqual(["ping"]);
      await node.stepped.advance(tookMs);
      await heartbeat.sendRaw("pong");
      await node.stepped.advance(limits.heartbeatMs - tookMs - 1);
      expect(heartbeat.take()).toEqual([]);
      await node.stepped.advance(1);
    }
    expect(node.dialled).toHaveLength(1);
    expect(plain.endReason).toBeUndefined();
  });

  test("that is not answered in time ends the connection", async () => {
    const { node, plain, heartbeat } = await beating();
    await heartbeat.sendRaw("pong");
    await node.stepped.advance(limits.heartbeatMs + limits.pongMs + limits.pongGraceMs - 1);
    expect(plain.endReason).toBeUndefined();
    await node.stepped.advance(1);
    expect(plain.endReason).toBe("heartbeat_missed");
    expect(heartbeat.endReason).toBe("heartbeat_missed");
  });

  test("whose connection is lost is connected again", async () => {
    const { node, plain, heartbeat } = await beating();
    await heartbeat.lose();
    expect(node.dialled).toHaveLength(2);
    node.connect("match-heartbeat-session", plain.key);
    await node.stepped.advance(limits.heartbeatMs);
    expect(plain.endReason).toBe("heartbeat_missed");
  });

  test.each([limits.pongMs - 100, limits.pongMs + 400])(
    "that is never answered ends the connection, though the client hangs up after %d ms and is connected again",
    async (heldMs) => {
      const { node, plain, heartbeat: first } = await beating();
      let heartbeat = first;
      for (let count = 0; count < 10 && plain.endReason === undefined; count++) {
        await node.stepped.advance(heldMs);
        await heartbeat.lose();
        heartbeat = node.connect("match-heartbeat-session", plain.key);
        await node.stepped.clock.settle();
      }
      expect(plain.endReason).toBe("heartbeat_missed");
    },
  );

  test("that is answered each time keeps the client, though its connection is lost again and again", async () => {
    const { node, plain, heartbeat: first } = await beating();
    let heartbeat = first;
    for (let count = 0; count < 10; count++) {
      await heartbeat.sendRaw("pong");
      await node.stepped.advance(2_000);
      await heartbeat.lose();
      heartbeat = node.connect("match-heartbeat-session", plain.key);
      await node.stepped.clock.settle();
    }
    expect(plain.endReason).toBeUndefined();
  });

  test("comes neither earlier nor later for pongs that nobody has asked for", async () => {
    const { node, heartbeat } = await beating();
    heartbeat.take();
    for (let second = 0; second < limits.heartbeatMs / 1_000; second++) {
      expect(heartbeat.take()).toEqual([]);
      await heartbeat.sendRaw("pong");
      await node.stepped.advance(1_000);
    }
    expect(heartbeat.take()).toEqual(["ping"]);
  });

  test("is one for each client", async () => {
    const { node, plain } = await beating();
    const second = node.connect("match-heartbeat-session", plain.key);
    await node.stepped.clock.settle();
    expect(second.endReason).toBe("control_gone");
  });
});

describe("two kinds of client", () => {
  test("play with each other", async () => {
    const node = new MatchNode();
    const { plain } = await loggedIn("ana", node);
    const beto = await node.player("beto");
    await node.stepped.advance(limits.textQuietMs);
    expect(await beto.send("begin;ana;beto")).toEqual(["beginACK"]);
    expect(plain.take()).toEqual(["invite;beto"]);
    await node.stepped.advance(limits.textQuietMs);
    expect(await plain.sendRaw("answer;beto;True;5001;ana;5002")).toEqual(["answerACK"]);
    expect(beto.take()).toEqual(["answer;ana;True;127.0.0.1;5001;5002"]);
    await node.stepped.advance(limits.textQuietMs);
    expect(await plain.sendRaw("result;ana;beto;WIN")).toEqual(["resultACK"]);
    expect((await beto.send("result;beto;ana;LOST"))[0]).toBe("resultACK");
  });

  test("but not in a hosted match", async () => {
    const node = new MatchNode();
    await loggedIn("ana", node);
    const beto = await node.player("beto");
    expect(await beto.send("begin;ana;beto;hosted")).toEqual(["beginERR;Invited user cannot play hosted matches"]);
  });

  test("know different commands", async () => {
    const { plain } = await loggedIn("ana");
    await plain.sendRaw("x\n");
    for (const message of ["play;1;1", "key", "heartbeat", "matches", "watch;ana", "ping"]) {
      expect(await plain.send(message)).toEqual(["Comando Não Reconhecido"]);
    }
    expect(await plain.send("begin;ana;ana;hosted")).toEqual(["beginERR;Invalid kind"]);
  });
});
