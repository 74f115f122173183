// The messaging client with the real services and without sockets: choices, answers, what is refused, and the end.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/limits.ts";

import { CHANNELS_MAX, EXCERPT_LENGTH, REQUESTS_MAX, SHOWN_LENGTH_MAX } from "./limits.ts";
import { createNode, enter, openClient, say } from "./test-menu.ts";
import { settle } from "./test-server.ts";

describe("the menu", () => {
  test("is shown at the start, and again for an empty line", async () => {
    const node = await createNode();
    const client = openClient(node);
    const menu = client.printed.slice(1);
    expect(menu).toHaveLength(10);
    expect(menu[0]).toStartWith("  1 login [NOME] ");
    expect(menu[9]).toStartWith("  0 sair ");
    await settle(node, client);
    expect(client.printed.at(-1)).toBe("* Conectado a servidor:5555.");
    expect(await say(node, client, "")).toEqual(menu);
  });

  test("says who is there and what there is", async () => {
    const node = await createNode();
    const client = await enter(node, "ana");
    expect(await say(node, client, "2", "3 jogos", "7 jogos", "canais")).toEqual([
      "* Usuários (2): bea, ana",
      "* Canal 'jogos' criado com sucesso.",
      "* Inscrito em jogos.",
      "* Canais (2): geral, jogos (inscrito)",
    ]);
  });

  test("asks for what is missing, one after the other, and for nothing that is there", async () => {
    const node = await createNode();
    const client = await enter(node);
    const prompts = ["1", "ana", "5", "geral", "oi, gente", "6 bea", "oi, bea"].map((line) => {
      client.type(line);
      return client.machine.prompt;
    });
    const asked = ["Nome: ", "[ana] Escolha: ", "Canal: ", "Mensagem: ", "[ana] Escolha: ", "Mensagem: "];
    expect(prompts).toEqual([...asked, "[ana] Escolha: "]);
    await settle(node, client);
    const said = client.asked.filter(({ service }) => service === "publish" || service === "message");
    expect(said.map(({ data }) => data["message"])).toEqual(["oi, gente", "oi, bea"]);
  });

  test("an empty answer ends the questions", async () => {
    const node = await createNode();
    const client = await enter(node, "ana");
    expect(await say(node, client, "5", "geral", "")).toEqual(["* Nada feito."]);
    expect(client.machine.prompt).toBe("[ana] Escolha: ");
  });

  test("shows what the server refuses, and goes on", async () => {
    const node = await createNode();
    const client = await enter(node, "ana");
    expect(await say(node, client, "3 geral", "5 nenhum oi", "7 nenhum", "8 nenhum", "6 zeca oi", "9 nenhum")).toEqual([
      "* Não feito (criar geral): Canal 'geral' já existe.",
      "* Não feito (a nenhum: oi): Canal não existe.",
      "* Não inscrito em nenhum: Canal não existe.",
      "* Você não está inscrito em nenhum.",
      "* Não feito (a zeca: oi): Usuário de destino não existe.",
      "* Não feito (histórico, nenhum): Canal não existe.",
    ]);
  });

  test("does not ask the server what it would refuse for its form", async () => {
    const node = await createNode();
    const client = await enter(node);
    const { length } = client.asked;
    const printed = await say(node, client, "1 servers", "3 @x", "5 geral oi", "tchau", "10");
    expect(printed.map((line) => line.slice(0, 24))).toEqual([
      "* Nome de usuário inváli",
      "* Nome de canal inválido",
      "* Entre antes com o seu ",
      "* Escolha de 0 a 9, ou o",
      "* Escolha de 0 a 9, ou o",
    ]);
    expect(client.asked).toHaveLength(length);
  });

  test("does not send a message that no server takes, and names long ones by their beginning", async () => {
    const node = await createNode();
    const client = await enter(node, "ana");
    const { length } = client.asked;
    const long = "x".repeat(limits.messagingTextLengthMax);
    const [refused] = await say(node, client, `5 geral ${long}x`, `6 bea ${long}x`);
    expect([refused, client.asked.length]).toEqual(["* Mensagem longa demais: até 4096 caracteres.", length]);
    const [unknown] = await say(node, client, `5 nenhum ${long}`);
    expect(unknown).toBe(`* Não feito (a nenhum: ${"x".repeat(EXCERPT_LENGTH)}…): Canal não existe.`);
  });

  test("sends clock, time and an id with each request, the clocks rising", async () => {
    const node = await createNode();
    const client = await enter(node, "ana");
    await say(node, client, "5 geral um", "5 geral dois");
    const data = client.asked.map((request) => request.data);
    const clocks = data.map(({ clock }) => clock as number);
    expect(clocks).toEqual(clocks.toSorted((one, other) => one - other));
    expect(new Set(clocks).size).toBe(clocks.length);
    expect(new Set(data.map(({ id }) => id)).size).toBe(data.length);
    expect(data.filter(({ timestamp }) => !/^\d\d:\d\d:\d\d$/.test(String(timestamp)))).toEqual([]);
  });

  test("so many requests wait and no more", async () => {
    const node = await createNode();
    const client = openClient(node, "ana");
    for (let count = 0; count < REQUESTS_MAX; count++) client.type("5 geral oi");
    expect(client.printed.at(-1)).toBe("* Pedidos demais à espera de resposta.");
    await settle(node, client);
    expect(client.asked.filter(({ service }) => service === "publish")).toHaveLength(REQUESTS_MAX - 1);
  });

  test("so many channels are followed and no more", async () => {
    const node = await createNode();
    const client = openClient(node);
    for (let count = 0; count <= CHANNELS_MAX; count++) client.type(`7 canal-${count}`);
    expect(client.printed.at(-1)).toBe("* Inscrições demais.");
  });
});

