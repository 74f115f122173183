// An account that an operator disables, enables, or gives another password: what its owner can do then, and hears.
import { describe, expect, test } from "bun:test";

import { actor, t } from "#runtime/mod.ts";
import { MemoryDisk, SteppedSystem } from "#runtime/testing/mod.ts";

import { Person } from "../chat/person.ts";
import { Player } from "../match/player.ts";
import { MatchNode } from "../match/test-players.ts";
import { PlainPasswords } from "../test-services.ts";
import { createAccount } from "./account.ts";

const HERE = { remoteAddress: "192.0.2.1" };

async function withAna() {
  const node = new MatchNode();
  expect(await node.connect().send("adduser;ana;segredo")).toEqual(["adduserACK"]);
  return { node, account: node.stepped.ref(node.types.account, "ana") };
}

describe("a disabled account", () => {
  test("is not entered by its password, over either protocol, and says so to whoever knows it", async () => {
    const { node, account } = await withAna();
    await node.stepped.outcome(account.disable());
    expect(await node.connect().send("login;ana;segredo", "login;ana;errado", "list")).toEqual([
      "loginERR;Account disabled",
      "loginERR;Wrong Password",
      "listACK",
    ]);
    const chat = node.connect("text-session");
    expect(await chat.send("LOGIN ana segredo", "LOGIN ana errado", "HELLO ana")).toEqual([
      "ERROR: Conta desativada (account.disabled).",
      "ERROR: Nome ou senha incorretos (account.bad_password).",
      "ERROR: Este identificador tem senha: use LOGIN (chat.login_needed).",
    ]);
  });

  test("is not entered by a key either, not even where the process ended before the key was forgotten", async () => {
    const { node, account } = await withAna();
    const ana = node.connect();
    await ana.send("login;ana;segredo");
    const key = await ana.resumeKey();
    const [named = ""] = await node.connect("text-session").send("LOGIN ana segredo");
    await node.stepped.outcome(account.disable());
    expect(await node.connect().send(`resume;ana;${key}`, "list")).toEqual(["resumeERR;Account disabled", "listACK"]);
    const chat = node.connect("text-session");
    expect(await chat.send(`HELLO ana ${named.split(" ")[2]}`, "JOIN lobby")).toEqual([
      "ERROR: Conta desativada (account.disabled).",
      "ERROR: Diga antes quem você é: HELLO nome (chat.hello_first).",
    ]);
  });

  test("is still there: nobody can make it anew, and its password cannot be changed", async () => {
    const { node, account } = await withAna();
    const ana = node.connect();
    await ana.send("login;ana;segredo");
    await node.stepped.outcome(account.disable());
    expect(await ana.send("passwd;ana;segredo;novo", "adduser;ana;novo")).toEqual([
      "passwdERR;Account disabled",
      "adduserERR;USEREXISTS",
    ]);
  });

  test("stays so after a restart, and is as it was once it is enabled", async () => {
    const { node } = await withAna();
    await node.stepped.outcome(node.stepped.ref(node.types.account, "ana").disable());
    node.stepped.kill();
    await node.stepped.restart();
    expect(await node.connect().send("login;ana;segredo")).toEqual(["loginERR;Account disabled"]);
    await node.stepped.outcome(node.stepped.ref(node.types.account, "ana").enable());
    expect(await node.connect().send("login;ana;segredo")).toEqual(["loginACK;ana"]);
  });

  test("forgets its keys, and tells who is there: these sessions are to be ended", async () => {
    const { node } = await withAna();
    const [ana, chat] = [node.connect(), node.connect("text-session")];
    await ana.send("login;ana;segredo");
    const key = await ana.resumeKey();
    const [named = ""] = await chat.send("LOGIN ana segredo");
    expect(await node.stepped.outcome(node.stepped.ref(Player, "ana").revoke())).toEqual({
      kind: "answered",
      value: { holder: { type: "modern-match-session", key: ana.key } },
    });
    expect(await node.stepped.outcome(node.stepped.ref(Person, "ana").revoke())).toEqual({
      kind: "answered",
      value: { holder: { type: "text-session", key: chat.key } },
    });
    expect(await node.connect().send(`resume;ana;${key}`)).toEqual(["resumeERR;Wrong Key"]);
    const again = node.connect("text-session");
    expect(await again.send(`HELLO ana ${named.split(" ")[2]}`)).toEqual([
      "ERROR: Este identificador tem senha: use LOGIN (chat.login_needed).",
    ]);
  });
});

describe("a password that an operator has given", () => {
  test("opens the account, and the one before does not", async () => {
    const { node, account } = await withAna();
    await node.stepped.outcome(account.reset({ password: "novo", ...HERE }));
    expect(await node.connect().send("login;ana;segredo", "login;ana;novo")).toEqual([
      "loginERR;Wrong Password",
      "loginACK;ana",
    ]);
  });
});

describe("an account that there is not", () => {
  test.each([
    ["disable", undefined],
    ["enable", undefined],
    ["reset", { password: "novo", ...HERE }],
  ] as const)("cannot be asked to %s, and is not made by that", async (method, input) => {
    const { node } = await withAna();
    const account = node.stepped.ref(node.types.account, "bea");
    const asked = input === undefined ? account[method as "disable"]() : account.reset(input);
    expect(await node.stepped.outcome(asked)).toMatchObject({ code: "account.unknown" });
    expect(await node.stepped.outcome(account.exists())).toEqual({ kind: "answered", value: false });
  });
});

describe("an account of an earlier version", () => {
  const Earlier = actor("account", { state: () => ({ hash: "" }), durable: true, private: true }).on(
    "create",
    { in: t.String() },
    ({ state }, password) => void (state.hash = `hash of ${password}`),
  );

  test("is open, and can be disabled", async () => {
    const disk = new MemoryDisk();
    const earlier = new SteppedSystem([Earlier], { disk });
    await earlier.outcome(earlier.ref(Earlier, "ana").create("segredo"));
    earlier.kill();
    const type = createAccount(new PlainPasswords());
    const stepped = new SteppedSystem([type], { disk });
    const account = stepped.ref(type, "ana");
    const verify = () => stepped.outcome(account.verify({ password: "segredo", ...HERE }));
    expect(await verify()).toEqual({ kind: "answered", value: true });
    await stepped.outcome(account.disable());
    expect(await verify()).toMatchObject({ code: "account.disabled" });
  });
});
