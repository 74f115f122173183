// Requests and their replies, field by field in their order, and what else a request does or does not do.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import type { MessagingStore } from "./messaging-store.ts";
import { serve } from "./serve.ts";
import { FUTURE, MessagingNode, TestDesk } from "./test-desk.ts";

const NOW = "09:11:00";

type Data = Readonly<Record<string, unknown>>;

const FULL_STORE = { login: async () => "full", createChannel: async () => "full" } as unknown as MessagingStore;

async function startNode(): Promise<MessagingNode> {
  return new MessagingNode().with({ users: ["ana", "bea"], channels: ["geral"] });
}

/** The reply with its fields in their order, and with the clock left out of it. */
async function asked(node: MessagingNode, service: string, data: Data = {}): Promise<string> {
  const reply = await node.send({ service, data });
  return JSON.stringify(reply).replace(/,"clock":\d+/, "");
}

/** As `asked` has it. */
const reply = (service: string, data: Data): string => JSON.stringify({ service, data: { ...data, timestamp: NOW } });

describe("the reply to", () => {
  test("a login is another the second time", async () => {
    const node = new MessagingNode();
    const first = { status: "sucesso", description: "Login registrado com sucesso.", user: "ana" };
    const again = { status: "logado", description: "Usuário 'ana' já está cadastrado e logado.", user: "ana" };
    expect(await asked(node, "login", { user: "ana", timestamp: NOW, clock: 1 })).toBe(reply("login", first));
    expect(await asked(node, "login", { user: "ana", timestamp: NOW, clock: 2 })).toBe(reply("login", again));
  });

  test("users, and to channels, is a list in the order of coming", async () => {
    const node = await startNode();
    expect(await asked(node, "users")).toBe(reply("users", { users: ["ana", "bea"] }));
    expect(await asked(node, "channels")).toBe(reply("channels", { channels: ["geral"] }));
  });

  test("a channel says that it is new, or that it is not", async () => {
    const node = new MessagingNode();
    const created = { status: "sucesso", description: "Canal 'geral' criado com sucesso." };
    expect(await asked(node, "channel", { channel: "geral" })).toBe(reply("channel", created));
    const existed = { status: "erro", description: "Canal 'geral' já existe." };
    expect(await asked(node, "channel", { channel: "geral" })).toBe(reply("channel", existed));
  });

  test("a publication, and to a message to a user, is OK", async () => {
    const node = await startNode();
    const said = { user: "ana", channel: "geral", message: "oi" };
    expect(await asked(node, "publish", said)).toBe(reply("publish", { status: "OK", message: "" }));
    const sent = { src: "ana", dst: "bea", message: "oi" };
    expect(await asked(node, "message", sent)).toBe(reply("message", { status: "OK" }));
  });

  test("a history has the messages, their last number, and the page that was asked for", async () => {
    const node = await startNode();
    for (const message of ["um", "dois", "três"]) await node.ask("publish", { user: "ana", channel: "geral", message });
    await node.ask("message", { src: "ana", dst: "bea", message: "oi" });
    const history = await node.ask("history", { channel: "geral", after: 1, count: 1 });
    const text = "geral ana: dois [09:11:00] (clock=6)";
    expect(history).toMatchObject({
      messages: [{ number: 2, at: node.stepped.clock.unixMs(), from: "ana", text, clock: 6, hlc: "h2" }],
      last: 3,
    });
    expect(Object.keys(history)).toEqual(["messages", "last", "timestamp", "clock"]);
    expect(await node.ask("history", { user: "bea" })).toMatchObject({
      messages: [{ number: 1, from: "ana" }],
      last: 1,
    });
    expect(await node.ask("history", { user: "ana", channel: null })).toMatchObject({ messages: [], last: 0 });
  });

  test("what nobody knows has no time", async () => {
    const node = new MessagingNode();
    const unknown = { status: "erro", message: "servico desconhecido", clock: 6 };
    const given = await node.send({ service: "logout", data: { clock: 4 } });
    expect(JSON.stringify(given)).toBe(JSON.stringify({ service: "error", data: unknown }));
    expect(node.desk.counted).toEqual(["messaging.unknown_service"]);
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["a text", "login"],
    ["a list", [{ service: "users", data: {} }]],
    ["no service", { data: {} }],
    ["a service that is no text", { service: 5, data: {} }],
    ["no data", { service: "users" }],
    ["data that is a list", { service: "users", data: [] }],
  ])("%s, which is no request, is an error", async (_, request) => {
    const node = new MessagingNode();
    const message = "Pedido inválido: esperado um mapa {service, data}.";
    const given = await node.send(request);
    expect(JSON.stringify(given)).toBe(
      JSON.stringify({ service: "error", data: { status: "erro", message, clock: 1 } }),
    );
    expect(node.desk.counted).toEqual(["messaging.bad_request"]);
  });

  test.each(["constructor", "toString", "__proto__", "Login", ""])("%p is that nobody knows it", async (service) => {
    expect((await new MessagingNode().send({ service, data: {} })).service).toBe("error");
  });
});

