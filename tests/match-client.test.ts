// The match client as people use it: in terminals, against each other, while the server is killed under them.
import { afterAll, afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openCertificate } from "#runtime/certificates.ts";

import { eventually } from "./lib/eventually.ts";
import { runPiped } from "./lib/piped-client.ts";
import { QUICK_PASSWORDS } from "./lib/quick-passwords.ts";
import { ServerProcess } from "./lib/server-process.ts";
import { hasTmux, Terminal } from "./lib/tmux.ts";

setDefaultTimeout(180_000);

const SETTINGS = { CORREIO_MATCH_TLS_PORT: 0 } as const;
/** On the server that tests share. To make them and to log in are tries, of which an address has twenty at once. */
const ACCOUNTS = ["ana", "bea", "ana2", "bea2", "ana3", "ana4", "bea4"];
const stack: (() => unknown)[] = [];

afterEach(async () => {
  for (const undo of stack.splice(0).toReversed()) await undo();
});

interface MatchServer {
  readonly process: ServerProcess;
  /** Of the client's command line. */
  readonly flags: readonly string[];
  readonly port: number;
}

async function startServer(accounts: readonly string[]): Promise<MatchServer> {
  const process = await ServerProcess.start(SETTINGS, QUICK_PASSWORDS);
  const port = Number(/Partidas por TLS: porta (\d+)/.exec(process.output)?.[1] ?? 0);
  const flags = ["--port", String(port), "--cert", join(process.dataFolder, "cert.pem")];
  const made = await runPiped("match", flags, accounts.map((name) => `adduser ${name} segredo\n`).join(""));
  expect(made.stdout.match(/Conta criada/g)).toHaveLength(accounts.length);
  return { process, flags, port };
}

const shared = await startServer(ACCOUNTS);

afterAll(() => shared.process.remove());

function open({ flags }: MatchServer): Terminal {
  const terminal = new Terminal(`${process.execPath} clients/match.ts ${flags.join(" ")}`, { columns: 90, rows: 50 });
  stack.push(() => terminal.close());
  return terminal;
}

/** Logged in. */
async function enter(name: string, server = shared): Promise<Terminal> {
  const terminal = open(server);
  await terminal.shows("Conectado ao servidor!");
  terminal.enter(`login ${name} segredo`);
  await terminal.shows("Login bem sucedido!");
  return terminal;
}

/** The account is free after that. */
async function leave(terminal: Terminal): Promise<void> {
  terminal.press("C-c");
  await terminal.shows("exit code 130");
}

/** Ana, who is the host, and Bea, who has said yes; both see the empty board. Their accounts end in `number`. */
async function begin(mode: string, number: string, server = shared) {
  const [ana, bea] = await Promise.all([enter(`ana${number}`, server), enter(`bea${number}`, server)]);
  ana.enter(`begin bea${number} ${mode}`);
  await bea.shows(`ana${number} te convidou para jogar!`);
  await bea.shows(/^Aceitar\?\n\[S\/n\]:$/m);
  bea.enter("S");
  await ana.shows(/^Sua vez \(O\)/m);
  await bea.shows(new RegExp(`^Vez de ana${number} \\(O\\)`, "m"));
  return { ana, bea };
}

/** Ana makes the first of these moves; each is seen by the other before the next. */
async function play(ana: Terminal, bea: Terminal, ...places: readonly string[]): Promise<void> {
  for (const [index, place] of places.entries()) {
    const [mover, other, name] = index % 2 === 0 ? [ana, bea, "ana"] : [bea, ana, "bea"];
    mover.enter(`send ${place}`);
    await other.shows(new RegExp(`^>?${name}\\d? jogou ${place}\\.`, "m"));
  }
}

const BOARD = [
  "     1   2   3",
  " 1   O | O | O",
  "    ---+---+---",
  " 2   X | X |",
  "    ---+---+---",
  " 3     |   |",
];

