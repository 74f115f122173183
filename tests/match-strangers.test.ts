// What a stranger could take from others by asking for all of it: TLS ports, tries of passwords, hashes, our own pings.
import { afterAll, afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";

import { limits } from "#runtime/limits.ts";

import { eventually } from "./lib/eventually.ts";
import { MatchConnection } from "./lib/match-connection.ts";
import { MatchServer } from "./lib/match-server.ts";

setDefaultTimeout(30_000);

// Elsewhere a machine has one loopback address alone.
const describeOnLinux = describe.skipIf(process.platform !== "linux");
const STRANGER = "127.0.0.2";
const OWNER = "127.0.0.3";

const server = await MatchServer.start();
const opened: MatchConnection[] = [];

afterEach(async () => {
  for (const connection of opened.splice(0)) connection.close();
  await eventually("nobody", async () => (await server.metric("correio_connections")) === 0);
  expect(await server.crashes()).toBe(0);
});

afterAll(() => server.stop());

function kept(connection: MatchConnection): MatchConnection {
  opened.push(connection);
  return connection;
}

const refused = (reason: string): Promise<number> =>
  server.metric(`correio_connections_refused_total{reason="${reason}"}`);

const refusals = (type: string, reason: string): Promise<number> =>
  server.metric(`correio_refusals_total{type="${type}",reason="${reason}"}`);

/** Modern clients, connected at once. */
async function connected(count: number, from: string): Promise<readonly MatchConnection[]> {
  const clients = await Promise.all(Array.from({ length: count }, () => server.modern(from)));
  return clients.map(kept);
}

describeOnLinux("a stranger who takes every TLS port and uses none", () => {
  test("keeps nobody else from one: his oldest is closed for it, and he gets no more", async () => {
    const first = await server.plain(STRANGER);
    kept(first.plain);
    const rest = Array.from({ length: limits.privateListenersMax - 1 }, () => server.plain(STRANGER));
    for (const { plain } of await Promise.all(rest)) kept(plain);
    const { plain, secure } = await server.existing(OWNER);
    kept(plain);
    expect(await kept(secure).ask("adduser;ana;segredo de ana")).toBe("adduserACK");
    expect(await refused("net.listener_crowded_out")).toBe(1);
    await expect(server.secure(first.securePort, STRANGER)).rejects.toThrow();
    // The owner has his connection, and needs the port no more: there is one.
    kept((await server.plain(STRANGER)).plain);
    const late = kept(await MatchConnection.connect(server.port, { from: STRANGER }));
    await late.hears("disconnect");
    expect([await refused("net.listeners_max"), await server.ended("match.no_secure_port")]).toEqual([1, 1]);
    expect([late.heard, first.plain.over]).toEqual(["disconnect", false]);
  });
});

describeOnLinux("a stranger who tries another's password", () => {
  test("is told to wait, and the owner logs in from elsewhere at once", async () => {
    const owner = await server.player("bea", OWNER);
    expect(await kept(owner).ask("logout")).toBe("logoutACK");
    const [stranger] = (await connected(1, STRANGER)) as [MatchConnection];
    const tries = limits.loginsPerAccountAndAddressBurst;
    const replies = await stranger.askAll(Array.from({ length: tries + 2 }, () => "login;bea;segredo"));
    expect(replies.slice(0, tries)).toEqual(Array.from({ length: tries }, () => "loginERR;Wrong Password"));
    expect(replies.slice(tries)).toEqual(Array.from({ length: 2 }, () => "loginERR;Too many attempts"));
    expect(await owner.ask("login;bea;segredo de bea")).toBe("loginACK;bea");
  });
});

describeOnLinux("a stranger who wants many passwords hashed at once", () => {
  test("is told that the server is busy with his, and others are not", async () => {
    const many = limits.passwordHashesMax + limits.passwordHashesWaitingPerAddressMax + 3;
    const clients = await connected(many, "127.0.0.5");
    const [owner] = (await connected(1, OWNER)) as [MatchConnection];
    const before = await refusals("account", "account.busy");
    const gone = await refusals("account", "account.asker_gone");
    for (const [index, client] of clients.entries()) client.send(`adduser;many-${index};segredo\n`);
    await eventually("one who may not wait", () => clients.some(({ heard }) => heard === "adduserERR;Server busy\n"));
    expect(await refusals("account", "account.busy")).toBeGreaterThan(before);
    const made = owner.ask("adduser;caio;segredo de caio");
    for (const client of clients) client.reset();
    expect(await made).toBe("adduserACK");
    await eventually("those who waited", async () => (await refusals("account", "account.asker_gone")) > gone);
  });

  test("and leaves has none hashed that had to wait", async () => {
    // Another address: the first has spent its tries.
    const clients = await connected(limits.passwordHashesMax + 2, "127.0.0.4");
    const before = await refusals("account", "account.asker_gone");
    for (const [index, client] of clients.entries()) client.send(`adduser;gone-${index};segredo\n`);
    const [other] = (await connected(1, OWNER)) as [MatchConnection];
    expect(await other.ask("list")).toStartWith("listACK");
    for (const client of clients) client.reset();
    await eventually("those who waited", async () => (await refusals("account", "account.asker_gone")) > before);
    // Whose hash had begun has an account.
    const replies = await other.askAll(clients.map((_, index) => `login;gone-${index};x`));
    const unmade = replies.filter((reply) => reply === "loginERR;Username not found").length;
    expect([unmade, unmade + replies.filter((reply) => reply === "loginERR;Wrong Password").length]).toEqual([
      (await refusals("account", "account.asker_gone")) - before,
      clients.length,
    ]);
  });
});

describe("a ping port on which the server itself listens", () => {
  test("is refused to a client of its own machine: nobody is dialled, and another may be named", async () => {
    const one = await server.plain();
    const other = await server.plain();
    const { port, httpPort } = { port: server.node.port, httpPort: server.node.node.httpPort };
    const ours = [port, httpPort, server.port, server.tlsPort, one.securePort, other.securePort];
    const before = await refusals("existing-match-session", "match.bad_port");
    kept(other.plain);
    kept(one.plain).send(ours.map((each) => `${each}\n`).join(""));
    for (const _ of ours) expect(await one.plain.take("")).toBe("portERR;Invalid Port");
    expect((await refusals("existing-match-session", "match.bad_port")) - before).toBe(ours.length);
    const pings: string[] = [];
    const listener = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { data: (_, octets) => void pings.push(octets.toString()) },
    });
    one.plain.send(`${listener.port}\n`);
    await eventually("a ping", () => pings.length > 0);
    listener.stop(true);
    expect(pings).toEqual(["ping"]);
  });
});