describe("a no is counted, and says why:", () => {
  const badUser = "Nome de usuário inválido ou reservado: de 1 a 64 caracteres, sem espaços nas pontas.";
  const badChannel = "Nome de canal inválido ou reservado: de 1 a 64 caracteres, sem espaços.";
  const badPage = "Página inválida: 'after' de 0 em diante, 'count' de 1 a 100.";
  const badFeed = "Histórico de quê? Esperado 'channel' ou 'user', um dos dois.";
  const badId = "id inválido: esperado um texto de 1 a 64 caracteres.";
  const tooLong = "Mensagem longa demais: até 4096 caracteres.";
  const long = "x".repeat(limits.messagingTextLengthMax + 1);

  test.each<readonly [service: string, data: Data, ...no: readonly [field: string, reason: string, text: string]]>([
    ["login", {}, "description", "bad_user", badUser],
    ["login", { user: "servers" }, "description", "bad_user", badUser],
    ["login", { user: "ana", id: "" }, "description", "bad_id", badId],
    ["login", { user: "ana", id: 5 }, "description", "bad_id", badId],
    ["login", { user: "ana", id: "a\0" }, "description", "bad_id", badId],
    ["login", { user: "ana", id: "x".repeat(limits.messagingIdLengthMax + 1) }, "description", "bad_id", badId],
    ["channel", { channel: "a b" }, "description", "bad_channel", badChannel],
    ["channel", { channel: "geral" }, "description", "channel_exists", "Canal 'geral' já existe."],
    ["publish", { user: "ana", channel: "outro", message: "oi" }, "message", "no_channel", "Canal não existe."],
    ["publish", { user: "ana", message: "oi" }, "message", "no_channel", "Canal não existe."],
    ["publish", { user: "@ana", channel: "geral", message: "oi" }, "message", "bad_user", badUser],
    ["publish", { user: "ana", channel: "geral" }, "message", "bad_text", "Mensagem inválida: esperado um texto."],
    ["publish", { user: "ana", channel: "geral", message: long }, "message", "text_too_long", tooLong],
    ["message", { src: "ana", dst: "caio", message: "oi" }, "message", "no_user", "Usuário de destino não existe."],
    ["message", { src: "ana", message: "oi" }, "message", "no_user", "Usuário de destino não existe."],
    ["message", { dst: "bea", message: "oi" }, "message", "bad_user", badUser],
    ["message", { src: "ana", dst: "bea", message: long }, "message", "text_too_long", tooLong],
    ["history", { channel: "outro" }, "message", "no_channel", "Canal não existe."],
    ["history", { channel: "@geral" }, "message", "no_channel", "Canal não existe."],
    ["history", { user: "caio" }, "message", "no_user", "Usuário não existe."],
    ["history", {}, "message", "bad_feed", badFeed],
    ["history", { channel: "geral", user: "ana" }, "message", "bad_feed", badFeed],
    ["history", { channel: "geral", count: 0 }, "message", "bad_page", badPage],
    ["history", { channel: "geral", count: limits.historyPageMax + 1 }, "message", "bad_page", badPage],
    ["history", { channel: "geral", count: "5" }, "message", "bad_page", badPage],
    ["history", { channel: "geral", after: -1 }, "message", "bad_page", badPage],
    ["history", { channel: "geral", after: 0.5 }, "message", "bad_page", badPage],
  ])("%s %j", async (service, data, ...[field, reason, text]) => {
    const node = await startNode();
    expect(await asked(node, service, data)).toBe(reply(service, { status: "erro", [field]: text }));
    expect(node.desk.counted).toEqual([`messaging.${reason}`]);
    expect(node.published).toEqual([]);
  });

  test.each([
    ["login", { user: "ana" }, "too_many_users", "Limite de 10000 usuários atingido."],
    ["channel", { channel: "geral" }, "too_many_channels", "Limite de 1000 canais atingido."],
  ])("%s, where there are as many as may be", async (service, data, reason, description) => {
    const desk = new TestDesk(FULL_STORE);
    expect((await serve(desk, { service, data })).data).toMatchObject({ status: "erro", description });
    expect(desk.counted).toEqual([`messaging.${reason}`]);
  });

  test("a text, an id and a page may be as long as may be", async () => {
    const node = await startNode();
    const message = "x".repeat(limits.messagingTextLengthMax);
    const id = "x".repeat(limits.messagingIdLengthMax);
    expect(await node.ask("publish", { user: "ana", channel: "geral", message, id })).toMatchObject({ status: "OK" });
    const page = { channel: "geral", count: limits.historyPageMax };
    expect(await node.ask("history", page)).toMatchObject({ last: 1 });
  });
});

