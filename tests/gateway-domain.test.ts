// An operator at a whole node: what clients say and play, seen over HTTP, and accounts shut while they are in use.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";

import { ChatClient } from "./lib/chat-client.ts";
import { MatchServer } from "./lib/match-server.ts";

/** Passwords are hashed as they are in production. */
setDefaultTimeout(60_000);
const undo: (() => unknown)[] = [];

afterEach(async () => {
  for (const act of undo.splice(0).toReversed()) await act();
});

async function serve(): Promise<MatchServer> {
  const server = await MatchServer.start();
  undo.push(() => server.stop());
  return server;
}

async function chat({ node }: MatchServer): Promise<ChatClient> {
  const client = await ChatClient.overTcp(node.port);
  undo.push(() => client.close());
  return client;
}

async function player(server: MatchServer, name: string) {
  const connection = await server.player(name);
  undo.push(() => connection.close());
  return connection;
}

/** As an operator, who has the admin token. */
async function ask(server: MatchServer, path: string, input?: object, method = "GET"): Promise<[number, unknown]> {
  const { httpPort, adminToken } = server.node.node;
  const headers = { Authorization: `Bearer ${adminToken}`, "Content-Type": "application/json" };
  const body = input === undefined ? {} : { body: JSON.stringify(input) };
  const response = await fetch(`http://127.0.0.1:${httpPort}${path}`, { method, headers, ...body });
  const text = await response.text();
  return [response.status, text === "" ? undefined : JSON.parse(text)];
}

const post = (server: MatchServer, path: string, input?: object) => ask(server, path, input, "POST");

describe("a chat over TCP", () => {
  test("is seen through /rooms: rooms, members, messages", async () => {
    const server = await serve();
    const [ana, bea] = [await chat(server), await chat(server)];
    await ana.askAll("HELLO ana", "JOIN Lobby", "SAY lobby oi", "SAY lobby <script>alert(1)</script>");
    await bea.askAll("HELLO bea", "JOIN lobby", "JOIN cozinha");
    expect(await ask(server, "/rooms?members=2")).toEqual([200, { items: [{ room: "lobby", members: 2, last: 2 }] }]);
    expect(await ask(server, "/rooms")).toMatchObject([200, { items: [{ room: "cozinha" }, { room: "lobby" }] }]);
    expect(await ask(server, "/rooms/LOBBY")).toEqual([200, { room: "lobby", members: 2, last: 2 }]);
    expect(await ask(server, "/rooms/lobby/members")).toMatchObject([
      200,
      { items: [{ id: "ana", address: expect.stringMatching(/^127\.0\.0\.1:\d+\/tcp$/) }, { id: "bea" }] },
    ]);
    expect(await ask(server, "/rooms/lobby/messages?after=1")).toMatchObject([
      200,
      { items: [{ number: 2, from: "ana", text: "<script>alert(1)</script>" }] },
    ]);
  });

  test("is not joined by looking: a room that nobody has made is 404", async () => {
    const server = await serve();
    for (const path of ["/rooms/lobby", "/rooms/lobby/members", "/rooms/lobby/messages"]) {
      expect(await ask(server, path)).toMatchObject([404, { code: "room_not_found" }]);
    }
    expect(await ask(server, "/actors?type=chat-room")).toEqual([200, { items: [] }]);
  });
});

describe("a hosted match", () => {
  test("is seen through /matches, while it goes on and when it is over, and on the leaderboard", async () => {
    const server = await serve();
    const [ana, bea] = [await player(server, "ana"), await player(server, "bea")];
    await ana.ask("begin;bea;ana;hosted");
    await bea.ask("answer;ana;True");
    const [, id = ""] = (await ana.take("match;")).split(";");
    expect(await ana.ask("play;2;2")).toBe("playACK;1");
    expect(await ask(server, "/matches?player=BEA&kind=hosted")).toEqual([
      200,
      { items: [{ id, kind: "hosted", host: "ana", guest: "bea" }] },
    ]);
    expect(await ask(server, "/matches?kind=p2p")).toEqual([200, { items: [] }]);
    expect(await ask(server, `/matches/${id}`)).toMatchObject([
      200,
      { board: "....O....", next: "bea", isOver: false, moves: [{ by: "ana", row: 2, column: 2 }] },
    ]);
    expect(await bea.ask("end")).toBe("endACK");
    expect(await ask(server, `/matches/${id}`)).toMatchObject([
      200,
      { board: "....O....", isOver: true, winner: "ana", reason: "resigned" },
    ]);
    expect(await ask(server, "/matches")).toEqual([200, { items: [] }]);
    const places = [
      { rank: 1, name: "ana", score: 1 },
      { rank: 2, name: "bea", score: 0 },
    ];
    expect(await ask(server, "/leaderboard")).toEqual([200, { items: places }]);
    expect(await ask(server, "/leaderboard/bea?limit=1")).toEqual([200, { items: places }]);
    expect(await ask(server, "/leaderboard/caio")).toMatchObject([404, { code: "player_not_found" }]);
  });
});

