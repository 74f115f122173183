// The messaging client with the real services and without sockets: choices, publications, losses, what is refused.
import { describe, expect, test } from "bun:test";

import { MessagingNode } from "#actors/messaging/test-desk.ts";
import { createRandom } from "#runtime/base/random.ts";

import { CHANNELS_MAX, REQUESTS_MAX, SHOWN_LENGTH_MAX } from "./limits.ts";
import { MenuClient } from "./menu-client.ts";
import { settle, TestClient, wait } from "./test-server.ts";

function openClient(node: MessagingNode, user?: string): TestClient {
  const options = { user, where: "servidor:5555" };
  return new TestClient(node, ({ stepped: { clock } }) => new MenuClient(options, clock, createRandom(1)));
}

/** Connected and, where there is a name, logged in; what was printed until then is forgotten. */
async function enter(node: MessagingNode, user?: string): Promise<TestClient> {
  const client = openClient(node, user);
  await settle(node, client);
  client.printed.length = 0;
  return client;
}

/** What the lines lead to. */
async function say(node: MessagingNode, client: TestClient, ...lines: readonly string[]): Promise<readonly string[]> {
  client.printed.length = 0;
  for (const line of lines) {
    client.type(line);
    await settle(node, client);
  }
  return client.printed.map((line) => line.replace(/ \(clock=\d+\)$/, ""));
}

const createNode = () => new MessagingNode().with({ users: ["bea"], channels: ["geral"] });

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

