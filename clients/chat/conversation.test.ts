// A conversation with the real actors: what a person sees of it, through losses, restarts and refusals.
import { describe, expect, test } from "bun:test";

import { ChatNode } from "#actors/text/test-clients.ts";
import { limits } from "#runtime/limits.ts";

import { PING_EVERY_MS, PONG_WITHIN_MS } from "../machine/lifeline.ts";
import { pass, settle, TestChatter } from "./test-world.ts";

async function anaAndBea() {
  const node = new ChatNode();
  const ana = new TestChatter(node, { id: "ana" }, 1);
  const bea = new TestChatter(node, { id: "bea" }, 2);
  await settle(node, ana, bea);
  return { node, ana, bea };
}

describe("a conversation", () => {
  test("begins as the document has it", async () => {
    const node = new ChatNode();
    const ana = new TestChatter(node, { id: "ana" });
    expect(ana.conversation.prompt).toBe("(sem conexão) lobby> ");
    await settle(node, ana);
    expect(ana.printed.slice(0, 2)).toEqual(["Cliente: ana", "Conectado ao servidor!"]);
    expect(ana.conversation.prompt).toBe("lobby> ");
  });

  test("says what is typed, and acknowledges it as the document has it", async () => {
    const { node, ana, bea } = await anaAndBea();
    ana.type("oi, bea");
    await settle(node, ana, bea);
    expect(ana.messages).toEqual(["lobby 1 ana: oi, bea"]);
    expect(ana.printed.at(-1)).toBe('ana : "ACK"');
    expect(bea.messages).toEqual(["lobby 1 ana: oi, bea"]);
    expect(bea.acknowledgements).toBe(0);
  });

  test("tells who comes and who goes", async () => {
    const { node, ana, bea } = await anaAndBea();
    bea.type("/quit");
    await settle(node, ana, bea);
    expect(bea.exitCode).toBe(0);
    expect(ana.printed).toContain("* bea entrou em lobby (127.0.0.1:50000/tcp)");
    expect(ana.printed.at(-1)).toBe("* bea saiu de lobby: saiu do chat");
  });

  test("has direct messages, which both see", async () => {
    const { node, ana, bea } = await anaAndBea();
    ana.type("/msg bea psiu");
    await settle(node, ana, bea);
    expect(bea.messages).toEqual(["@bea 1 ana: psiu"]);
    expect(ana.messages).toEqual(["@bea 1 ana: psiu"]);
    expect(ana.acknowledgements).toBe(1);
  });

  test("goes on in other rooms", async () => {
    const { node, ana, bea } = await anaAndBea();
    ana.type("/join sala", "na sala", "/room lobby", "no lobby", "/room", "/leave sala", "/leave sala");
    await settle(node, ana, bea);
    expect(bea.messages).toEqual(["lobby 1 ana: no lobby"]);
    expect(ana.messages.toSorted()).toEqual(["lobby 1 ana: no lobby", "sala 1 ana: na sala"]);
    expect(ana.printed).toContain("* Você está em: lobby, sala.");
    expect(ana.printed).toContain("* Ainda há mensagens a caminho de sala; tente de novo.");
    ana.type("/leave sala", "/leave");
    await settle(node, ana, bea);
    expect(ana.conversation.prompt).toBe("> ");
    ana.type("ninguém ouve");
    expect(ana.printed.at(-1)).toBe("* Entre antes numa sala: /join sala");
  });

  test("says who is there, also when that takes several pages", async () => {
    const { node, ana, bea } = await anaAndBea();
    const count = limits.membersPerLineMax + 1;
    const more = Array.from({ length: count }, (_, index) => new TestChatter(node, { id: `m${100 + index}` }, index));
    await settle(node, ana, bea, ...more);
    ana.type("/who");
    await settle(node, ana);
    const line = ana.printed.at(-1) ?? "";
    expect(line).toStartWith(`* Em lobby (${count + 2}): ana@127.0.0.1:50000/tcp, bea@`);
    expect(line.split(", ")).toHaveLength(count + 2);
  });

  test("shows the latest messages of a room that is new to us, and older ones again when asked", async () => {
    const { node, ana, bea } = await anaAndBea();
    for (let number = 1; number <= 30; number++) ana.type(`mensagem ${number}`);
    await settle(node, ana, bea);
    const caio = new TestChatter(node, { id: "caio" }, 3);
    await settle(node, caio);
    expect(caio.messages).toEqual(bea.messages.slice(10));
    caio.type("/history 2");
    await settle(node, caio);
    expect(caio.messages.slice(20)).toEqual(bea.messages.slice(28));
  });

  test("gives the server commands as they are", async () => {
    const { node, ana } = await anaAndBea();
    ana.type("/raw ECHO", "/raw DANCE");
    await settle(node, ana);
    expect(ana.printed.slice(-2)).toEqual(["* ECHO: Comando recebido com sucesso.", "* Comando não reconhecido."]);
  });

  test("shows nothing of what somebody sends that would move the cursor", async () => {
    const { ana } = await anaAndBea();
    ana.happen({ kind: "received", link: "main", line: "* lobby 1 2026-11-21T12:00:00.000Z bea: \u001b[2J\u202eoi" });
    ana.happen({ kind: "received", link: "main", line: "* lobby + be\u200ba \u001b]0;x\u0007" });
    ana.happen({ kind: "received", link: "main", line: "\u009b31m" });
    ana.happen({ kind: "received", link: "main", line: "* ! x \u001b[31m" });
    for (const line of ana.printed) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(ana.printed.at(-1)).toBe("* \\u{001b}[31m");
  });

  test("tells what could not be said, and why", async () => {
    const { node, ana } = await anaAndBea();
    ana.type("/msg ninguem-aqui oi", "x".repeat(limits.textLineBytesMax));
    await settle(node, ana);
    expect(ana.printed).toContain("* Não enviada: linha longa demais. A seta para cima a traz de volta.");
    expect(ana.printed.at(-1)).toStartWith("* Não enviada, a @ninguem-aqui: oi – Ninguém tem esse identificador");
  });

  test("says again what the server could not do now, once", async () => {
    const { node, ana, bea } = await anaAndBea();
    node.stepped.storeFaults.next("commit", { fails: "store.full" });
    ana.type("insisto");
    await pass(node, 3_000, ana, bea);
    expect(bea.messages).toEqual(["lobby 1 ana: insisto"]);
    expect(ana.acknowledgements).toBe(1);
  });
});

