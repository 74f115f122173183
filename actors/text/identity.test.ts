// Who is who: ids of guests, resumption, accounts, and what strangers cannot learn or do.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { ChatNode } from "./test-clients.ts";

const KEY = /^HELLO: ana (k{31}\d) 0$/;

async function anaWithKey(node: ChatNode) {
  const ana = node.connect();
  const [reply = ""] = await ana.type("HELLO ana");
  return { ana, key: KEY.exec(reply)?.[1] ?? "" };
}

async function registered(node: ChatNode) {
  expect(await node.connect().type("ADDUSER ana segredo")).toEqual(["ADDUSER: ana"]);
}

describe("an id", () => {
  test("is given with a key and the last number of its inbox", async () => {
    const [reply = ""] = await new ChatNode().connect().type("HELLO ana");
    expect(reply).toMatch(KEY);
  });

  test.each(["ana", "ANA", "aNa"])("is held by one connection: %s is the same", async (same) => {
    const node = new ChatNode();
    await node.named("Ana");
    expect(await node.connect().type(`HELLO ${same}`)).toEqual(["ERROR: Identificador em uso (chat.id_in_use)."]);
  });

  test.each([
    ["paulo", "pau1o"],
    ["bob", "b0b"],
    ["lia", "1ia"],
    ["Ian", "lan"],
  ])("looks like no other: %s is there, %s cannot be", async (one, other) => {
    const node = new ChatNode();
    await node.named(one);
    expect((await node.connect().type(`HELLO ${other}`))[0]).toContain("(chat.id_in_use)");
  });

  test.each(["server", "Servidor", "adm1n", "ROOT", "sistema"])("is not the server's own: %s", async (id) => {
    expect((await new ChatNode().connect().type(`HELLO ${id}`))[0]).toContain("(chat.id_reserved)");
  });

  test.each(["аna", "a/b", "a@b", ".ana", "a".repeat(33), "josé", "*", "#ana"])(
    "has nothing but plain letters: %s",
    async (id) => {
      expect((await new ChatNode().connect().type(`HELLO ${id}`))[0]).toContain("(chat.bad_id)");
    },
  );

  test("of numbers is as good as any, and each number is another", async () => {
    const node = new ChatNode();
    await node.named("123456789");
    expect((await node.connect().type("HELLO 123456780"))[0]).toStartWith("HELLO: 123456780 ");
  });

  test("stays the connection's own", async () => {
    const ana = await new ChatNode().named("ana");
    expect((await ana.type("HELLO bea"))[0]).toContain("(chat.already_named)");
    expect((await ana.type("HELLO ana"))[0]).toStartWith("HELLO: ana ");
  });

  test("is needed for everything that others see", async () => {
    const nobody = new ChatNode().connect();
    const replies = await nobody.type("JOIN lobby", "SAY lobby oi", "MSG ana oi", "WHO lobby", "UDP");
    const refusal = "ERROR: Diga antes quem você é: HELLO nome (chat.hello_first).";
    expect(replies).toEqual(Array.from({ length: 5 }, () => refusal));
  });
});

describe("an id that two ask for at once", () => {
  test("goes to one of them; the other is refused, and may ask for another", async () => {
    const node = new ChatNode();
    const [first, second] = [node.connect(), node.connect()];
    for (const client of [first, second]) client.connection.deliver("HELLO ana\n");
    await node.stepped.clock.settle();
    expect(first.lines).toEqual([expect.stringMatching(/^HELLO: ana /)]);
    expect(second.lines).toEqual(["ERROR: Identificador em uso (chat.id_in_use).\n"]);
    expect((await second.type("HELLO bea"))[0]).toStartWith("HELLO: bea ");
  });

  test("with its key stays with the last of them", async () => {
    const node = new ChatNode();
    const { key } = await anaWithKey(node);
    const [first, second] = [node.connect(), node.connect()];
    for (const client of [first, second]) client.connection.deliver(`HELLO ana ${key}\n`);
    await node.stepped.clock.settle();
    expect(first.connection.endReason).toBe("replaced");
    expect(second.connection.endReason).toBeUndefined();
  });
});

