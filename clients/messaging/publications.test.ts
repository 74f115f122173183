// Publications as the messaging client shows them, with the real services: each once, in order, also through losses.
import { describe, expect, test } from "bun:test";

import type { Reply } from "#actors/messaging/serve.ts";
import { MessagingNode } from "#actors/messaging/test-desk.ts";

import { createNode, enter, openClient, say } from "./test-menu.ts";
import { settle, wait } from "./test-server.ts";

/** Says no to all requests of one service, for a reason that passes. */
class UnwillingNode extends MessagingNode {
  unwanted = "";

  override async send(request: unknown): Promise<Reply> {
    const { service } = request as Reply;
    if (service !== this.unwanted) return super.send(request);
    return { service, data: { status: "erro", message: "Nenhum servidor disponível." } };
  }
}

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

  test("come when the server has acknowledged their own subscription, not one before it", async () => {
    const node = await createNode();
    const ana = await enter(node, "ana");
    const { length } = ana.asked;
    ana.type("7 geral");
    expect(ana.topics).toContain("@ack 2");
    ana.receive("@ack 1");
    expect(ana.asked).toHaveLength(length);
    await settle(node, ana);
    expect(ana.printed).toEqual(["* Inscrito em geral."]);
    expect(ana.topics).toEqual(["@@ana\t", "@geral\t"]);
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
    expect(ana.topics.filter((topic) => topic.startsWith("@@"))).toEqual(["@@caio\t"]);
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

  test("and history cannot be had, that is said once, and asked for again until it can", async () => {
    const node = new UnwillingNode();
    const ana = openClient(node, "ana");
    await settle(node, ana);
    node.unwanted = "history";
    ana.cut();
    await node.ask("login", { user: "bea" });
    await node.ask("message", { src: "bea", dst: "ana", message: "olá" });
    for (let count = 0; count < 5; count++) await wait(node, ana);
    const told = "* mensagens diretas: o que falta ainda não pode ser lido (Nenhum servidor disponível.)";
    expect(ana.printed.filter((line) => line === told)).toHaveLength(1);
    expect(ana.machine.isReadyFor("2")).toBe(false);
    node.unwanted = "";
    await wait(node, ana);
    expect(ana.machine.isReadyFor("2")).toBe(true);
    expect(ana.printed.at(-1)).toStartWith("[direta] bea: olá");
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