// Terminals are tmux's.
describe.skipIf(!hasTmux)("in a terminal", () => {
  test("a hosted match is played to its end, and is on the leaderboard", async () => {
    const { ana, bea } = await begin("hosted", "");
    expect(ana.lastRow).toBe(">");
    bea.enter("send 1 1");
    await bea.shows("Não é a sua vez.");
    await play(ana, bea, "1 1", "2 1", "1 2", "2 2", "1 3");
    await ana.shows([...BOARD, "Você venceu: três em linha."].join("\n"));
    await bea.shows([...BOARD, "Você perdeu: três em linha."].join("\n"));
    bea.enter("leaders");
    await bea.shows(/^-----\n {6}LEADERBOARD\n-----\n(?: {4}\w.*\n)* {4}ana +\| 1 {3}\|$/m);
    bea.enter("list");
    await bea.shows(/^-----\nUsuários conectados:\n-----\nana\n(?:ana\d\n)*bea$/m);
  });

  test("a match from peer to peer is played to its end, its delay measured, and both results agree", async () => {
    const { ana, bea } = await begin("", "2");
    await play(ana, bea, "1 1", "2 1", "1 2", "2 2");
    ana.enter("delay");
    await ana.shows(/^Atraso até bea2, ida e volta \(RTT\): mínimo \d+,\d+ ms, mediana /m);
    await ana.shows("só se os dois sentidos forem iguais.");
    await play(ana, bea, "1 3");
    await ana.shows("Resultado confirmado: você venceu.");
    await bea.shows([...BOARD, "Você perdeu."].join("\n"));
    await bea.shows("Resultado confirmado: ana2 venceu.");
    bea.enter("top");
    await bea.shows(/^ \dº ana2 +1$/m);
  });

  test("the server is killed in the middle of a hosted match and comes back, and the match is finished", async () => {
    const server = await startServer(["ana", "bea"]);
    stack.push(() => server.process.remove());
    const { ana, bea } = await begin("hosted", "", server);
    await play(ana, bea, "1 1", "2 1", "1 2");
    server.process.signal("SIGKILL");
    await server.process.exit();
    await ana.shows("(sem conexão) >");
    await bea.shows("(sem conexão) >");
    bea.enter("send 2 2");
    await bea.shows("Para quando houver conexão: 2 2");
    const again = new ServerProcess(
      { CORREIO_MATCH_TLS_PORT: server.port },
      server.process.dataFolder,
      QUICK_PASSWORDS,
    );
    stack.push(() => again.remove());
    await again.listens();
    await ana.shows("Reconectado ao servidor.");
    await ana.shows(/^ 2   X \| X \|$/m);
    await ana.shows(/^>$/m);
    await play(ana, bea, "1 3");
    await ana.shows([...BOARD, "Você venceu: três em linha."].join("\n"));
    await bea.shows([...BOARD, "Você perdeu: três em linha."].join("\n"));
    expect(bea.text.match(/Você jogou 2 2\./g)).toHaveLength(1);
    bea.enter("leaders");
    await bea.shows(["-----", "      LEADERBOARD", "-----", "    ana   | 1   |"].join("\n"));
    bea.enter("top");
    await bea.shows(" 1º ana   1");
    bea.enter("list");
    await bea.shows(["-----", "Usuários conectados:", "-----", "ana", "bea"].join("\n"));
  });

  test("a password that is asked for is neither shown nor kept", async () => {
    const ana = open(shared);
    await ana.shows("Conectado ao servidor!");
    ana.enter("login ana3");
    await ana.shows("Senha:");
    ana.enter("segredo");
    await ana.shows(/^>login ana3\nSenha:\nLogin bem sucedido!\n>$/m);
    ana.press("Up");
    await ana.shows(/\n>login ana3$/);
    expect(ana.text).not.toContain("segredo");
    await leave(ana);
  });

  test("a password that is typed behind the name is gone from the screen and from the history", async () => {
    const ana = await enter("ana3");
    ana.press("Up");
    await ana.shows(/^>login ana3\nLogin bem sucedido!\n>login ana3$/m);
    expect(ana.text).not.toContain("segredo");
    await leave(ana);
  });

  test("an invitation lets a line be typed to its end, and then asks", async () => {
    const [ana, bea] = await Promise.all([enter("ana4"), enter("bea4")]);
    bea.type("lea");
    await bea.shows(/^>lea$/m);
    ana.enter("begin bea4");
    await bea.shows(/^ana4 te convidou para jogar!\n>lea$/m);
    bea.enter("ders");
    await bea.shows(/^>leaders$[^]*LEADERBOARD[^]*^ana4 te convidou para jogar!\nAceitar\?\n\[S\/n\]:$/m);
    bea.enter("n");
    await ana.shows("bea4 não aceitou o convite.");
    await Promise.all([leave(ana), leave(bea)]);
  });

  test("Ctrl-C leaves as the document has it, and leaves the account free", async () => {
    const ana = await enter("ana3");
    ana.press("C-c");
    await ana.shows("Finalizando cliente");
    await ana.shows("exit code 130");
    await enter("ana3");
  });
});

describe("in a pipe", () => {
  test("two programs play a match, one line after the other", async () => {
    const { flags, process } = shared;
    const log = join(process.dataFolder, "log.txt");
    const logins = (): number => readFileSync(log, "utf8").split("User 'bea4' successfully logged in").length - 1;
    const before = logins();
    const guest = runPiped("match", flags, "login bea4\nsegredo\nS\nsend 2 1\nsend 2 2\nexit\n");
    await eventually("Bea to be there", () => logins() > before);
    const host = await runPiped("match", flags, "login ana4 segredo\nbegin bea4\nsend 1 1\nsend 1 2\nsend 1 3\n");
    expect([host.exitCode, host.stderr, (await guest).exitCode]).toEqual([0, "", 0]);
    expect(host.stdout).toContain("Resultado confirmado: você venceu.\n");
    expect((await guest).stdout).toContain("Resultado confirmado: ana4 venceu.\n");
    expect(host.stdout).not.toContain("\u001b");
  });

  test("a server with another certificate is not trusted", async () => {
    const folder = mkdtempSync(join(tmpdir(), "correio-certificate-"));
    stack.push(() => rmSync(folder, { recursive: true, force: true }));
    const certFile = join(folder, "cert.pem");
    await openCertificate({ certFile, keyFile: join(folder, "key.pem") });
    const wrong = open({ ...shared, flags: ["--port", String(shared.port), "--cert", certFile] });
    await wrong.shows("O certificado do servidor não é o que --cert diz.");
  });

  test("it explains itself for --help", async () => {
    const { exitCode, stdout, stderr } = await runPiped("match", ["--help"], "");
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("usage: bun run match [flags]");
  });

  test("it names the flag of a certificate that cannot be read, and exits 2", async () => {
    const { exitCode, stdout, stderr } = await runPiped("match", ["--cert", "/nowhere/cert.pem"], "");
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toStartWith("--cert: expected the server's certificate, a file that can be read, got");
  });
});
