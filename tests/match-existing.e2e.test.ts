// Existing match clients, in Python as strangers wrote them, against a whole server: each reply as the document has it.
import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { eventually } from "./lib/eventually.ts";
import { MATCH_PORTS } from "./lib/node-settings.ts";
import { hasPython, runPython } from "./lib/python.ts";
import { QUICK_PASSWORDS } from "./lib/quick-passwords.ts";
import { ServerProcess } from "./lib/server-process.ts";

const WAITING = 3;
/** Of each: plain, TLS, and the one by which it is pinged. */
const CONNECTIONS_EACH = 3;
/** A client that answers may be slow to, on a busy machine. */
const HEARTBEAT = { CORREIO_HEARTBEAT_MS: 200, CORREIO_PONG_MS: 1_500 };
const servers: ServerProcess[] = [];

afterAll(async () => {
  for (const server of servers) await server.remove();
});

/** Everything at once on one server, and then its end by SIGTERM. */
async function play() {
  const server = await ServerProcess.start({ ...MATCH_PORTS, ...HEARTBEAT }, QUICK_PASSWORDS);
  servers.push(server);
  const { matchPort, matchTlsPort, dataFolder } = server;
  const certificate = join(dataFolder, "cert.pem");
  const [game, strict, pings] = (await Promise.all([
    runPython("match_game.py", [matchPort, certificate]),
    runPython("match_strict.py", [matchPort, matchTlsPort, certificate]),
    runPython("match_pings.py", [matchPort, certificate]),
  ])) as Record<string, unknown>[];
  const waiting = runPython("match_until_end.py", [matchPort, certificate, WAITING]);
  const connections = (): Promise<number> => server.figures.metric("correio_connections");
  await eventually("those who wait", async () => (await connections()) === WAITING * CONNECTIONS_EACH);
  server.signal("SIGTERM");
  const told = await waiting;
  const exitCode = await server.exit();
  const log = readFileSync(join(dataFolder, "log.txt"), "utf8").split("\n");
  return { game, strict, pings, told, exitCode, log, matchPort, matchTlsPort };
}

// Without Python there is no such client here.
const played = hasPython ? await play() : undefined;

describe.skipIf(!hasPython)("an existing client", () => {
  test("registers, plays peer to peer and reports, and every reply is the document's", () => {
    const { pings, ...heard } = played?.game ?? {};
    expect(heard).toEqual({
      "leaders before": "leadersACK",
      "list before": "listACK",
      "not logged in": "beginERR;Not logged in",
      "adduser ana": "adduserACK",
      "login ana": "loginACK;ana",
      "adduser beto": "adduserACK",
      "login beto": "loginACK;beto",
      "adduser again": "adduserERR;USEREXISTS",
      "passwd same": "passwdERR;SAMEPASSWORD",
      "passwd wrong": "passwdERR;WRONGPASSWORD",
      passwd: "passwdACK",
      "wrong count": "loginERR;Wrong Number of Arguments",
      list: "listACK;ana;beto",
      unknown: "Comando Não Reconhecido",
      "begin nobody": "beginERR;Invited user not connected",
      "begin declined": "beginACK",
      invite: "invite;ana",
      "answer no": "answerACK",
      declined: "answer;beto;False",
      begin: "beginACK",
      "invite again": "invite;ana",
      "answer yes": "answerACK",
      accepted: ["answer", "beto", "True", "127.0.0.1", true, true],
      delay: true,
      moves: ["play;1;1", "play;2;1", "play;1;2", "play;2;2", "play;1;3"],
      busy: "beginERR;Inviting User currently in a match",
      "result ana": "resultACK",
      "leaders between": "leadersACK",
      "result beto": "resultACK",
      leaders: "leadersACK;ana:1;beto:0",
      "begin conflict": "beginACK",
      "invite ana": "invite;beto",
      "answer conflict": "answerACK",
      "accepted beto": "answer;ana;True;127.0.0.1;5001;5002",
      "result first": "resultACK",
      "result second": "resultERR;Conflicting reports of match result",
      "conflict told": "resultERR;Conflicting reports of match result",
      "leaders after conflict": "leadersACK;ana:1;beto:0",
      logout: "logoutACK",
      "list after": "listACK;beto",
      exit: "",
    });
    expect(Math.min(...(pings as number[]))).toBeGreaterThan(0);
  });

  test("may check the certificate as strictly as RFC 5280 asks, and finds it good for its name alone", () => {
    expect(played?.strict).toEqual({
      modern: expect.stringMatching(/^listACK(;ana|;beto)*\n$/),
      "by address": expect.stringMatching(/^listACK(;ana|;beto)*\n$/),
      "another name": expect.stringContaining("example.org"),
      "other authorities": expect.stringContaining("certificate"),
      existing: "loginERR;Username not found",
    });
  });

  test("that does not answer a ping is told `disconnect` and let go; one that does stays", () => {
    const { pings } = played ?? {};
    expect(pings).toEqual({ silent: ["disconnect", ""], "silent pings": 1, answering: "Comando Não Reconhecido" });
  });

  test("is told `disconnect` as the last word when the server is stopped by SIGTERM", () => {
    expect(played?.told).toEqual(Array.from({ length: WAITING }, () => ["disconnect", "", ""]));
    expect(played?.exitCode).toBe(0);
  });
});

