// The messaging client and its bots as people use them: in terminals and pipes, while the server is killed under them.
import { afterAll, afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";

import { freeMessagingPorts } from "./lib/messaging-ports.ts";
import { runPiped } from "./lib/piped-client.ts";
import { ServerProcess } from "./lib/server-process.ts";
import { projectFolder } from "./lib/source-files.ts";
import { hasTmux, Terminal } from "./lib/tmux.ts";

setDefaultTimeout(180_000);

const stack: (() => unknown)[] = [];

afterEach(async () => {
  for (const undo of stack.splice(0).toReversed()) await undo();
});

interface MessagingServer {
  readonly process: ServerProcess;
  readonly settings: ReturnType<typeof freeMessagingPorts>;
  /** Of the command lines of its clients. */
  readonly flags: readonly string[];
}

async function startServer(): Promise<MessagingServer> {
  const settings = freeMessagingPorts();
  const { CORREIO_MESSAGING_PORT: port, CORREIO_SUBSCRIBER_PORT: subscriberPort } = settings;
  const process = await ServerProcess.start(settings);
  return { process, settings, flags: ["--port", String(port), "--subscriber-port", String(subscriberPort)] };
}

/** With the same ports, on what the first has stored. */
async function startAgain({ process, settings }: MessagingServer): Promise<void> {
  const again = new ServerProcess(settings, process.dataFolder);
  stack.push(() => again.remove());
  await again.listens();
}

const shared = await startServer();

afterAll(() => shared.process.remove());

function open(flags: readonly string[], size = { columns: 100, rows: 40 }): Terminal {
  const terminal = new Terminal(`${process.execPath} clients/messaging.ts ${flags.join(" ")}`, size);
  stack.push(() => terminal.close());
  return terminal;
}

/** Logged in. */
async function enter(user: string, { flags } = shared): Promise<Terminal> {
  const terminal = open([...flags, "--user", user]);
  await terminal.shows(`[${user}] Escolha:`);
  await terminal.shows(/^\* (?:Login registrado com sucesso|Usuário .* cadastrado e logado)\. \(clock=\d+\)$/m);
  return terminal;
}

/** Messages shown, without their times. */
const messages = (terminal: Terminal): readonly string[] =>
  terminal.text.match(/^\[\w+\] \w+: [^[]+(?= \[\d\d:)/gm) ?? [];

// Terminals are tmux's.
describe.skipIf(!hasTmux)("in a terminal", () => {
  test("two people talk in a channel and to each other, from the menu", async () => {
    const ana = open(shared.flags);
    await ana.shows("0 sair");
    await ana.shows(/^\* Conectado a 127\.0\.0\.1:\d+\.\nEscolha:$/m);
    for (const line of ["1", "ana", "3", "conversa"]) ana.enter(line);
    await ana.shows("* Canal 'conversa' criado com sucesso.");
    for (const line of ["7", "conversa"]) ana.enter(line);
    await ana.shows(/^\[ana\] Escolha: 7\nCanal: conversa\n\* Inscrito em conversa\.\n\[ana\] Escolha:$/m);
    const bea = await enter("bea");
    bea.enter("publicar conversa olá, ana! 日本 👍");
    await bea.shows(/^\* Publicada em conversa\. \(clock=\d+\)$/m);
    await ana.shows(/^\[conversa\] bea: olá, ana! 日本 👍 \[\d\d:\d\d:\d\d\] \(clock=\d+\)$/m);
    ana.enter("6 bea só para você");
    await ana.shows("* Enviada a bea.");
    await bea.shows(/^\[direta\] ana: só para você \[\d\d:\d\d:\d\d\] \(clock=\d+\)\n\[bea\] Escolha:$/m);
    bea.enter("2");
    await bea.shows(/^\* Usuários \(\d+\): .*ana, bea.* \(clock=\d+\)$/m);
    bea.enter("9 conversa");
    await bea.shows(/^\* Histórico, conversa: 1 de 1\. \(clock=\d+\)\n\[conversa\] bea: olá, ana! 日本 👍 /m);
    ana.enter("8 conversa");
    await ana.shows("* Inscrição em conversa cancelada.");
    ana.enter("0");
    await ana.shows("exit code 0");
    await ana.shows(/[^-]icanon/);
  });

  test("a line being typed is not spoilt by what comes in", async () => {
    const ana = await enter("ana2");
    ana.type("6 ana2 metade de uma lin");
    await runPiped("messaging", [...shared.flags, "--user", "bea2"], "6 ana2 interrompo\n");
    await ana.shows(/^\[direta\] bea2: interrompo .*\n\[ana2\] Escolha: 6 ana2 metade de uma lin$/m);
    ana.type("ha");
    ana.press("Enter");
    await ana.shows(/^\[direta\] ana2: metade de uma linha \[/m);
  });

  test("the server is killed and comes back: nothing is lost, nothing is shown or done twice", async () => {
    const server = await startServer();
    stack.push(() => server.process.remove());
    const [ana, bea] = [await enter("ana", server), await enter("bea", server)];
    for (const terminal of [ana, bea]) {
      terminal.enter(terminal === ana ? "3 geral" : "");
      await ana.shows("Canal 'geral' criado com sucesso.");
      terminal.enter("7 geral");
      await terminal.shows("* Inscrito em geral.");
    }
    ana.enter("5 geral antes");
    await bea.shows("[geral] ana: antes");
    server.process.signal("SIGKILL");
    await server.process.exit();
    for (const terminal of [ana, bea]) {
      await terminal.shows(
        /^\* Conexão perdida \(conexão encerrada\)\. Tentando de novo em \d,\d s, até conseguir\.$/m,
      );
      await terminal.shows(/^\(sem conexão\) \[\w+\] Escolha:$/m);
    }
    bea.enter("5 geral sem servidor");
    await bea.shows("* Para quando houver conexão: a geral: sem servidor");
    bea.enter("6 ana também");
    ana.type("5 geral dep");
    await startAgain(server);
    await ana.shows("[direta] bea: também");
    ana.type("ois");
    ana.press("Enter");
    await ana.shows("[geral] ana: depois");
    await bea.shows("[geral] ana: depois");
    const said = ["[geral] ana: antes", "[geral] bea: sem servidor", "[geral] ana: depois"];
    for (const terminal of [ana, bea]) {
      expect(messages(terminal).filter((line) => line.startsWith("[geral]"))).toEqual(said);
      expect(terminal.text.match(/Reconectado ao servidor\./g)).toHaveLength(1);
    }
    expect(bea.text.match(/^\* Enviada a ana\./gm)).toHaveLength(1);
  });

  test("Ctrl-C leaves, and leaves the terminal as it was, also where nobody ever answered", async () => {
    const ana = open(["--port", "1", "--subscriber-port", "1", "--user", "ana3"]);
    await ana.shows(
      /^\* Não foi possível conectar \(ninguém atende\)\. Tentando de novo em \d,\d s, até conseguir\.$/m,
    );
    expect(ana.lastRow).toBe("(sem conexão) [ana3] Escolha:");
    ana.press("C-c");
    await ana.shows("exit code 130");
    await ana.shows(/[^-]icanon/);
  });
});

describe("in a pipe", () => {
  test("choices are made one after the other, and what they lead to is plain lines", async () => {
    const input = "3 tubos\n7 tubos\n5 tubos um\n5\ntubos\ndois\n6 ana4 para mim\n9 tubos\n";
    const { exitCode, stdout, stderr } = await runPiped("messaging", [...shared.flags, "--user", "ana4"], input);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).not.toContain("\u001b");
    const lines = stdout.split("\n").map((line) => line.replace(/ (?:\[\d\d:|\(clock=).*/, ""));
    expect(lines.slice(-4)).toEqual(["* Histórico, tubos: 2 de 2.", "[tubos] ana4: um", "[tubos] ana4: dois", ""]);
    for (const line of [
      "* Inscrito em tubos.",
      "* Publicada em tubos.",
      "* Enviada a ana4.",
      "[direta] ana4: para mim",
    ]) {
      expect(lines).toContain(line);
    }
  });

  test("something that is refused is said, and makes it exit 1", async () => {
    const flags = [...shared.flags, "--user", "ana5"];
    const { exitCode, stdout } = await runPiped("messaging", flags, "5 nenhum oi\n2\n");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\n\* Não feito \(a nenhum: oi\): Canal não existe\.\n\* Usuários /);
  });

  test("it explains itself for --help, and names a wrong flag and exits 2", async () => {
    const help = await runPiped("messaging", ["--help"], "");
    expect([help.exitCode, help.stderr]).toEqual([0, ""]);
    expect(help.stdout).toContain("usage: bun run messaging [flags]");
    const wrong = await runPiped("messaging", ["--user", "@ana"], "");
    expect([wrong.exitCode, wrong.stdout]).toEqual([2, ""]);
    expect(wrong.stderr).toStartWith("--user: expected 1 to 64 characters");
  });
});

describe("the bots", () => {
  test("find all well, say so each second, and exit 0", async () => {
    const { exitCode, stdout, stderr } = await runPiped("bot", [...shared.flags, "--seconds", "2", "--rate", "20"], "");
    expect([exitCode, stderr]).toEqual([0, ""]);
    const status = /^ {3}[12] s {2}ligados 3\/3 {2}pedidos \d+ {2}recebidas \d+ {2}erros 0 {2}ida e volta p50 .* ms$/gm;
    expect(stdout.match(status)).toHaveLength(2);
    expect(stdout).toMatch(/\n {2}mensagens {4}[1-9]\d* entregues, 0 por entregar\n/);
    expect(stdout).toEndWith("\nTudo certo.\n");
  });

  test("find all well also when the server is killed and comes back, and end in good order with SIGINT", async () => {
    const server = await startServer();
    stack.push(() => server.process.remove());
    const bots = Bun.spawn([process.execPath, "clients/bot.ts", ...server.flags, "--rate", "20"], {
      cwd: projectFolder,
      stdout: "pipe",
    });
    stack.push(() => bots.kill("SIGKILL"));
    const [reader, decoder] = [bots.stdout.getReader(), new TextDecoder()];
    let output = "";
    const says = async (what: RegExp): Promise<void> => {
      while (!what.test(output)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`The bots have ended: ${output}`);
        output += decoder.decode(value, { stream: true });
      }
    };
    await says(/ligados 3\/3 {2}pedidos [1-9]/);
    server.process.signal("SIGKILL");
    await server.process.exit();
    await says(/ligados 0\/3/);
    await startAgain(server);
    await says(/ligados 0\/3[^]*ligados 3\/3/);
    bots.kill("SIGINT");
    await says(/Tudo certo\.\n$|Nem tudo certo/);
    expect(output).toEndWith("\nTudo certo.\n");
    expect(output).toContain("  conexões     3 perdidas\n");
    expect(await bots.exited).toBe(0);
  });

  test("say what is not well, and exit 1: nobody is there", async () => {
    const flags = ["--port", "1", "--subscriber-port", "1", "--seconds", "1", "--bots", "2"];
    const { exitCode, stdout } = await runPiped("bot", flags, "");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("  ! 2 bots não chegaram a entrar e a se inscrever em tudo\n");
    expect(stdout).toContain("\nNem tudo certo: 2 problemas.\n");
  });
});