describe("when the connection is lost", () => {
  test("it comes back, and what was said meanwhile is there, once and in order", async () => {
    const { node, ana, bea } = await anaAndBea();
    bea.type("antes");
    await settle(node, ana, bea);
    ana.cut("main");
    bea.type("um", "dois");
    await settle(node, bea);
    ana.type("eu também");
    expect(ana.printed.at(-1)).toBe("* Para enviar quando houver conexão, a lobby: eu também");
    expect(ana.conversation.prompt).toBe("(sem conexão) lobby> ");
    await pass(node, 1_000, ana, bea);
    expect(ana.messages).toEqual([
      "lobby 1 bea: antes",
      "lobby 2 bea: um",
      "lobby 3 bea: dois",
      "lobby 4 ana: eu também",
    ]);
    expect(ana.printed).toContain("* Reconectado ao servidor.");
    expect(bea.messages).toEqual(ana.messages);
  });

  test("hundreds of messages are caught up page by page", async () => {
    const { node, ana, bea } = await anaAndBea();
    ana.block("main");
    ana.cut("main");
    for (let number = 1; number <= 250; number++) bea.type(`mensagem ${number}`);
    await pass(node, 1_000, bea);
    ana.unblock("main");
    await pass(node, 15_000, ana, bea);
    expect(ana.messages).toHaveLength(250);
    expect(ana.messages).toEqual(bea.messages);
  });

  test("a message whose acknowledgement was lost is said once, and acknowledged", async () => {
    const { node, ana, bea } = await anaAndBea();
    ana.type("uma vez só");
    await node.stepped.clock.settle();
    ana.cut("main");
    await pass(node, 1_000, ana, bea);
    expect(bea.messages).toEqual(["lobby 1 ana: uma vez só"]);
    expect(ana.messages).toEqual(bea.messages);
    expect(ana.acknowledgements).toBe(1);
  });

  test("direct messages wait", async () => {
    const { node, ana, bea } = await anaAndBea();
    ana.cut("main");
    bea.type("/msg ana psiu");
    await settle(node, bea);
    await pass(node, 1_000, ana, bea);
    expect(ana.messages).toEqual(["@ana 1 bea: psiu"]);
  });

  test("it is all the same whether the server was killed", async () => {
    const { node, ana, bea } = await anaAndBea();
    ana.type("antes");
    await settle(node, ana, bea);
    node.stepped.kill();
    for (const chatter of [ana, bea]) chatter.cut("main");
    ana.type("durante");
    await node.stepped.restart();
    await pass(node, 15_000, ana, bea);
    bea.type("depois");
    await settle(node, ana, bea);
    expect(ana.messages).toEqual(["lobby 1 ana: antes", "lobby 2 ana: durante", "lobby 3 bea: depois"]);
    expect(bea.messages).toEqual(ana.messages);
  });

  test("a store that has forgotten everything is told apart, and shown from its beginning", async () => {
    const { node, ana, bea } = await anaAndBea();
    ana.type("um", "dois");
    await settle(node, ana, bea);
    const other = new ChatNode();
    const stranger = await other.named("zeca");
    await stranger.type("JOIN lobby", "SAY lobby oi");
    ana.cut("main");
    ana.moveTo(other);
    await pass(node, 1_000, ana);
    expect(ana.printed).toContain("* lobby começou de novo no servidor.");
    expect(ana.messages.at(-1)).toBe("lobby 1 zeca: oi");
  });

  test("a silent one is noticed by a PING that nobody answers", async () => {
    const { node, ana, bea } = await anaAndBea();
    ana.block("main");
    ana.type("oi?");
    await pass(node, PING_EVERY_MS + PONG_WITHIN_MS - 1, ana, bea);
    expect(ana.conversation.prompt).toBe("lobby> ");
    ana.unblock("main");
    await pass(node, 1_000, ana, bea);
    expect(bea.messages).toEqual(["lobby 1 ana: oi?"]);
    expect(ana.acknowledgements).toBe(1);
  });

  test("PINGs keep the connection that has nothing else to say", async () => {
    const { node, ana, bea } = await anaAndBea();
    await pass(node, 4 * PING_EVERY_MS, ana, bea);
    expect(ana.log.filter((line) => line === "main: PING")).toHaveLength(4);
    expect(ana.log.filter((line) => line === "open main")).toHaveLength(1);
  });
});