/** Made by an operator, and in use: in the chat over TCP, and by a modern or an existing match client. */
async function inUse(kind: "modern" | "existing") {
  const server = await serve();
  const made = { name: "ana", password: "segredo" };
  expect(await post(server, "/accounts", made)).toMatchObject([201, { name: "ana", status: "active" }]);
  expect(await post(server, "/accounts", made)).toMatchObject([409, { code: "account_exists" }]);
  const talking = await chat(server);
  const [, , chatKey = ""] = (await talking.ask("LOGIN ana segredo")).split(" ");
  const { secure, plain } =
    kind === "existing" ? await server.existing() : { secure: await server.modern(), plain: undefined };
  undo.push(
    () => plain?.close(),
    () => secure.close(),
  );
  expect(await secure.ask("login;ana;segredo")).toBe("loginACK;ana");
  return { server, talking, chatKey, secure, plain };
}

describe.each(["modern", "existing"] as const)("an account that is in use, by a(n) %s match client too", (kind) => {
  test("loses its sessions when it is disabled, and is entered by nobody until it is enabled", async () => {
    const { server, talking, chatKey, secure, plain } = await inUse(kind);
    const key = kind === "modern" ? (await secure.ask("key")).slice("keyACK;".length) : "none";

    expect(await post(server, "/accounts/ana/disable")).toEqual([204, undefined]);
    await Promise.all([talking.ends(), secure.loses(), plain?.loses()]);
    expect(talking.lines.at(-1)).toStartWith("* ! disconnected_by_operator ");
    expect(await ask(server, "/accounts")).toMatchObject([200, { items: [{ name: "ana", status: "disabled" }] }]);

    const again = kind === "modern" ? await server.modern() : (await server.existing()).secure;
    undo.push(() => again.close());
    expect(await again.ask("login;ana;segredo")).toBe("loginERR;Account disabled");
    expect(await again.ask("login;ana;errado")).toBe("loginERR;Wrong Password");
    if (kind === "modern") expect(await again.ask(`resume;ana;${key}`)).toBe("resumeERR;Wrong Key");
    expect(await (await chat(server)).askAll("LOGIN ana segredo", `HELLO ana ${chatKey}`)).toEqual([
      "ERROR: Conta desativada (account.disabled).",
      "ERROR: Este identificador tem senha: use LOGIN (chat.login_needed).",
    ]);

    expect(await post(server, "/accounts/ana/enable")).toEqual([204, undefined]);
    expect(await again.ask("login;ana;segredo")).toBe("loginACK;ana");
    expect(await (await chat(server)).ask("LOGIN ana segredo")).toStartWith("LOGIN: ana ");
    expect(await server.crashes()).toBe(0);
  });

  test("loses its sessions when it gets another password, which is the only one from then on", async () => {
    const { server, talking, secure, plain } = await inUse(kind);
    expect(await post(server, "/accounts/ana/reset", { password: "novo" })).toEqual([204, undefined]);
    await Promise.all([talking.ends(), secure.loses(), plain?.loses()]);
    const again = kind === "modern" ? await server.modern() : (await server.existing()).secure;
    undo.push(() => again.close());
    expect(await again.ask("login;ana;segredo")).toBe("loginERR;Wrong Password");
    expect(await again.ask("login;ana;novo")).toBe("loginACK;ana");
    const chatting = await chat(server);
    expect(await chatting.ask("LOGIN ana segredo")).toBe("ERROR: Nome ou senha incorretos (account.bad_password).");
    expect(await chatting.ask("LOGIN ana novo")).toStartWith("LOGIN: ana ");
    const [status, audit] = await ask(server, "/audit");
    expect([status, JSON.stringify(audit)]).toEqual([200, expect.stringContaining("/accounts/ana/reset")]);
    expect(JSON.stringify(audit)).not.toMatch(/segredo|novo/);
  });
});

describe("an account that there is not", () => {
  test("is 404 to each act", async () => {
    const server = await serve();
    for (const act of ["disable", "enable"]) {
      expect(await post(server, `/accounts/ana/${act}`)).toMatchObject([404, { code: "account_not_found" }]);
    }
    expect(await post(server, "/accounts/ana/reset", { password: "novo" })).toMatchObject([404, {}]);
    expect(await ask(server, "/accounts")).toEqual([200, { items: [] }]);
  });
});
