// What hostile or broken match clients can say: each message has its reply, and two bystanders play on undisturbed.
import { afterAll, afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";

import { eventually } from "./lib/eventually.ts";
import { Bystanders } from "./lib/match-bystanders.ts";
import type { MatchConnection } from "./lib/match-connection.ts";
import { MatchServer } from "./lib/match-server.ts";

setDefaultTimeout(20_000);

const UNKNOWN = "Comando Não Reconhecido";
const server = await MatchServer.start({ CORREIO_TURN_MS: 600_000 });
const bystanders = await Bystanders.start(server);
const [beto, caio] = await Promise.all([server.player("beto"), server.player("caio")]);
const observer = await server.modern();
const opened: MatchConnection[] = [];

afterEach(async () => {
  for (const connection of opened.splice(0)) connection.close();
  await bystanders.playOn();
  const [list, leaders] = await observer.askAll(["list", "leaders"]);
  expect(list).toBe("listACK;ana;bea;beto;caio");
  if (bystanders.games > 0) expect(leaders).toStartWith(`leadersACK;ana:${bystanders.games};`);
  expect(await server.crashes()).toBe(0);
});

afterAll(() => server.stop());

async function stranger(): Promise<MatchConnection> {
  const connection = await server.modern();
  opened.push(connection);
  return connection;
}

/** The plain connection of an existing client, whose messages end with LF, and its TLS connection. */
async function existing() {
  const client = await server.existing();
  opened.push(client.plain, client.secure);
  return client;
}

/** Each command, with all numbers of fields that it may have. */
const EVERYBODYS: readonly (readonly [command: string, ...counts: number[]])[] = [
  ["list", 0, 1],
  ["leaders", 0],
  ["begin", 2, 3],
  ["answer", 2, 5],
  ["result", 3],
  ["exit", 0],
];
const ACCOUNT: typeof EVERYBODYS = [
  ["adduser", 2],
  ["login", 2],
  ["passwd", 3],
  ["logout", 0],
];
const MODERN: typeof EVERYBODYS = [
  ["key", 0],
  ["resume", 2],
  ["heartbeat", 0],
  ["ping", 0, 1],
  ["play", 2, 3],
  ["end", 0],
  ["matches", 0],
  ["watch", 1],
  ["unwatch", 1],
  ["record", 1],
  ["around", 0, 1],
  ["top", 1],
];

const withFields = (command: string, count: number): string => [command, ...Array<string>(count).fill("x")].join(";");

/** With any other number of fields up to six. */
function wrongCounts(commands: typeof EVERYBODYS): readonly string[] {
  return commands.flatMap(([command, ...counts]) =>
    [0, 1, 2, 3, 4, 5, 6].filter((count) => !counts.includes(count)).map((count) => withFields(command, count)),
  );
}

const allRight = (commands: typeof EVERYBODYS): readonly string[] =>
  commands.flatMap(([command, ...counts]) => counts.map((count) => withFields(command, count)));

const errors = (messages: readonly string[], sentence: string): readonly string[] =>
  messages.map((message) => `${message.split(";")[0]}ERR;${sentence}`);

describe("a command with too many fields or too few is answered so, and does nothing", () => {
  test.each([
    ["of a modern client", stranger],
    ["of one who is logged in", () => Promise.resolve(caio)],
  ] as const)("%s", async (_, connect) => {
    const messages = wrongCounts([...EVERYBODYS, ...ACCOUNT, ...MODERN]);
    expect(messages.length).toBeGreaterThan(100);
    expect(await (await connect()).askAll(messages)).toEqual(errors(messages, "Wrong Number of Arguments"));
  });

  test("of an existing client, over plain and over TLS", async () => {
    const { plain, secure } = await existing();
    const messages = wrongCounts(EVERYBODYS);
    expect(await plain.askAll(messages)).toEqual(errors(messages, "Wrong Number of Arguments"));
    const ofAccounts = wrongCounts(ACCOUNT);
    expect(await secure.askAll(ofAccounts)).toEqual(errors(ofAccounts, "Wrong Number of Arguments"));
  });
});

describe("before login", () => {
  const NEED_LOGIN = ["begin", "answer", "result", "passwd", "logout", "key", "play", "end"];
  const messages = allRight([...EVERYBODYS, ...ACCOUNT, ...MODERN]).filter((message) =>
    NEED_LOGIN.includes(message.split(";")[0] as string),
  );

  test("whatever needs a player says so", async () => {
    expect(await (await stranger()).askAll(messages)).toEqual(errors(messages, "Not logged in"));
  });

  test("of an existing client it says so where the reply belongs", async () => {
    const { plain, secure } = await existing();
    expect(await plain.ask("begin;ana;bea")).toBe("beginERR;Not logged in");
    expect(await secure.ask("logout")).toBe("logoutERR;Not logged in");
    secure.send("result;ana;bea;WIN\n");
    expect(await plain.take("result")).toBe("resultERR;Not logged in");
  });

  test("what only modern clients have is no command of an existing one", async () => {
    const { plain } = await existing();
    const modern = allRight(MODERN);
    expect(await plain.askAll(modern)).toEqual(modern.map(() => UNKNOWN));
  });
});

describe("an account command over plain", () => {
  const messages = ["adduser;nobody;segredo", "login;ana;segredo de ana", "passwd;ana;a;b", "logout"];
  const replies = errors(messages, "TLS connection required");

  test("is not obeyed, and answered over plain where there is no TLS connection", async () => {
    const { plain } = await server.plain();
    opened.push(plain);
    expect(await plain.send("0\n").askAll(messages)).toEqual(replies);
  });

  test("is not obeyed, and answered over TLS where there is one", async () => {
    const { plain, secure } = await existing();
    expect(await secure.ask("logout")).toBe("logoutERR;Not logged in");
    plain.send(messages.map((message) => `${message}\n`).join(""));
    for (const reply of replies) expect(await secure.take(reply)).toBe(reply);
    expect(await secure.ask("login;nobody;segredo")).toBe("loginERR;Username not found");
    expect(plain.lines).toEqual([]);
  });

  test("is answered over plain again when the TLS connection is gone", async () => {
    const { plain, secure } = await existing();
    expect(await secure.ask("logout")).toBe("logoutERR;Not logged in");
    const before = await server.ended("disconnect");
    secure.close();
    await eventually("its end", async () => (await server.ended("disconnect")) > before);
    expect(await plain.ask("logout")).toBe("logoutERR;TLS connection required");
  });
});

/** A list from a name on that has these octets in it. */
const octets = (...values: number[]): Buffer => Buffer.from([...Buffer.from("list;a"), ...values, 0x0a]);

describe("text that is no message", () => {
  const BAD: readonly (readonly [what: string, message: Buffer, ...replies: string[]])[] = [
    ["NUL", octets(0), "listERR;Invalid Characters"],
    ["an escape sequence", Buffer.from("list;\u001b[2J\n"), "listERR;Invalid Characters"],
    ["a tab", Buffer.from("leaders;\t\n"), "leadersERR;Invalid Characters"],
    ["a carriage return within", Buffer.from("list;a\rb\n"), "listERR;Invalid Characters"],
    ["a control character of C1", Buffer.from("list;\u0085\n"), "listERR;Invalid Characters"],
    ["a separator of lines", Buffer.from("list;\u2028\n"), "listERR;Invalid Characters"],
    ["octets that are not UTF-8", octets(0xff), "listERR;Invalid Characters"],
    ["a character that is cut off", octets(0xc3), "listERR;Invalid Characters"],
    ["half of a pair of surrogates", octets(0xed, 0xa0, 0x80), "listERR;Invalid Characters"],
    ["an overlong `;`", octets(0xc0, 0xbb), "listERR;Invalid Characters"],
    ["a control character in the word", Buffer.from("list\u0000\n"), UNKNOWN],
    ["a newline in a field, which is two messages", Buffer.from("list;a\nb\n"), "listACK;ana;bea;beto;caio", UNKNOWN],
    ["separators alone", Buffer.from(";;;;\n"), UNKNOWN],
    ["4 096 octets of separators", Buffer.from(`list${";".repeat(4_092)}\n`), "listERR;Wrong Number of Arguments"],
    ["words that every object has", Buffer.from("__proto__;x\nconstructor\ntoString\n"), UNKNOWN, UNKNOWN, UNKNOWN],
    ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\n\r\n"), UNKNOWN],
  ];

  test.each(BAD)(
    "%s: both kinds of client are answered, and what comes behind it too",
    async (_, message, ...replies) => {
      const { plain } = await existing();
      for (const client of [await stranger(), plain]) {
        client.send(message);
        // An existing client is answered with the ending that its message had.
        for (const reply of replies) expect((await client.take("")).replace("\r", "")).toBe(reply);
        expect(await client.ask("list;bea")).toBe("listACK;beto;caio");
      }
    },
  );
});

describe("fields that are no name, password or key", () => {
  const BAD = [
    ["adduser;;segredo", "adduserERR;Invalid Username"],
    ["adduser;-ana;segredo", "adduserERR;Invalid Username"],
    ["adduser;a na;segredo", "adduserERR;Invalid Username"],
    ["adduser;__proto__;segredo", "adduserERR;Invalid Username"],
    ["adduser;../ana;segredo", "adduserERR;Invalid Username"],
    [`adduser;${"a".repeat(33)};segredo`, "adduserERR;Invalid Username"],
    ["adduser;nobody;", "adduserERR;Invalid Password"],
    [`adduser;nobody;${"a".repeat(129)}`, "adduserERR;Invalid Password"],
    ["login;;", "loginERR;Username not found"],
    ["login;' OR 1=1;x", "loginERR;Username not found"],
    ["resume;ana;", "resumeERR;Wrong Key"],
    [`resume;ana;${"k".repeat(32)}`, "resumeERR;Wrong Key"],
    ["resume;;x", "resumeERR;Wrong Key"],
    ["watch;nobody", "watchERR;No such match"],
    ["watch;../../etc", "watchERR;No such match"],
    ["watch;000000000000", "watchERR;No such match"],
    ["unwatch;000000000000", "unwatchERR;No such match"],
    ["record;000000000000", "recordERR;No such match"],
    ["record;x", "recordERR;No such match"],
    ["top;0", "topERR;Invalid count"],
    ["top;101", "topERR;Invalid count"],
    ["top;1e2", "topERR;Invalid count"],
    ["around", "aroundERR;Not logged in"],
  ] as const;

  test("are refused in words, one by one", async () => {
    const client = await stranger();
    expect(await client.askAll(BAD.map(([message]) => message))).toEqual(BAD.map(([, reply]) => reply));
  });

  test("an account is taken by one connection alone, and a connection by one account", async () => {
    const client = await stranger();
    expect(await client.ask("login;caio;segredo de caio")).toBe("loginERR;User already logged in");
    expect(await client.ask("login;Caio;segredo de caio")).toBe("loginERR;User already logged in");
    expect(await caio.ask("login;caio;segredo de caio")).toBe("loginERR;Already logged in");
    expect(await caio.ask("login;beto;segredo de beto")).toBe("loginERR;Already logged in");
    expect(await beto.ask("passwd;caio;segredo de caio;novo")).toBe("passwdERR;Not your account");
  });
});