describe("a server that is not as it should be", () => {
  test.each(["{}", '{"service":7}', '{"service":"users","data":[]}', '{"service":"canais","data":{}}', "{garbage"])(
    "is told from one that answers: %s",
    async (line) => {
      const node = await createNode();
      const ana = await enter(node, "ana");
      ana.type("2");
      ana.receive(line);
      expect(ana.printed).toEqual(["* Não feito (usuários): A resposta do servidor não se entende."]);
    },
  );

  test("may send fields that nobody knows, and others than names", async () => {
    const node = await createNode();
    const ana = await enter(node, "ana");
    ana.type("2");
    ana.receive(JSON.stringify({ service: "users", data: { users: ["ana", 7, null, "bea"], clock: "x", new: {} } }));
    expect(ana.printed).toEqual(["* Usuários (2): ana, bea"]);
  });

  test("cannot move the cursor, and a line of it has an end", async () => {
    const node = await createNode();
    const ana = await enter(node, "ana");
    await say(node, ana, "7 geral");
    ana.receive("@geral\t1 geral bea: \u001b[2J\u202e\n[geral] ana: mentira");
    ana.receive(`@geral\t2 geral bea: ${"x".repeat(100_000)}`);
    expect(ana.printed[1]).toBe("[geral] bea: \\u{001b}[2J\\u{202e}\\u{000a}[geral] ana: mentira");
    expect(ana.printed[2]).toHaveLength(SHOWN_LENGTH_MAX + 1);
  });

  test("publishes nothing by what is no publication of ours", async () => {
    const node = await createNode();
    const ana = await enter(node, "ana");
    await say(node, ana, "7 geral");
    const { length } = ana.printed;
    for (const line of [
      "@geral",
      "@geral x geral a: b",
      "@geral\t1 outro a: b",
      "@geral\t0 geral a: b",
      "@ack 99",
      "@",
    ]) {
      ana.receive(line);
    }
    await settle(node, ana);
    expect(ana.printed).toHaveLength(length);
  });
});

describe("leaving", () => {
  test.each([
    ["0", 0],
    ["sair", 0],
  ] as const)("with %s ends at once", async (line, exitCode) => {
    const node = await createNode();
    const ana = await enter(node, "ana");
    ana.type(line);
    expect(ana.exitCode).toBe(exitCode);
  });

  test("with Ctrl-C ends with 130, also while nobody answers", async () => {
    const node = await createNode();
    const ana = await enter(node, "ana");
    ana.isBlocked = true;
    ana.cut();
    ana.happen({ kind: "interrupted" });
    expect(ana.exitCode).toBe(130);
  });

  test("says what has no reply, and ends with 1", async () => {
    const node = await createNode();
    const ana = await enter(node, "ana");
    ana.isBlocked = true;
    ana.cut();
    ana.type("5 geral oi", "0");
    expect(ana.printed.at(-1)).toBe("* Sem resposta: 1 pedido.");
    expect(ana.exitCode).toBe(1);
  });
});

describe("from a pipe", () => {
  test("choices come one after the other, and answers when they are asked for", async () => {
    const node = await createNode();
    const ana = await enter(node, "ana");
    ana.type("5 geral");
    expect(ana.machine.isReadyFor("oi")).toBe(true);
    ana.type("oi");
    expect(ana.machine.isReadyFor("2")).toBe(false);
    await settle(node, ana);
    expect(ana.machine.isReadyFor("2")).toBe(true);
  });

  test("the end comes when all is answered: with 0, or with 1 where something was refused", async () => {
    const node = await createNode();
    for (const [line, exitCode] of [
      ["5 geral oi", 0],
      ["5 nenhum oi", 1],
    ] as const) {
      const ana = await enter(node, "ana");
      ana.type(line);
      ana.happen({ kind: "ended", isPatient: true });
      expect(ana.exitCode).toBeUndefined();
      await settle(node, ana);
      expect(ana.exitCode).toBe(exitCode);
    }
  });

  test("it waits for a server no longer than half a minute", async () => {
    const node = await createNode();
    const ana = openClient(node, "ana");
    ana.isBlocked = true;
    ana.happen({ kind: "ended", isPatient: true });
    await node.stepped.clock.advance(30_000);
    ana.happen({ kind: "woken" });
    expect(ana.printed.at(-1)).toBe("* Nem tudo o que foi pedido ficou pronto.");
    expect(ana.exitCode).toBe(1);
  });
});