describe("resuming", () => {
  test("takes the id over from a connection that nobody knows to be dead yet", async () => {
    const node = new ChatNode();
    const { ana, key } = await anaWithKey(node);
    const again = node.connect();
    expect((await again.type(`HELLO ana ${key}`))[0]).toMatch(KEY);
    expect(ana.lines.at(-1)).toBe("* ! replaced Outra conexão assumiu este identificador.\n");
    expect(ana.connection.endReason).toBe("replaced");
    expect(again.connection.endReason).toBeUndefined();
  });

  test("works again with the same key: the answer to the last time may have been lost", async () => {
    const node = new ChatNode();
    const { key } = await anaWithKey(node);
    await node.connect().type(`HELLO ana ${key}`);
    expect(await node.connect().type(`HELLO ana ${key}`)).toEqual([`HELLO: ana ${key} 0`]);
  });

  test("works with no other key, and an id that is free has another one each time", async () => {
    const node = new ChatNode();
    const { ana, key } = await anaWithKey(node);
    expect((await node.connect().type(`HELLO ana ${"k".repeat(32)}`))[0]).toContain("(chat.id_in_use)");
    await ana.type("EXIT");
    expect((await node.connect().type("HELLO ana"))[0]).not.toContain(key);
  });

  test("works after kill -9", async () => {
    const node = new ChatNode();
    const { key } = await anaWithKey(node);
    node.stepped.kill();
    await node.stepped.restart();
    expect((await node.connect().type("HELLO ana"))[0]).toContain("(chat.id_in_use)");
    expect((await node.connect().type(`HELLO ana ${key}`))[0]).toMatch(KEY);
  });

  test("is possible for a while; then the id is free, with an empty inbox", async () => {
    const node = new ChatNode();
    const { ana } = await anaWithKey(node);
    const bea = await node.named("bea");
    await bea.type("MSG ana oi");
    await ana.leave();
    await node.stepped.advance(limits.idReservedMs - 1_000);
    const other = node.connect();
    expect((await other.type("HELLO ana"))[0]).toContain("(chat.id_in_use)");
    await node.stepped.advance(2_000);
    expect((await other.type("HELLO ana"))[0]).toMatch(KEY);
    expect(await other.type("HISTORY @ana")).toEqual(["HISTORY: @ana 0 0"]);
  });

  test("keeps no id for ever when the store failed as its connection was lost", async () => {
    const node = new ChatNode();
    const { ana } = await anaWithKey(node);
    node.stepped.storeFaults.next("commit", { fails: "store.full" });
    await ana.leave();
    await node.stepped.advance(limits.idReservedMs + 2 * limits.watchInquiryMs);
    expect((await node.connect().type("HELLO ana"))[0]).toMatch(KEY);
  });

  test("is not needed after EXIT: the id is free at once", async () => {
    const node = new ChatNode();
    const { ana } = await anaWithKey(node);
    await ana.type("EXIT");
    expect((await node.connect().type("HELLO ana"))[0]).toMatch(KEY);
  });
});

