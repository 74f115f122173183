// The menu client as a person uses it: in a terminal, against a server that goes and comes back.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";

import { ServerProcess } from "./lib/server-process.ts";
import { projectFolder } from "./lib/source-files.ts";
import type { Settings } from "./lib/test-node.ts";
import { hasTmux, Terminal } from "./lib/tmux.ts";

setDefaultTimeout(180_000);

const PROGRAM = `${process.execPath} clients/text.ts`;
const stack: (() => unknown)[] = [];

afterEach(async () => {
  for (const undo of stack.splice(0).toReversed()) await undo();
});

async function startServer(settings: Settings = {}): Promise<ServerProcess> {
  const server = await ServerProcess.start(settings);
  stack.push(() => server.remove());
  return server;
}

function open(flags: string): Terminal {
  const terminal = new Terminal(`${PROGRAM} ${flags}`);
  stack.push(() => terminal.close());
  return terminal;
}

async function runPiped(args: readonly string[], input: string) {
  const command = [process.execPath, "clients/text.ts", ...args];
  const child = Bun.spawn(command, {
    cwd: projectFolder,
    env: {},
    stdin: Buffer.from(input),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [exitCode, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  return { exitCode, stdout, stderr };
}

// Terminals are tmux's.
describe.skipIf(!hasTmux)("in a terminal", () => {
  test("the cases of the document: ECHO, TIME, a wrong command, EXIT", async () => {
    const { port } = await startServer();
    const client = open(`--port ${port}`);
    await client.shows("6. EXIT");
    client.enter("1");
    await client.shows("ECHO: Comando recebido com sucesso.");
    client.enter("2");
    await client.shows(/^TIME: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/m);
    client.enter("5");
    await client.shows("Comando:");
    client.enter("inexistente");
    await client.shows("ERROR: Comando não reconhecido.");
    client.enter("6");
    await client.shows("EXIT: Encerrando conexão.");
    await client.shows("exit code 0");
    await client.shows(/[^-]icanon/);
  });

  test("it connects again by itself when the server was killed", async () => {
    const first = await startServer();
    const client = open(`--port ${first.port}`);
    await client.shows("6. EXIT");
    first.signal("SIGKILL");
    await first.exit();
    await client.shows("(sem conexão) Escolha:");
    client.enter("1");
    const second = new ServerProcess({ CORREIO_PORT: first.port }, first.dataFolder);
    stack.push(() => second.remove());
    await client.shows("ECHO: Comando recebido com sucesso.");
    expect(client.lastRow).toBe("Escolha:");
  });

  test("a server that closes for silence says so, and the next command connects again", async () => {
    const { port } = await startServer({ CORREIO_IDLE_MS: 300 });
    const client = open(`--port ${port}`);
    await client.shows("* ! idle_timeout Conexão encerrada por inatividade.");
    await client.shows("O próximo comando conecta de novo.");
    client.enter("4");
    await client.shows("PING: pong");
  });

  test("over UDP it does the same, and connects again when the server was killed", async () => {
    const first = await startServer();
    const client = open(`--transport udp --udp-port ${first.udpPort}`);
    await client.shows("6. EXIT");
    client.enter("1");
    await client.shows("ECHO: Comando recebido com sucesso.");
    first.signal("SIGKILL");
    await first.exit();
    await client.shows("(sem conexão) Escolha:");
    client.enter("4");
    const second = new ServerProcess({ CORREIO_UDP_PORT: first.udpPort }, first.dataFolder);
    stack.push(() => second.remove());
    await client.shows("PING: pong");
    client.enter("6");
    await client.shows("EXIT: Encerrando conexão.");
    await client.shows("exit code 0");
  });

  test("Ctrl-C ends it with 130", async () => {
    const { port } = await startServer();
    const client = open(`--port ${port}`);
    await client.shows("6. EXIT");
    client.press("C-c");
    await client.shows("exit code 130");
    await client.shows(/[^-]icanon/);
  });
});

describe("in a pipe", () => {
  test("commands are answered one after the other", async () => {
    const { port } = await startServer();
    const { exitCode, stdout, stderr } = await runPiped(["--port", String(port)], "1\nPING olá\nnada disso\n");
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n").slice(-5)).toEqual([
      "ECHO: Comando recebido com sucesso.",
      "PING: olá",
      "ERROR: Comando não reconhecido.",
      "EXIT: Encerrando conexão.",
      "",
    ]);
  });

  test("over UDP they are as well", async () => {
    const { udpPort } = await startServer();
    const piped = await runPiped(["--transport", "udp", "--udp-port", String(udpPort)], "1\nPING olá\n");
    expect([piped.exitCode, piped.stderr]).toEqual([0, ""]);
    expect(piped.stdout).toEndWith("ECHO: Comando recebido com sucesso.\nPING: olá\nEXIT: Encerrando conexão.\n");
  });

  test("it explains itself for --help, and names a wrong flag and exits 2", async () => {
    const help = await runPiped(["--help"], "");
    expect([help.exitCode, help.stderr]).toEqual([0, ""]);
    expect(help.stdout).toContain("usage: bun run text [flags]");
    const wrong = await runPiped(["--port", "http"], "");
    expect([wrong.exitCode, wrong.stdout]).toEqual([2, ""]);
    expect(wrong.stderr).toBe('--port: expected a whole number from 1 to 65535 (TCP port), got "http"\n');
    const both = await runPiped(["--transport", "hybrid"], "");
    expect(both.stderr).toBe('--transport: expected tcp, udp, got "hybrid"\n');
  });
});