describe("a server that lets nobody in", () => {
  test("is asked again, and its reason is shown once", async () => {
    const { node, ana } = await anaAndBea();
    for (let count = 0; count < 3; count++) {
      ana.happen({ kind: "received", link: "main", line: "ERROR: Servidor cheio (net.connections_max)." });
    }
    expect(ana.printed.filter((line) => line.includes("Servidor cheio"))).toHaveLength(1);
    ana.cut("main");
    await pass(node, 1_000, ana);
    ana.happen({ kind: "received", link: "main", line: "ERROR: Servidor cheio (net.connections_max)." });
    expect(ana.printed.filter((line) => line.includes("Servidor cheio"))).toHaveLength(2);
  });
});

describe("an id", () => {
  test("that somebody else has is asked for until it is free, and that is said once", async () => {
    const node = new ChatNode();
    const first = new TestChatter(node, { id: "ana" }, 1);
    await settle(node, first);
    const second = new TestChatter(node, { id: "ana" }, 2);
    await pass(node, 30_000, first, second);
    expect(second.printed.filter((line) => line.includes("chat.id_in_use"))).toHaveLength(1);
    expect(second.printed.filter((line) => line.includes("para usar outro: /quit e --id"))).toHaveLength(1);
    first.type("/quit");
    await pass(node, 11_000, first, second);
    expect(second.printed).toContain("Conectado ao servidor!");
  });

  test("is taken up again by its key while the server has not noticed the loss", async () => {
    const { node, ana, bea } = await anaAndBea();
    ana.block("main");
    ana.noticeLoss("main");
    ana.unblock("main");
    await pass(node, 1_000, ana, bea);
    expect(ana.printed).toContain("* Reconectado ao servidor.");
  });

  test("whose key was lost with the reply is ours again once the server gives it up", async () => {
    const node = new ChatNode();
    const ana = new TestChatter(node, { id: "ana" });
    ana.goOn();
    await node.stepped.clock.settle();
    ana.cut("main");
    await pass(node, limits.idReservedMs + 12_000, ana);
    expect(ana.printed).toContain("Conectado ao servidor!");
  });

  test.each([
    ["root", "chat.id_reserved"],
    ["-", "chat.bad_id"],
  ])("that nobody may have ends the client: %s", async (id, code) => {
    const node = new ChatNode();
    const chatter = new TestChatter(node, { id });
    await settle(node, chatter);
    expect(chatter.exitCode).toBe(1);
    expect(chatter.printed.at(-1)).toContain(`(${code})`);
  });

  test("with an account needs its password, and then comes back by its key", async () => {
    const node = new ChatNode();
    await node.connect().type("ADDUSER ana segredo");
    const without = new TestChatter(node, { id: "ana" }, 1);
    const wrong = new TestChatter(node, { id: "ana", password: "errado" }, 2);
    await settle(node, without, wrong);
    expect([without.exitCode, wrong.exitCode]).toEqual([1, 1]);
    const ana = new TestChatter(node, { id: "ana", password: "segredo" }, 3);
    await settle(node, ana);
    ana.cut("main");
    await pass(node, 1_000, ana);
    expect(ana.printed).toContain("* Reconectado ao servidor.");
    expect(ana.log.filter((line) => line.startsWith("main: LOGIN"))).toHaveLength(1);
    expect([...ana.printed, ...wrong.printed].join("\n")).not.toMatch(/segredo|errado/);
  });

  test("with an account is told how to give the password, and one without how to get an account", async () => {
    const node = new ChatNode();
    await node.connect().type("ADDUSER ana segredo");
    const ana = new TestChatter(node, { id: "ana" }, 1);
    const bea = new TestChatter(node, { id: "bea", password: "segredo" }, 2);
    await settle(node, ana, bea);
    expect(ana.printed.at(-1)).toBe("* Comece de novo com --password.");
    expect(bea.printed.at(-1)).toContain("/raw ADDUSER nome senha");
    expect([ana.exitCode, bea.exitCode]).toEqual([1, 1]);
  });

  test("that another connection takes over is not fought for", async () => {
    const node = new ChatNode();
    await node.connect().type("ADDUSER ana segredo");
    const here = new TestChatter(node, { id: "ana", password: "segredo" }, 1);
    await settle(node, here);
    const there = new TestChatter(node, { id: "ana", password: "segredo" }, 2);
    await settle(node, there, here);
    expect(here.exitCode).toBe(1);
    expect(here.printed.at(-1)).toBe("* Outra conexão assumiu este identificador.");
    expect(there.exitCode).toBeUndefined();
  });
});