describe("an account", () => {
  test("gives its id to whoever has the password, over any connection", async () => {
    const node = new ChatNode();
    await registered(node);
    expect((await node.connect().type("LOGIN ana segredo"))[0]).toStartWith("LOGIN: ana ");
    expect((await node.connect("udp-text-session").type("LOGIN ana segredo"))[0]).toStartWith("LOGIN: ana ");
  });

  test("cannot be made twice, nor under a name that looks like it", async () => {
    const node = new ChatNode();
    await registered(node);
    expect((await node.connect().type("ADDUSER ANA outra"))[0]).toContain("(account.exists)");
  });

  test("keeps its id from guests, also before anybody has logged in", async () => {
    const node = new ChatNode();
    await registered(node);
    expect((await node.connect().type("HELLO ana"))[0]).toContain("(chat.login_needed)");
    expect((await node.connect().type("HELLO ana guessed"))[0]).toContain("(chat.login_needed)");
    await node.connect().type("LOGIN ana segredo", "EXIT");
    expect((await node.connect().type("HELLO ana"))[0]).toContain("(chat.login_needed)");
  });

  test("takes its id from a guest, who leaves no messages behind", async () => {
    const node = new ChatNode();
    const guest = await node.named("ana");
    await (await node.named("bea")).type("MSG ana para a visita");
    await registered(node);
    const ana = node.connect();
    expect((await ana.type("LOGIN ana segredo"))[0]).toEndWith(" 0");
    expect(await ana.type("HISTORY @ana")).toEqual(["HISTORY: @ana 0 0"]);
    expect(guest.connection.endReason).toBe("replaced");
  });

  test("takes its id also from a guest who floods, who is not obeyed and hears nothing any more", async () => {
    const node = new ChatNode();
    const guest = await node.named("ana");
    const bea = await node.named("bea");
    await registered(node);
    guest.clear();
    guest.connection.deliver(...Array.from({ length: 2 * limits.mailboxMessagesMax }, () => "HISTORY @ana\n"));
    const ana = node.connect();
    ana.connection.deliver("LOGIN ana segredo\n");
    await node.stepped.advance(1);
    bea.connection.deliver("MSG ana só para a dona\n");
    await node.stepped.advance(60_000);
    expect(ana.lines.at(-1)).toEndWith(" bea: só para a dona\n");
    expect(guest.lines.filter((line) => line.includes("bea"))).toEqual([]);
    expect(guest.lines.length).toBeLessThan(limits.commandsBurst + 4);
    expect(guest.connection.endReason).toBe("replaced");
  });

  test("that has been left takes its password again: the key is of no use any more", async () => {
    const node = new ChatNode();
    await registered(node);
    const ana = node.connect();
    const [reply = ""] = await ana.type("LOGIN ana segredo");
    await ana.type("EXIT");
    expect((await node.connect().type(`HELLO ana ${reply.split(" ")[2]}`))[0]).toContain("(chat.login_needed)");
  });

  test("keeps its inbox while its owner is away", async () => {
    const node = new ChatNode();
    await registered(node);
    await node.connect().type("LOGIN ana segredo", "EXIT");
    await (await node.named("bea")).type("MSG ana até logo");
    await node.stepped.advance(2 * limits.idReservedMs);
    const ana = node.connect();
    expect((await ana.type("LOGIN ana segredo"))[0]).toEndWith(" 1");
    expect((await ana.type("HISTORY @ana"))[1]).toEndWith(" bea: até logo");
  });

  test("has an inbox before its owner has ever logged in", async () => {
    const node = new ChatNode();
    await registered(node);
    expect(await (await node.named("bea")).type("MSG ana bem-vinda")).toEqual(["MSG: ana 1"]);
    const ana = node.connect();
    expect((await ana.type("LOGIN ana segredo"))[0]).toEndWith(" 1");
    expect((await ana.type("HISTORY @ana"))[1]).toEndWith(" bea: bem-vinda");
  });

  test("answers a wrong name like a wrong password, and hashes for both", async () => {
    const node = new ChatNode();
    await registered(node);
    const before = node.passwords.count;
    const wrong = "ERROR: Nome ou senha incorretos (account.bad_password).";
    expect(await node.connect().type("LOGIN ana errada")).toEqual([wrong]);
    expect(await node.connect().type("LOGIN zeca errada")).toEqual([wrong]);
    expect(node.passwords.count - before).toBe(2);
  });

  test("says so when too many passwords wait to be hashed", async () => {
    const node = new ChatNode();
    await registered(node);
    node.passwords.busy = true;
    expect((await node.connect().type("LOGIN ana segredo"))[0]).toContain("(account.busy)");
    expect((await node.connect().type("ADDUSER bea segredo"))[0]).toContain("(account.busy)");
  });
});

