// Accounts as the gateway is given them: listed without hashes, and what an operator does to them and their sessions.
import { describe, expect, test } from "bun:test";

import type { Id } from "#actors/chat/names.ts";

import { DomainNode } from "./test-domain-node.ts";

const ANA = "Ana" as Id;
const { signal } = new AbortController();

async function withAccounts(...names: readonly string[]): Promise<DomainNode> {
  const node = new DomainNode();
  for (const name of names) {
    expect(await node.answer(node.views.accounts.create(name as Id, "segredo", signal))).toBe("done");
  }
  return node;
}

const list = async (node: DomainNode, query: object = {}) =>
  node.answer(node.views.accounts.accounts({ limit: 50, ...query }));

describe("the list of accounts", () => {
  test("has names as they were written, when they were made, and no hashes", async () => {
    const node = await withAccounts("Ana", "bea");
    await node.answer(node.views.accounts.disable("bea" as Id));
    const createdAt = node.stepped.clock.unixMs();
    expect(await list(node)).toEqual({
      items: [
        { name: "Ana", status: "active", createdAt },
        { name: "bea", status: "disabled", createdAt },
      ],
    });
  });

  test("comes page after page, and by how names begin, as they are compared", async () => {
    const node = await withAccounts("Ian", "bea", "L0la", "caio");
    const first = await list(node, { limit: 2 });
    expect(first).toMatchObject({ items: [{ name: "bea" }, { name: "caio" }], next: "calo" });
    expect(await list(node, { limit: 2, after: "calo" })).toMatchObject({ items: [{ name: "Ian" }, { name: "L0la" }] });
    expect(await list(node, { prefix: "1" })).toMatchObject({ items: [{ name: "Ian" }, { name: "L0la" }] });
    expect((await list(node, { prefix: "lo" })).items).toHaveLength(1);
  });

  test("has no names that were only tried, and looking at one makes none", async () => {
    const node = await withAccounts();
    await node.connect("text-session").send("LOGIN fantasma segredo");
    const awake = node.inMemory("account");
    expect(await list(node)).toEqual({ items: [] });
    expect(await node.answer(node.views.accounts.account("fantasma" as Id))).toBeUndefined();
    expect(await node.answer(node.views.accounts.account("ninguém" as Id))).toBeUndefined();
    expect(node.inMemory("account")).toBe(awake);
  });

  test("shows accounts that players make themselves", async () => {
    const node = new DomainNode();
    await node.connect().send("adduser;Ana;segredo");
    await node.connect("text-session").send("ADDUSER Bea segredo");
    expect((await list(node)).items.map(({ name }) => name)).toEqual(["Ana", "Bea"]);
  });
});

describe("an account that an operator makes", () => {
  test("is good for chat and matches, and its id is no guest's", async () => {
    const node = await withAccounts("Ana");
    expect(await node.connect().send("login;ana;segredo")).toEqual(["loginACK;ana"]);
    expect((await node.connect("text-session").send("LOGIN Ana segredo"))[0]).toStartWith("LOGIN: Ana ");
    expect((await node.connect("text-session").send("HELLO ana"))[0]).toContain("(chat.login_needed)");
  });

  test("is made once, whatever looks alike", async () => {
    const node = await withAccounts("lia");
    expect(await node.answer(node.views.accounts.create("1ia" as Id, "outro", signal))).toBe("exists");
  });

  test("is not made while too many wait for their hash", async () => {
    const node = new DomainNode();
    node.passwords.busy = true;
    expect(await node.answer(node.views.accounts.create(ANA, "segredo", signal))).toBe("busy");
    expect((await list(node)).items).toEqual([]);
  });

  test("is not made when whoever asked for it is gone", async () => {
    const node = new DomainNode();
    node.passwords.hold();
    const gone = new AbortController();
    const asked = node.views.accounts.create(ANA, "segredo", gone.signal).catch((error: unknown) => error);
    await node.stepped.clock.settle();
    gone.abort();
    await node.stepped.clock.settle();
    expect(await asked).toMatchObject({ code: "actor.cancelled" });
    expect((await list(node)).items).toEqual([]);
  });
});

describe("whoever is there", () => {
  test.each(["disable", "reset"] as const)("is ended by %s, in the chat and in matches", async (act) => {
    const node = await withAccounts("ana");
    const [player, chat] = [node.connect(), node.connect("text-session")];
    await player.send("login;ana;segredo");
    await chat.send("LOGIN ana segredo");
    const { accounts } = node.views;
    const asked = act === "disable" ? accounts.disable(ANA) : accounts.reset(ANA, "novo", signal);
    expect(await node.answer(asked)).toBe("done");
    expect(node.ended.toSorted()).toEqual(
      [`modern-match-session/${player.key}`, `text-session/${chat.key}`].toSorted(),
    );
  });

  test("stays when the account is enabled", async () => {
    const node = await withAccounts("ana");
    await node.connect("text-session").send("LOGIN ana segredo");
    expect(await node.answer(node.views.accounts.enable(ANA))).toBe("done");
    expect(node.ended).toEqual([]);
  });
});

/** Whoever gets in, and whoever is ended, where both come at once: in an order that follows from the seed. */
async function atOnce(seed: number) {
  const node = new DomainNode({ seed });
  await node.answer(node.views.accounts.create(ANA, "segredo", signal));
  const before = node.connect();
  await before.send("login;ana;segredo");
  const key = await before.resumeKey();
  await before.lose();
  const [chat, player] = [node.connect("text-session"), node.connect()];
  chat.connection.deliver("LOGIN ana segredo\n");
  player.connection.deliver(seed % 2 === 0 ? "login;ana;segredo\n" : `resume;ana;${key}\n`);
  for (let turns = seed % 20; turns > 0; turns--) await node.stepped.step();
  const asked = node.views.accounts.disable(ANA);
  await node.stepped.runAll();
  expect(await asked).toBe("done");
  return { node, chat, player };
}

describe("whoever gets in while the account is being disabled", () => {
  test("is ended, or not let in, whatever comes first", async () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 40; seed++) {
      const { node, chat, player } = await atOnce(seed);
      for (const [client, type] of [
        [chat, "text-session"],
        [player, "modern-match-session"],
      ] as const) {
        const [reply = ""] = client.take();
        const isIn = /^LOGIN: |ACK;ana$/.test(reply);
        const isEnded = node.ended.includes(`${type}/${client.key}`);
        outcomes.add(`${type} ${isIn ? "in" : "not in"} ${isEnded ? "ended" : "left"}`);
        expect({ seed, type, stays: isIn && !isEnded }).toEqual({ seed, type, stays: false });
      }
    }
    for (const type of ["modern-match-session", "text-session"]) {
      expect([...outcomes]).toContain(`${type} in ended`);
      expect([...outcomes]).toContain(`${type} not in left`);
    }
  });
});

describe("an account that there is not", () => {
  test("is unknown to each act, and nobody is ended", async () => {
    const node = new DomainNode();
    await node.connect("text-session").send("HELLO ana");
    const { accounts } = node.views;
    for (const act of [accounts.disable(ANA), accounts.enable(ANA), accounts.reset(ANA, "novo", signal)]) {
      expect(await node.answer(act)).toBe("unknown");
    }
    expect(node.ended).toEqual([]);
  });
});
