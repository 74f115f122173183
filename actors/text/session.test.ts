// The text session: how lines become commands and replies, whatever is wrong with them.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { ChatNode } from "./test-clients.ts";

describe("the commands of the document", () => {
  test.each([
    ["ECHO", "ECHO: Comando recebido com sucesso."],
    ["eCho", "ECHO: Comando recebido com sucesso."],
    ["  ECHO  ", "ECHO: Comando recebido com sucesso."],
    ["DANCE", "ERROR: Comando não reconhecido."],
    ["dance with me", "ERROR: Comando não reconhecido."],
  ])("%j is answered to the letter", async (line, reply) => {
    expect(await new ChatNode().connect().type(line)).toEqual([reply]);
  });

  test("TIME has the server's local time with microseconds", async () => {
    const [reply = ""] = await new ChatNode().connect().type("TIME");
    expect(reply).toMatch(/^TIME: 2025-11-20 \d\d:\d\d:\d\d\.\d{6}$/);
  });

  test("EXIT is answered, then the connection ends", async () => {
    const client = new ChatNode().connect();
    expect(await client.type("EXIT")).toEqual(["EXIT: Encerrando conexão."]);
    expect(client.connection.endReason).toBe("exit");
  });
});

describe("a reply", () => {
  test.each(["", "\n", "\r\n"])("ends as its command did: %j", async (ending) => {
    const replies = await new ChatNode().connect().typeRaw(`ECHO${ending}`);
    expect(replies).toEqual([`ECHO: Comando recebido com sucesso.${ending}`]);
  });

  test("always ends its line once somebody may be told something unasked", async () => {
    const client = await new ChatNode().named("ana");
    expect(await client.typeRaw("ECHO")).toEqual(["ECHO: Comando recebido com sucesso.\n"]);
  });

  test("begins with the tag of its command", async () => {
    const client = new ChatNode().connect();
    expect(await client.type("#17 PING oi", "#a.b-c DANCE", "#17 SAY")).toEqual([
      "#17 PING: oi",
      "#a.b-c ERROR: Comando não reconhecido.",
      "#17 ERROR: Use: SAY sala texto (text.bad_arguments).",
    ]);
  });

  test("comes in the order of the commands, also where one has to wait", async () => {
    const client = new ChatNode().connect();
    const replies = await client.type("PING 1", "HELLO ana", "PING 2", "JOIN lobby", "PING 3");
    expect(replies.filter((line) => line.startsWith("PING"))).toEqual(["PING: 1", "PING: 2", "PING: 3"]);
    expect(replies.map((line) => line.split(" ")[0])).toEqual(["PING:", "HELLO:", "PING:", "*", "JOIN:", "PING:"]);
  });

  test("comes to none for an empty line", async () => {
    expect(await new ChatNode().connect().typeRaw("", "\n", "\r\n", "  \n")).toEqual([]);
  });
});

describe("HELP", () => {
  test("names every command in one line", async () => {
    const [reply = ""] = await new ChatNode().connect().type("HELP");
    for (const name of ["ECHO", "TIME", "EXIT", "HELP", "HELLO", "JOIN", "SAY", "MSG", "WHO", "HISTORY", "LOGIN"]) {
      expect(reply.split(" ")).toContain(name);
    }
  });

  test("explains one", async () => {
    expect(await new ChatNode().connect().type("HELP say", "HELP dance")).toEqual([
      "HELP: SAY sala texto - diz algo na sala; a resposta traz o número da mensagem, já gravada",
      "ERROR: Comando não reconhecido.",
    ]);
  });
});

describe("a line that is none", () => {
  test.each([
    ["NUL", "ECHO \u0000", "text.control_character"],
    ["an escape sequence", "ECHO \u001b[2J", "text.control_character"],
    ["a C1 control", "ECHO \u009b2J", "text.control_character"],
    ["octets that are no UTF-8", "ECHO \uFFFD", "text.not_utf8"],
    ["a line separator", "ECHO a\u2028b", "text.control_character"],
    ["too much text", `ECHO ${"x".repeat(limits.textLineBytesMax)}`, "text.line_too_long"],
  ])("is refused with its reason: %s", async (_, line, code) => {
    const node = new ChatNode();
    const [reply = ""] = await node.connect().type(line);
    expect(reply).toContain(`(${code}).`);
    const host = node.stepped.system.hosts.find(({ type }) => type.name === "text-session");
    expect(host?.stats.refusals.get(code)).toBe(1);
  });

  test("keeps the session", async () => {
    const client = new ChatNode().connect();
    await client.type("\u0000");
    expect(await client.type("PING")).toEqual(["PING: pong"]);
  });
});

describe("what the store refuses", () => {
  test("is an answer with its code, and the session goes on", async () => {
    const node = new ChatNode();
    const client = await node.named("ana");
    await client.type("JOIN lobby");
    node.stepped.storeFaults.next("commit", { fails: "store.full" });
    expect(await client.type("SAY lobby oi")).toEqual(["ERROR: Não foi possível (store.full)."]);
    expect(await client.type("SAY lobby oi")).toContain("SAY: lobby 1");
  });

  test("leaves a room as it was: who could not leave it is in, and may say so again", async () => {
    const node = new ChatNode();
    const client = await node.named("ana");
    await client.type("JOIN lobby");
    node.stepped.storeFaults.next("commit", { fails: "store.full" });
    expect(await client.type("LEAVE lobby")).toEqual(["ERROR: Não foi possível (store.full)."]);
    expect(await client.type("WHO lobby")).toEqual(["WHO: lobby ana@127.0.0.1:50000/tcp"]);
    expect(await client.type("LEAVE lobby")).toEqual(["* lobby - ana left", "LEAVE: lobby"]);
  });

  test("keeps nobody in a room that it was not told to be in", async () => {
    const node = new ChatNode();
    const [ana, bea] = [await node.named("ana"), await node.named("bea")];
    await bea.type("JOIN lobby");
    const commit = node.stepped.storeFaults.holdCommit();
    ana.connection.deliver("JOIN lobby\n");
    await node.stepped.advance(limits.askTimeoutMs);
    expect(ana.lines).toEqual(["ERROR: Não foi possível (actor.deadline_passed).\n"]);
    commit();
    await node.stepped.clock.settle();
    expect(await bea.type("WHO lobby")).toEqual(["WHO: lobby bea@127.0.0.1:50000/tcp"]);
  });
});

describe("the budget", () => {
  test("lets a flood wait, and loses none of it", async () => {
    const node = new ChatNode();
    const client = await node.named("ana");
    await client.type("JOIN lobby");
    const flood = Array.from(
      { length: limits.commandsBurst + limits.commandsPerSecond },
      (_, index) => `SAY lobby ${index}`,
    );
    const acknowledged = () => client.lines.filter((line) => line.startsWith("SAY:")).length;
    await client.type(...flood);
    expect(acknowledged()).toBeLessThanOrEqual(limits.commandsBurst);
    await node.stepped.clock.advance(1_100);
    expect(acknowledged()).toBe(flood.length);
  });

  test.each(["ECHO", "junk"])("is spent sixteen times slower by what nobody else notices: %s", async (line) => {
    const node = new ChatNode();
    const client = node.connect();
    const count = limits.commandsBurst / limits.cheapCommandCost;
    const many = Array.from({ length: count + 200 }, () => line);
    await client.type(...many);
    expect(client.lines.length).toBeGreaterThanOrEqual(count);
    expect(client.lines.length).toBeLessThan(many.length);
    await node.stepped.clock.advance(1_000);
    expect(client.lines).toHaveLength(many.length);
  });
});