describe("tries of passwords", () => {
  test("are bounded for one account before anything is hashed, and come back with time", async () => {
    const node = new ChatNode();
    const burst = limits.loginsPerAccountAndAddressBurst;
    for (let count = 0; count < burst; count++) await node.connect().type("LOGIN ana x");
    const hashed = node.passwords.count;
    expect((await node.connect().type("LOGIN ana x"))[0]).toContain("(account.too_many_tries)");
    expect(node.passwords.count).toBe(hashed);
    await node.stepped.advance(limits.loginsPerAccountAndAddressEveryMs);
    expect((await node.connect().type("LOGIN ana x"))[0]).toContain("(account.bad_password)");
  });

  test("are bounded for one address, whatever the accounts", async () => {
    const node = new ChatNode();
    const tries = Array.from({ length: limits.loginsPerAddressBurst }, (_, index) => `LOGIN person${index} x`);
    await node.connect().type(...tries);
    const hashed = node.passwords.count;
    expect((await node.connect().type("LOGIN zeca x"))[0]).toContain("(account.too_many_tries)");
    expect((await node.connect().type("ADDUSER zeca x"))[0]).toContain("(account.too_many_tries)");
    expect(node.passwords.count).toBe(hashed);
  });

  test("take none from those for the account where one is made", async () => {
    const node = new ChatNode();
    const burst = limits.loginsPerAccountAndAddressBurst;
    const tries = Array.from({ length: burst }, () => "ADDUSER ana x");
    await node.connect().type(...tries);
    expect((await node.connect().type("LOGIN ana y"))[0]).toContain("(account.bad_password)");
  });

  test("end with their connection: nothing is hashed for who is gone", async () => {
    const node = new ChatNode();
    await registered(node);
    const { askers } = node.passwords.hold();
    for (const command of ["LOGIN ana segredo", "ADDUSER bea segredo"]) {
      const client = node.connect();
      await client.type(command);
      expect(askers.at(-1)?.signal.aborted).toBe(false);
      await client.leave();
      expect(askers.at(-1)?.signal.aborted).toBe(true);
    }
  });
});

describe("a password on a connection that is not encrypted", () => {
  test("is warned of", async () => {
    const replies = await new ChatNode({ plainLogin: "warn" }).connect().type("ADDUSER ana segredo");
    expect(replies).toEqual(["* ! plain_login A senha viajou sem cifra; use a porta TLS.", "ADDUSER: ana"]);
  });

  test("is refused where the operator says so, unhashed", async () => {
    const node = new ChatNode({ plainLogin: "refuse" });
    expect((await node.connect().type("LOGIN ana segredo"))[0]).toContain("(account.needs_tls)");
    expect(node.passwords.count).toBe(0);
  });

  test("may come over a WebSocket where the gateway speaks TLS, and over no plain TCP for that", async () => {
    const node = new ChatNode({ plainLogin: "refuse", isWebEncrypted: true });
    expect(await node.connect("web-session").type("ADDUSER ana segredo")).toEqual(["ADDUSER: ana"]);
    expect((await node.connect().type("LOGIN ana segredo"))[0]).toContain("(account.needs_tls)");
  });

  test("is in no log, also behind a command that is misspelt", async () => {
    const node = new ChatNode();
    await node.connect().type("ADDUSER ana segredo", "LOGIN ana segredo");
    await node.connect().type("LOGN ana segredo", "LOGIN ana segredo demais");
    expect(node.fileLines.length).toBeGreaterThan(4);
    expect([...node.fileLines, ...node.consoleLines].filter((line) => line.includes("segredo"))).toEqual([]);
  });
});
