// Accounts of players: making them, logging in, changing passwords, and what is not done for whom.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { MatchNode } from "./test-players.ts";

async function withAna(): Promise<MatchNode> {
  const node = new MatchNode();
  expect(await node.connect().send("adduser;ana;segredo")).toEqual(["adduserACK"]);
  return node;
}

describe("adduser", () => {
  test.each([
    ["adduser;ana;outro", "adduserERR;USEREXISTS"],
    ["adduser;ANA;outro", "adduserERR;USEREXISTS"],
    ["adduser;;outro", "adduserERR;Invalid Username"],
    ["adduser;a b;outro", "adduserERR;Invalid Username"],
    ["adduser;josé;outro", "adduserERR;Invalid Username"],
    [`adduser;${"a".repeat(33)};outro`, "adduserERR;Invalid Username"],
    ["adduser;servidor;outro", "adduserERR;Invalid Username"],
    ["adduser;caio;", "adduserERR;Invalid Password"],
    [`adduser;caio;${"a".repeat(limits.passwordLengthMax + 1)}`, "adduserERR;Invalid Password"],
    ["adduser;caio", "adduserERR;Wrong Number of Arguments"],
    ["adduser;caio;a;b", "adduserERR;Wrong Number of Arguments"],
    ["adduser;ca\u0007io;a", "adduserERR;Invalid Characters"],
    ["adduser;ca\uFFFDio;a", "adduserERR;Invalid Characters"],
  ])("%j is answered %s", async (message, reply) => {
    expect(await (await withAna()).connect().send(message)).toEqual([reply]);
  });

  test("takes the longest name and the longest password", async () => {
    const [name, password] = ["a".repeat(32), "p".repeat(limits.passwordLengthMax)];
    const client = new MatchNode().connect();
    expect(await client.send(`adduser;${name};${password}`, `login;${name};${password}`)).toEqual([
      "adduserACK",
      `loginACK;${name}`,
    ]);
  });

  test("takes no try from an account, and is bounded for each address with the logins", async () => {
    const node = new MatchNode();
    const client = node.connect();
    const names = Array.from({ length: limits.loginsPerAddressBurst }, (_, index) => `adduser;p-${index};segredo`);
    expect(new Set(await client.send(...names))).toEqual(new Set(["adduserACK"]));
    expect(await client.send("adduser;ana;segredo", "login;p-1;segredo")).toEqual([
      "adduserERR;Too many attempts",
      "loginERR;Too many attempts",
    ]);
    await node.stepped.advance(limits.loginsPerAddressEveryMs);
    expect(await client.send("login;p-1;segredo")).toEqual(["loginACK;p-1"]);
  });

  test("makes the account of the chat too", async () => {
    const node = await withAna();
    const chat = node.connect("text-session");
    expect((await chat.send("LOGIN ana segredo"))[0]).toStartWith("LOGIN: ana ");
    expect(await node.connect("text-session").send("HELLO ana")).toEqual([
      "ERROR: Este identificador tem senha: use LOGIN (chat.login_needed).",
    ]);
  });
});