describe("leaving", () => {
  test("waits for what was said, says goodbye, and ends with 0", async () => {
    const { node, ana, bea } = await anaAndBea();
    ana.type("tchau", "/quit");
    await settle(node, ana, bea);
    expect(ana.exitCode).toBe(0);
    expect(bea.messages).toEqual(["lobby 1 ana: tchau"]);
  });

  test("with Ctrl-C ends with 130, and a second one does not wait", async () => {
    const { ana, bea } = await anaAndBea();
    ana.happen({ kind: "interrupted" });
    expect(ana.exitCode).toBeUndefined();
    ana.happen({ kind: "interrupted" });
    expect(ana.exitCode).toBe(130);
    expect(bea.exitCode).toBeUndefined();
  });

  test("without a connection names what was not acknowledged, and ends with 1", async () => {
    const { node, ana } = await anaAndBea();
    ana.block("main");
    ana.cut("main");
    ana.type("perdida", "/quit");
    await settle(node, ana);
    expect(ana.printed.at(-1)).toBe("* Sem confirmação: 1 mensagem.");
    expect(ana.exitCode).toBe(1);
  });

  test("of a pipe comes when everything is done, however long the way", async () => {
    const node = new ChatNode();
    const ana = new TestChatter(node, { id: "ana" });
    ana.type("um");
    ana.happen({ kind: "ended", isPatient: true });
    await settle(node, ana);
    expect(ana.exitCode).toBe(0);
    expect(ana.messages).toEqual(["lobby 1 ana: um"]);
  });

  test("of a pipe that nobody answers comes to an end too", async () => {
    const node = new ChatNode();
    const ana = new TestChatter(node, { id: "ana" });
    ana.block("main");
    ana.type("um");
    ana.happen({ kind: "ended", isPatient: true });
    await pass(node, 31_000, ana);
    expect(ana.exitCode).toBe(1);
  });
});