describe("publications", () => {
  test("of a channel are shown to whoever is subscribed, from the latest that there were on", async () => {
    const node = await createNode();
    const [ana, bea] = [await enter(node, "ana"), await enter(node, "bea")];
    await say(node, ana, "5 geral antes");
    await say(node, bea, "7 geral");
    await say(node, ana, "5 geral depois");
    await settle(node, bea);
    expect(bea.printed).toEqual([
      "* Inscrito em geral.",
      expect.stringMatching(/^\[geral\] ana: antes \[09:11:00\] \(clock=\d+\)$/),
      expect.stringMatching(/^\[geral\] ana: depois \[09:11:00\] \(clock=\d+\)$/),
    ]);
    expect(ana.printed).toEqual([expect.stringMatching(/^\* Publicada em geral\. \(clock=\d+\)$/)]);
  });

  test("stop when the subscription is given back", async () => {
    const node = await createNode();
    const ana = await enter(node, "ana");
    expect(await say(node, ana, "7 geral", "8 geral", "5 geral oi")).toEqual([
      "* Inscrito em geral.",
      "* Inscrição em geral cancelada.",
      "* Publicada em geral.",
    ]);
  });

  test("to a user come by themselves, and are not those of a channel of that name", async () => {
    const node = await createNode();
    const [ana, bea] = [await enter(node, "ana"), await enter(node, "bea")];
    await say(node, bea, "3 ana", "5 ana no canal", "5 ana de novo", "6 ana direta");
    await settle(node, ana);
    expect(ana.printed).toEqual([expect.stringMatching(/^\[direta\] bea: direta \[/)]);
  });

  test("come to whoever is logged in now", async () => {
    const node = await createNode();
    const [ana, bea] = [await enter(node, "ana"), await enter(node, "bea")];
    await say(node, ana, "1 caio");
    expect(ana.topics.filter((topic) => topic.startsWith("@@"))).toEqual(["@@caio "]);
    await say(node, bea, "6 ana oi", "6 caio olá");
    await settle(node, ana);
    expect(ana.printed.at(-1)).toMatch(/^\[direta\] bea: olá/);
    expect(ana.printed.join()).not.toContain("oi");
  });

  test("that were missed are shown before the next one, each once", async () => {
    const node = await createNode();
    const [ana, bea] = [await enter(node, "ana"), await enter(node, "bea")];
    await say(node, bea, "7 geral");
    for (let count = 1; count <= 150; count++) await say(node, ana, `5 geral ${count}`);
    bea.missPublications();
    await say(node, ana, "5 geral 151");
    bea.printed.length = 0;
    await settle(node, bea);
    const numbers = bea.printed.map((line) => Number(/^\[geral\] ana: (\d+) /.exec(line)?.[1]));
    expect(numbers).toEqual(Array.from({ length: 151 }, (_, index) => index + 1));
  });

  test("that are read again are shown again", async () => {
    const node = await createNode();
    const ana = await enter(node, "ana");
    await say(node, ana, "5 geral um", "5 geral dois", "6 ana para mim");
    expect((await say(node, ana, "9 geral 1", "9 @")).map((line) => line.replace(/ \[.*/, ""))).toEqual([
      "* Histórico, geral: 1 de 2.",
      "[geral] ana: dois",
      "* Histórico, mensagens diretas: 1 de 1.",
      "[direta] ana: para mim",
    ]);
  });
});

describe("when the connection is lost", () => {
  test("what was published and sent meanwhile is shown when it is there again, once", async () => {
    const node = await createNode();
    const [ana, bea] = [await enter(node, "ana"), await enter(node, "bea")];
    await say(node, bea, "7 geral");
    await say(node, ana, "5 geral um");
    await settle(node, bea);
    bea.printed.length = 0;
    bea.cut();
    await say(node, ana, "5 geral dois", "6 bea olá", "5 geral três");
    await wait(node, bea);
    const lost = expect.stringMatching(/^\* Conexão perdida \(conexão encerrada\)\. Tentando de novo em \d,\d s/);
    const shown = bea.printed.map((line) => line.replace(/ \[.*/, ""));
    expect(shown.slice(0, 2)).toEqual([lost, "* Reconectado ao servidor."]);
    expect(shown.slice(2)).toEqual(["[direta] ana: olá", "[geral] ana: dois", "[geral] ana: três"]);
  });

  test("a request whose reply was lost is repeated under its id, and done once", async () => {
    const node = await createNode();
    const ana = await enter(node, "ana");
    await say(node, ana, "7 geral");
    ana.type("5 geral uma vez");
    await ana.serve();
    ana.cut();
    await wait(node, ana);
    const [first, again, ...more] = ana.asked.filter(({ service }) => service === "publish");
    expect([again?.data["id"], more]).toEqual([first?.data["id"], []]);
    expect(ana.printed.filter((line) => line.includes("ana: uma vez"))).toHaveLength(1);
    expect(ana.printed.filter((line) => line.includes("Publicada em geral"))).toHaveLength(1);
  });

  test("what is asked for meanwhile waits, and says so", async () => {
    const node = await createNode();
    const ana = await enter(node, "ana");
    ana.isBlocked = true;
    ana.cut();
    expect(ana.machine.prompt).toBe("(sem conexão) [ana] Escolha: ");
    expect(await say(node, ana, "5 geral oi")).toEqual(["* Para quando houver conexão: a geral: oi"]);
    ana.isBlocked = false;
    await wait(node, ana);
    expect(ana.printed.at(-1)).toStartWith("* Publicada em geral.");
  });

  test("that is said once, however often it fails", async () => {
    const node = await createNode();
    const ana = await enter(node, "ana");
    for (let count = 0; count < 5; count++) {
      ana.happen({ kind: "lost", link: "main", reason: "ninguém atende" });
      ana.happen({ kind: "woken" });
    }
    expect(ana.printed).toHaveLength(1);
  });

  test("a server that has lost all is told who we are, and shown as it is", async () => {
    const node = await createNode();
    const [ana, fresh] = [await enter(node, "ana"), await createNode()];
    await say(node, ana, "7 geral", "5 geral um", "5 geral dois");
    await fresh.ask("publish", { user: "bea", channel: "geral", message: "outra vida" });
    ana.printed.length = 0;
    ana.moveTo(fresh);
    await node.stepped.clock.advance(Math.max(0, ana.machine.wakeAtMs - node.stepped.clock.monotonicMs()));
    ana.happen({ kind: "woken" });
    await settle(fresh, ana);
    expect(ana.printed.slice(1).map((line) => line.replace(/ \[.*/, ""))).toEqual([
      "* Reconectado ao servidor.",
      "* geral: no servidor tudo começou de novo.",
      "[geral] bea: outra vida",
    ]);
    expect((await fresh.ask("users"))["users"]).toEqual(["bea", "ana"]);
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
    ana.receive("@geral 1 geral bea: \u001b[2J\u202e\n[geral] ana: mentira");
    ana.receive(`@geral 2 geral bea: ${"x".repeat(100_000)}`);
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
      "@geral 1 outro a: b",
      "@geral 0 geral a: b",
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