describe("what is said", () => {
  test("is published to its topic, plainly and with its number", async () => {
    const node = await startNode();
    await node.ask("publish", { user: "ana", channel: "geral", message: "oi", clock: 40 });
    await node.ask("message", { src: "bea", dst: "ana", message: "olá" });
    expect(node.published).toEqual([
      "geral ana: oi [09:11:00] (clock=42)",
      "@geral\t1 geral ana: oi [09:11:00] (clock=42)",
      "ana bea: olá [09:11:00] (clock=44)",
      "@@ana\t1 ana bea: olá [09:11:00] (clock=44)",
    ]);
  });

  test("need not come from anybody who has logged in, as with the existing servers", async () => {
    const node = await startNode();
    expect(await node.ask("publish", { user: "caio", channel: "geral", message: "" })).toMatchObject({ status: "OK" });
  });

  test("is acknowledged when it is stored, and not before", async () => {
    const node = await startNode();
    const letGo = node.stepped.storeFaults.holdCommit();
    const said = serve(node.desk, { service: "publish", data: { user: "ana", channel: "geral", message: "oi" } });
    expect((await node.stepped.outcome(said)).kind).toBe("pending");
    expect(node.published).toEqual([]);
    letGo();
    expect((await node.stepped.outcome(said)).kind).toBe("answered");
  });

  test("and cannot be stored is answered with an error, and published nowhere", async () => {
    const node = await startNode();
    node.stepped.storeFaults.next("commit", { fails: "store.full" });
    expect(await asked(node, "publish", { user: "ana", channel: "geral", message: "oi" })).toBe(
      reply("publish", { status: "erro", message: "Serviço indisponível agora; tente de novo." }),
    );
    expect(node.desk.counted).toEqual(["store.full"]);
    expect(node.published).toEqual([]);
  });
});

describe("a request with an id", () => {
  test("is done once: a login stays the first, a channel stays new", async () => {
    const node = new MessagingNode();
    for (const _ of ["first", "again"]) {
      expect(await node.ask("login", { user: "ana", id: "1" })).toMatchObject({ status: "sucesso" });
      expect(await node.ask("channel", { channel: "geral", id: "1" })).toMatchObject({ status: "sucesso" });
    }
    expect(await node.ask("login", { user: "ana", id: "2" })).toMatchObject({ status: "logado" });
  });

  test("is said once, though its reply was lost with the server", async () => {
    const node = await startNode();
    const said = { user: "ana", channel: "geral", message: "oi", id: "1" };
    node.stepped.storeFaults.next("commit", { kills: "after" });
    expect(await node.ask("publish", said).catch(String)).toBe("Error: node.killed");
    await node.stepped.restart();
    expect(await node.ask("publish", said)).toMatchObject({ status: "OK" });
    expect(await node.ask("history", { channel: "geral" })).toMatchObject({ last: 1 });
  });

  test("is another where somebody else has the same, or says something else by it", async () => {
    const node = await startNode();
    for (const [user, message] of [
      ["ana", "oi"],
      ["bea", "oi"],
      ["ana", "olá"],
      ["ana", "oi"],
    ]) {
      await node.ask("publish", { user, message, channel: "geral", id: "1" });
    }
    expect(await node.ask("history", { channel: "geral" })).toMatchObject({ last: 3 });
  });
});

describe("clocks", () => {
  test("of the reply are later than that of the request", async () => {
    const node = new MessagingNode();
    expect(await node.ask("users", { clock: 7 })).toMatchObject({ clock: 9 });
    expect(await node.ask("users", { clock: 3 })).toMatchObject({ clock: 11 });
  });

  test.each([{}, { clock: null, hlc: null }])("may be missing: %j", async (data) => {
    expect(await new MessagingNode().ask("users", data)).toEqual({ users: [], timestamp: NOW, clock: 1 });
  });

  test("of the hybrid kind come back where they are sent, behind everything else", async () => {
    const data = await new MessagingNode().ask("users", { hlc: "h7", clock: 1 });
    expect(JSON.stringify(data)).toBe(JSON.stringify({ users: [], timestamp: NOW, clock: 3, hlc: "h9" }));
  });

  test.each([
    [{ clock: "5" }, "bad_clock", "clock inválido"],
    [{ clock: FUTURE }, "clock_from_future", "clock muito adiantado"],
    [{ hlc: "5" }, "bad_clock", "hlc inválido"],
    [{ hlc: `h${FUTURE}`, clock: 1 }, "clock_from_future", "hlc muito adiantado"],
  ])("that are refused have nothing done: %j", async (clocks, reason, text) => {
    const node = await startNode();
    expect(await node.ask("publish", { user: "ana", channel: "geral", message: "oi", ...clocks })).toMatchObject({
      status: "erro",
      message: text,
    });
    expect(await node.ask("login", { user: "caio", ...clocks })).toMatchObject({ status: "erro", description: text });
    expect(node.desk.counted).toEqual([`messaging.${reason}`, `messaging.${reason}`]);
    expect(node.published).toEqual([]);
    expect(await node.ask("users")).toMatchObject({ users: ["ana", "bea"] });
  });
});