describe.skipIf(!hasPython)("log.txt", () => {
  const FORMS = [
    /Server started listening in port \d+/,
    /Client connected from ip 127\.0\.0\.1 and port \d+/,
    /Client disconnected from ip 127\.0\.0\.1 and port \d+ \(\w+\)/,
    /User '\w+' successfully logged in from ip 127\.0\.0\.1/,
    /User '\w+' failed to log in from ip 127\.0\.0\.1 \(Username not found\)/,
    /User '\w+' logged out/,
    /Match \w{12} started between '\w+' and '\w+' \(p2p\)/,
    /Match \w{12} ended between '\w+' and '\w+': (?:winner '\w+' \(agreed\)|no winner \(conflict\))/,
    /Client disconnected from ip 127\.0\.0\.1: heartbeat missed/,
    /Server shutting down/,
  ];

  test("is written in the document's form, with nothing else in it", () => {
    const forms = FORMS.map((form) => form.source).join("|");
    const line = new RegExp(`^\\[\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\] (?:${forms})$`);
    expect(played?.log.at(-1)).toBe("");
    expect(played?.log.slice(0, -1).filter((each) => !line.test(each))).toEqual([]);
  });

  test("has lines of each of these kinds", () => {
    expect(FORMS.filter((form) => played?.log.some((line) => form.test(line)) !== true)).toEqual([]);
  });

  test("begins with the ports, names who played, won and left, and has the end of the server", () => {
    const { log = [], matchPort, matchTlsPort } = played ?? {};
    const lines = log.map((line) => line.replace(/^\[.*?\] /, "").replace(/Match \w+/, "Match ID"));
    expect(lines.slice(0, 2)).toEqual(
      [matchPort, matchTlsPort].map((port) => `Server started listening in port ${port}`),
    );
    expect(lines.filter((line) => /^(?:User '(?:ana|beto)'|Match)/.test(line))).toEqual([
      "User 'ana' successfully logged in from ip 127.0.0.1",
      "User 'beto' successfully logged in from ip 127.0.0.1",
      "Match ID started between 'ana' and 'beto' (p2p)",
      "Match ID ended between 'ana' and 'beto': winner 'ana' (agreed)",
      "Match ID started between 'beto' and 'ana' (p2p)",
      "Match ID ended between 'beto' and 'ana': no winner (conflict)",
      "User 'ana' logged out",
    ]);
    const ends = lines.slice(lines.indexOf("Server shutting down") + 1, -1);
    expect(ends).toHaveLength(WAITING);
    for (const line of ends) expect(line).toMatch(/^Client disconnected .* \(shutdown\)$/);
  });
});
