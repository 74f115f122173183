// Hybrid mode with the real actors: messages by datagrams while those arrive, by TCP while they do not, none lost.
import { describe, expect, test } from "bun:test";

import { ChatNode } from "#actors/text/test-clients.ts";
import { createRandom } from "#runtime/base/random.ts";

import { pass, settle, TestChatter } from "./test-world.ts";

const said = (chatter: TestChatter, link: string): readonly string[] =>
  chatter.log.filter((line) => line.startsWith(`${link}: SAY`)).map((line) => line.replace(/^.*SAY lobby /, ""));

/** Ana in hybrid mode, bound; Bea on TCP. */
async function hybridAna() {
  const node = new ChatNode({ udpPort: 5_001 });
  const ana = new TestChatter(node, { id: "ana", isHybrid: true }, 1);
  const bea = new TestChatter(node, { id: "bea" }, 2);
  await settle(node, ana, bea);
  expect(ana.printed).toContain("* As mensagens vão por UDP.");
  return { node, ana, bea };
}

describe("while datagrams arrive", () => {
  test("messages go by them both ways, and who is who stays on TCP", async () => {
    const { node, ana, bea } = await hybridAna();
    ana.type("oi");
    bea.type("oi, ana", "/msg ana psiu");
    await settle(node, ana, bea);
    expect(said(ana, "data")).toEqual(["oi"]);
    expect(ana.messages.toSorted()).toEqual(["@ana 1 bea: psiu", "lobby 1 ana: oi", "lobby 2 bea: oi, ana"]);
    ana.type("/join sala", "na sala", "/quit");
    await settle(node, ana, bea);
    expect(ana.log).toContain("main: JOIN sala");
    expect(ana.log).toContain("data: SAY sala na sala");
    expect(ana.exitCode).toBe(0);
  });

  test("what the server says on both is shown once", async () => {
    const { ana } = await hybridAna();
    const line = "* ! shutdown Servidor encerrando.";
    for (const link of ["main", "data"] as const) ana.happen({ kind: "received", link, line });
    expect(ana.printed.filter((printed) => printed === "* Servidor encerrando.")).toHaveLength(1);
  });

  test("what the server sent to neither of the two while it changed over is asked for", async () => {
    const { ana } = await hybridAna();
    const sinceBound = ana.log.slice(ana.log.findIndex((line) => line.startsWith("data: BIND")));
    expect(sinceBound.slice(1)).toEqual(["main: HISTORY lobby 0 100", "main: HISTORY @ana 0 100"]);
  });

  test("nothing overtakes what is still under way on TCP", async () => {
    const node = new ChatNode({ udpPort: 5_001 });
    const ana = new TestChatter(node, { id: "ana", isHybrid: true });
    ana.blocked.add("data");
    await settle(node, ana);
    ana.type("um");
    ana.unblock("data");
    ana.type("dois");
    await pass(node, 15_000, ana);
    ana.type("três");
    await settle(node, ana);
    expect(ana.messages).toEqual(["lobby 1 ana: um", "lobby 2 ana: dois", "lobby 3 ana: três"]);
    expect(said(ana, "data")).toEqual(["três"]);
  });
});

describe("when datagrams stop arriving", () => {
  test("what was not acknowledged goes by TCP with the same tag at once, and is said once", async () => {
    const { node, ana, bea } = await hybridAna();
    ana.type("chegou, mas a resposta não");
    await node.stepped.clock.settle();
    ana.block("data");
    ana.type("não chegou");
    ana.noticeLoss("data");
    await settle(node, ana, bea);
    expect(said(ana, "main")).toEqual(["chegou, mas a resposta não", "não chegou"]);
    expect(bea.messages).toEqual(["lobby 1 ana: chegou, mas a resposta não", "lobby 2 ana: não chegou"]);
    expect(ana.messages).toEqual(bea.messages);
    expect(ana.acknowledgements).toBe(2);
  });

  test("what the server sent there before it noticed is caught up", async () => {
    const { node, ana, bea } = await hybridAna();
    ana.block("data");
    bea.type("um", "/msg ana psiu");
    await settle(node, ana, bea);
    expect(ana.messages).toEqual([]);
    ana.serverNoticesLoss("data");
    await settle(node, ana, bea);
    expect(ana.messages.toSorted()).toEqual(["@ana 1 bea: psiu", "lobby 1 bea: um"]);
    expect(ana.printed).toContain("* Sem resposta por UDP: as mensagens vão por TCP.");
  });

  test("who notices first need not wait for the server", async () => {
    const { node, ana, bea } = await hybridAna();
    const server = ana.serverEnd("data");
    ana.block("data");
    bea.type("um");
    await settle(node, ana, bea);
    expect(ana.messages).toEqual([]);
    ana.noticeLoss("data");
    await settle(node, ana, bea);
    bea.type("dois");
    await settle(node, ana, bea);
    expect(ana.messages).toEqual(["lobby 1 bea: um", "lobby 2 bea: dois"]);
    expect(server?.connection.endReason).toBe("unbound");
  });

  test("they are tried again, and used again once they arrive", async () => {
    const { node, ana, bea } = await hybridAna();
    ana.block("data");
    ana.noticeLoss("data");
    await pass(node, 60_000, ana, bea);
    const tries = ana.log.filter((line) => line === "open data").length;
    expect(tries).toBeGreaterThan(4);
    expect(tries).toBeLessThan(30);
    ana.unblock("data");
    await pass(node, 14_000, ana, bea);
    ana.type("de novo por UDP");
    await settle(node, ana, bea);
    expect(said(ana, "data")).toEqual(["de novo por UDP"]);
    expect(bea.messages).toEqual(["lobby 1 ana: de novo por UDP"]);
  });
});

