// The menu client as a person uses it: in a terminal, against a server that goes and comes back.
import { afterAll, afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";

import { runPiped } from "./lib/piped-client.ts";
import { ServerProcess } from "./lib/server-process.ts";
import { hasTmux, Terminal } from "./lib/tmux.ts";

setDefaultTimeout(180_000);

const PROGRAM = `${process.execPath} clients/text.ts`;
const stack: (() => unknown)[] = [];

afterEach(async () => {
  for (const undo of stack.splice(0).toReversed()) await undo();
});

const shared = await ServerProcess.start();

afterAll(() => shared.remove());

function open(flags: string): Terminal {
  const terminal = new Terminal(`${PROGRAM} ${flags}`);
  stack.push(() => terminal.close());
  return terminal;
}

// Terminals are tmux's.
describe.skipIf(!hasTmux)("in a terminal", () => {
  test("the cases of the document: ECHO, TIME, a wrong command, EXIT", async () => {
    const client = open(`--port ${shared.port}`);
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

  test("it connects again by itself when the server was killed, and over UDP it does the same", async () => {
    const first = await ServerProcess.start();
    stack.push(() => first.remove());
    const { port, udpPort } = first;
    const overTcp = open(`--port ${port}`);
    const overUdp = open(`--transport udp --udp-port ${udpPort}`);
    await overTcp.shows("6. EXIT");
    await overUdp.shows("6. EXIT");
    overUdp.enter("1");
    await overUdp.shows("ECHO: Comando recebido com sucesso.");
    first.signal("SIGKILL");
    await first.exit();
    await overTcp.shows("(sem conexão) Escolha:");
    await overUdp.shows("(sem conexão) Escolha:");
    overTcp.enter("1");
    overUdp.enter("4");
    const second = new ServerProcess({ CORREIO_PORT: port, CORREIO_UDP_PORT: udpPort }, first.dataFolder);
    stack.push(() => second.remove());
    await overTcp.shows("ECHO: Comando recebido com sucesso.");
    expect(overTcp.lastRow).toBe("Escolha:");
    await overUdp.shows("PING: pong");
    overUdp.enter("6");
    await overUdp.shows("EXIT: Encerrando conexão.");
    await overUdp.shows("exit code 0");
  });

  test("a server that closes for silence says so, and the next command connects again", async () => {
    const server = await ServerProcess.start({ CORREIO_IDLE_MS: 300 });
    stack.push(() => server.remove());
    const client = open(`--port ${server.port}`);
    await client.shows("* ! idle_timeout Conexão encerrada por inatividade.");
    await client.shows("O próximo comando conecta de novo.");
    client.enter("4");
    await client.shows("PING: pong");
  });

  test("Ctrl-C ends it with 130", async () => {
    const client = open(`--port ${shared.port}`);
    await client.shows("6. EXIT");
    client.press("C-c");
    await client.shows("exit code 130");
    await client.shows(/[^-]icanon/);
  });
});

describe("in a pipe", () => {
  test("commands are answered one after the other", async () => {
    const { exitCode, stdout, stderr } = await runPiped(
      "text",
      ["--port", String(shared.port)],
      "1\nPING olá\nnada disso\n",
    );
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
    const piped = await runPiped("text", ["--transport", "udp", "--udp-port", String(shared.udpPort)], "1\nPING olá\n");
    expect([piped.exitCode, piped.stderr]).toEqual([0, ""]);
    expect(piped.stdout).toEndWith("ECHO: Comando recebido com sucesso.\nPING: olá\nEXIT: Encerrando conexão.\n");
  });

  test("it explains itself for --help, and names a wrong flag and exits 2", async () => {
    const help = await runPiped("text", ["--help"], "");
    expect([help.exitCode, help.stderr]).toEqual([0, ""]);
    expect(help.stdout).toContain("usage: bun run text [flags]");
    const wrong = await runPiped("text", ["--port", "http"], "");
    expect([wrong.exitCode, wrong.stdout]).toEqual([2, ""]);
    expect(wrong.stderr).toBe('--port: expected a whole number from 1 to 65535 (TCP port), got "http"\n');
    const both = await runPiped("text", ["--transport", "hybrid"], "");
    expect(both.stderr).toBe('--transport: expected tcp, udp, got "hybrid"\n');
  });
});