describe("login", () => {
  test.each([
    ["login;ana;errado", "loginERR;Wrong Password"],
    ["login;ana;", "loginERR;Wrong Password"],
    ["login;caio;segredo", "loginERR;Username not found"],
    ["login;;segredo", "loginERR;Username not found"],
    ["login;ana", "loginERR;Wrong Number of Arguments"],
    ["login", "loginERR;Wrong Number of Arguments"],
  ])("%j is answered %s, and nobody is there by it", async (message, reply) => {
    const client = (await withAna()).connect();
    expect(await client.send(message, "list")).toEqual([reply, "listACK"]);
  });

  test("is one for a connection, and one for an account", async () => {
    const node = await withAna();
    const ana = node.connect();
    expect(await ana.send("login;ana;segredo", "login;ana;segredo")).toEqual([
      "loginACK;ana",
      "loginERR;Already logged in",
    ]);
    expect(await node.connect().send("login;ana;segredo")).toEqual(["loginERR;User already logged in"]);
    expect(await ana.send("list")).toEqual(["listACK;ana"]);
    await ana.send("logout");
    expect(await node.connect().send("login;ana;segredo")).toEqual(["loginACK;ana"]);
  });

  test("is possible again as soon as the connection is lost, and after a kill", async () => {
    const node = await withAna();
    const ana = node.connect();
    await ana.send("login;ana;segredo");
    await ana.lose();
    expect(await node.connect().send("login;ana;segredo")).toEqual(["loginACK;ana"]);
    node.stepped.kill();
    await node.stepped.restart();
    expect(await node.connect().send("login;ana;segredo")).toEqual(["loginACK;ana"]);
  });

  test("is tried so often from one address, and then at so long intervals", async () => {
    const node = await withAna();
    const client = node.connect();
    const tries = Array.from({ length: limits.loginsPerAccountAndAddressBurst + 1 }, () => "login;ana;errado");
    const replies = await client.send(...tries);
    expect(replies.at(-2)).toBe("loginERR;Wrong Password");
    expect(replies.at(-1)).toBe("loginERR;Too many attempts");
    const hashed = node.passwords.count;
    expect(await client.send("login;ana;segredo")).toEqual(["loginERR;Too many attempts"]);
    expect(node.passwords.count).toBe(hashed);
    await node.stepped.advance(limits.loginsPerAccountAndAddressEveryMs);
    expect(await client.send("login;ana;segredo")).toEqual(["loginACK;ana"]);
  });

  test("waits for its hash no longer than its connection is there, and under its address", async () => {
    const node = await withAna();
    const { askers } = node.passwords.hold();
    const client = node.connect();
    await client.send("login;ana;segredo");
    expect(askers.map(({ remoteAddress, signal }) => [remoteAddress, signal.aborted])).toEqual([["127.0.0.1", false]]);
    await client.lose();
    expect(askers.map(({ signal }) => signal.aborted)).toEqual([true]);
  });

  test("says so where too many passwords are being hashed", async () => {
    const node = await withAna();
    node.passwords.busy = true;
    expect(await node.connect().send("login;ana;segredo")).toEqual(["loginERR;Server busy"]);
  });

  test("is written to the log, also where it fails", async () => {
    const node = await withAna();
    await node.connect().send("login;ana;errado", "login;\u00e7;x", "login;ana;segredo", "logout");
    expect(node.log.slice(-4)).toEqual([
      "User 'ana' failed to log in from ip 127.0.0.1 (Wrong Password)",
      "User '?' failed to log in from ip 127.0.0.1 (Username not found)",
      "User 'ana' successfully logged in from ip 127.0.0.1",
      "User 'ana' logged out",
    ]);
  });
});

describe("passwd", () => {
  test("changes the password, and ends the resume key", async () => {
    const node = await withAna();
    const ana = node.connect();
    await ana.send("login;ana;segredo");
    const key = await ana.resumeKey();
    expect(await ana.send("passwd;ana;segredo;novo", "logout", "login;ana;segredo", "login;ana;novo")).toEqual([
      "passwdACK",
      "logoutACK",
      "loginERR;Wrong Password",
      "loginACK;ana",
    ]);
    expect(await node.connect().send(`resume;ana;${key}`)).toEqual(["resumeERR;Wrong Key"]);
  });

  test.each([
    ["passwd;ana;errado;novo", "passwdERR;WRONGPASSWORD"],
    ["passwd;ana;errado;errado", "passwdERR;WRONGPASSWORD"],
    ["passwd;ana;;novo", "passwdERR;WRONGPASSWORD"],
    ["passwd;ana;segredo;segredo", "passwdERR;SAMEPASSWORD"],
    ["passwd;ana;segredo;", "passwdERR;Invalid Password"],
    ["passwd;caio;segredo;novo", "passwdERR;Not your account"],
    ["passwd;ana;segredo", "passwdERR;Wrong Number of Arguments"],
  ])("%s is answered %s, and the password stays", async (message, reply) => {
    const ana = (await withAna()).connect();
    await ana.send("login;ana;segredo");
    expect(await ana.send(message, "logout", "login;ana;segredo")).toEqual([reply, "logoutACK", "loginACK;ana"]);
  });
});

test.each(["passwd;ana;segredo;novo", "logout", "key", "begin;ana;caio", "answer;ana;False", "result;a;b;WIN", "end"])(
  "%s needs a login",
  async (message) => {
    const [name] = message.split(";");
    expect(await (await withAna()).connect().send(message)).toEqual([`${name}ERR;Not logged in`]);
  },
);

test("what is no command is none, whatever it is", async () => {
  const client = new MatchNode().connect();
  for (const message of ["dance", "LOGIN;ana;x", " list", ";", ";;;", "loginACK;ana", "x".repeat(4_000), "\u0000"]) {
    expect(await client.send(message)).toEqual(["Comando Não Reconhecido"]);
  }
  expect(await client.sendRaw("\n", "\r\n")).toEqual([]);
});