describe("datagrams that never arrive", () => {
  test("leave a chat over TCP", async () => {
    const node = new ChatNode({ udpPort: 5_001 });
    const ana = new TestChatter(node, { id: "ana", isHybrid: true });
    ana.blocked.add("data");
    ana.type("oi");
    await pass(node, 60_000, ana);
    expect(ana.messages).toEqual(["lobby 1 ana: oi"]);
    expect(ana.acknowledgements).toBe(1);
  });

  test("are not tried where the server has none, and that is said once", async () => {
    const node = new ChatNode();
    const ana = new TestChatter(node, { id: "ana", isHybrid: true });
    await pass(node, 60_000, ana);
    expect(ana.printed.filter((line) => line.includes("chat.no_udp"))).toHaveLength(1);
    expect(ana.log).not.toContain("open data");
  });
});

test("with the connection on TCP the one with datagrams ends, and both come back", async () => {
  const { node, ana, bea } = await hybridAna();
  ana.cut("main");
  expect(ana.isOpen("data")).toBe(false);
  ana.type("oi");
  await pass(node, 15_000, ana, bea);
  ana.type("por UDP");
  await settle(node, ana, bea);
  expect(bea.messages).toEqual(["lobby 1 ana: oi", "lobby 2 ana: por UDP"]);
  expect(said(ana, "data").at(-1)).toBe("por UDP");
});

describe("whatever is cut, blocked or killed", () => {
  test.each(Array.from({ length: 20 }, (_, index) => index + 1))(
    "all see the same messages, once and in order, and each is acknowledged once (seed %d)",
    async (seed) => {
      const node = new ChatNode({ udpPort: 5_001 });
      const random = createRandom(seed);
      const chatters = ["ana", "bea", "caio"].map(
        (id, index) => new TestChatter(node, { id, isHybrid: index > 0 }, seed * 10 + index),
      );
      const typed = new Map<TestChatter, number>();
      await pass(node, 1_000, ...chatters);
      for (let step = 0; step < 150; step++) {
        const chatter = chatters[Math.floor(random.next() * chatters.length)] as TestChatter;
        const link = random.next() < 0.5 ? "main" : "data";
        const chance = random.next();
        if (chance < 0.5) {
          const count = (typed.get(chatter) ?? 0) + 1;
          typed.set(chatter, count);
          chatter.type(`mensagem ${count}`);
        } else if (chance < 0.6) chatter.cut(link);
        else if (chance < 0.65) chatter.block("data");
        else if (chance < 0.7 && chatter.blocked.has("data")) chatter.noticeLoss("data");
        else if (chance < 0.75 && chatter.blocked.has("data")) chatter.serverNoticesLoss("data");
        else if (chance < 0.8) chatter.unblock("data");
        else if (chance < 0.81) await killed(node, chatters);
        else if (chance < 0.82) breakSilently(chatter);
        else if (chance < 0.9) chatter.goOn(1);
        else await node.stepped.clock.settle();
        if (random.next() < 0.1) await pass(node, random.next() * 2_000, ...chatters);
      }
      for (const chatter of chatters) {
        chatter.unblock("data");
        chatter.cut("data");
      }
      await pass(node, 200_000, ...chatters);
      const expected = chatters[0]?.messages ?? [];
      const numbers = expected.map((line) => Number(line.split(" ")[1]));
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
      for (const chatter of chatters) {
        expect(chatter.messages).toEqual(expected);
        expect(chatter.acknowledgements).toBe(typed.get(chatter) ?? 0);
        const own = expected.flatMap((line) => new RegExp(` ${chatter.id}: (.*)$`).exec(line)?.slice(1) ?? []);
        expect(own).toEqual(Array.from({ length: typed.get(chatter) ?? 0 }, (_, index) => `mensagem ${index + 1}`));
      }
    },
  );
});

/** A connection that is dead, and a network that is not. */
function breakSilently(chatter: TestChatter): void {
  chatter.block("main");
  chatter.unblock("main");
}

async function killed(node: ChatNode, chatters: readonly TestChatter[]): Promise<void> {
  node.stepped.kill();
  for (const chatter of chatters) for (const link of ["data", "main"] as const) chatter.cut(link);
  await node.stepped.restart();
}
