// The chat client as a person uses it: in a terminal, with others, while the server is killed under it.
import { afterAll, afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";

import { runPiped } from "./lib/piped-client.ts";
import { ServerProcess } from "./lib/server-process.ts";
import { hasTmux, Terminal } from "./lib/tmux.ts";

setDefaultTimeout(180_000);

const PROGRAM = `${process.execPath} clients/chat.ts`;
const stack: (() => unknown)[] = [];

afterEach(async () => {
  for (const undo of stack.splice(0).toReversed()) await undo();
});

/** Tests that share it have rooms and ids of their own: who has left a moment ago may still be there. */
const shared = await ServerProcess.start();

afterAll(() => shared.remove());

const messages = (terminal: Terminal) => terminal.text.match(/lobby \d+ \w+: .*/g);

function open(command: string, size?: { readonly columns: number; readonly rows: number }): Terminal {
  const terminal = new Terminal(command, size);
  stack.push(() => terminal.close());
  return terminal;
}

/** In the room already. */
async function openChat(id: string, room: string, size?: { readonly columns: number; readonly rows: number }) {
  const terminal = open(`${PROGRAM} --id ${id} --room ${room} --port ${shared.port}`, size);
  await terminal.shows(`Na sala ${room}`);
  return terminal;
}

/** Answers HELLO and JOIN, and then says these lines. */
function startScriptedServer(...lines: readonly string[]): number {
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket, chunk) {
        for (const line of chunk.toString().split("\n")) {
          const [tag = "", name = ""] = line.split(" ");
          if (name === "HELLO") socket.write(`${tag} HELLO: ana ${"k".repeat(32)} 0\n`);
          if (name === "JOIN") socket.write(`${tag} JOIN: lobby 0 1\n${lines.map((each) => `${each}\n`).join("")}`);
        }
      },
    },
  });
  stack.push(() => listener.stop(true));
  return listener.port;
}

// Terminals are tmux's.
describe.skipIf(!hasTmux)("in a terminal", () => {
  test("two people chat, and each message is acknowledged as the document has it", async () => {
    const ana = await openChat("ana", "lobby");
    expect(ana.rows.slice(0, 2)).toEqual(["Cliente: ana", "Conectado ao servidor!"]);
    const bea = await openChat("bea", "lobby");
    await ana.shows("* bea entrou em lobby (127.0.0.1:");
    ana.enter("olá, bea! 日本 👍");
    await ana.shows('ana : "ACK"');
    await bea.shows(/^\d\d:\d\d:\d\d lobby 1 ana: olá, bea! 日本 👍$/m);
    bea.enter("oi, ana");
    await ana.shows(/^\d\d:\d\d:\d\d lobby 2 bea: oi, ana$/m);
    expect(bea.text).not.toContain('ana : "ACK"');
    expect(ana.lastRow).toBe("lobby>");
  });

  test("a long line being typed is not garbled by what comes in, and neither is its end", async () => {
    const ana = await openChat("ana2", "sala2", { columns: 40, rows: 20 });
    const bea = await openChat("bea2", "sala2");
    const typed = "isto é bem mais comprido do que o terminal, com 日本語 no meio, e ainda não acabou";
    for (const [index, part] of (typed.match(/.{1,20}/gu) ?? []).entries()) {
      ana.type(part);
      bea.enter(`interrompo ${index}`);
      await ana.shows(`bea2: interrompo ${index}`);
    }
    ana.press("Left", "Left", "Left");
    bea.enter("mais uma");
    await ana.shows("bea2: mais uma");
    const from = ana.rows.findIndex((row) => row.startsWith("sala2>"));
    const rows = ana.rows.slice(from);
    expect(rows).toHaveLength(3);
    // A row's last blank is not seen on the screen.
    expect(rows.join("").replaceAll(" ", "")).toBe(`sala2> ${typed}`.replaceAll(" ", ""));
    expect(rows[0]).toBe("sala2> isto é bem mais comprido do que o");
    expect(ana.cursor.row).toBe(from + 2);
    expect(ana.rows.filter((row) => row.includes("interrompo 0"))).toHaveLength(1);
    ana.press("BSpace", "End", "Enter");
    await bea.shows("ana2: isto é bem mais comprido do que o terminal");
    await bea.shows("e ainda não acbou");
  });

  test("a terminal made narrower and wider again keeps the line being typed", async () => {
    const ana = await openChat("ana3", "sala3", { columns: 60, rows: 20 });
    const bea = await openChat("bea3", "sala3");
    ana.type("uma linha de umas cinquenta letras, mais ou menos");
    await ana.shows("mais ou menos");
    ana.resize(30);
    await ana.shows(/^sala3> uma linha de umas cinqu$/m);
    bea.enter("agora?");
    await ana.shows("bea3: agora?");
    expect(ana.rows.slice(-2)).toEqual(["sala3> uma linha de umas cinqu", "enta letras, mais ou menos"]);
    ana.resize(70);
    await ana.shows(/^sala3> uma linha de umas cinquenta letras, mais ou menos$/m);
    bea.enter("e agora, então?");
    await ana.shows("bea3: e agora, então?");
    expect(ana.lastRow).toBe("sala3> uma linha de umas cinquenta letras, mais ou menos");
    expect(ana.rows.filter((row) => row.startsWith("sala3>"))).toHaveLength(1);
  });

  test("the server is killed and comes back, and all go on with their history, over each transport", async () => {
    const first = await ServerProcess.start();
    stack.push(() => first.remove());
    const { port, udpPort } = first;
    const ports = `--port ${port} --udp-port ${udpPort}`;
    const ana = open(`${PROGRAM} --id ana ${ports}`);
    const bea = open(`${PROGRAM} --id bea ${ports} --transport udp`);
    const caio = open(`${PROGRAM} --id caio ${ports} --transport hybrid`);
    const all = [ana, bea, caio];
    for (const each of all) await each.shows("Na sala lobby");
    await caio.shows("As mensagens vão por UDP.");
    ana.enter("antes");
    for (const each of all) await each.shows("lobby 1 ana: antes");
    first.signal("SIGKILL");
    await first.exit();
    for (const each of all) await each.shows("(sem conexão) lobby>");
    bea.enter("dito por bea enquanto não havia servidor");
    caio.enter("dito por caio enquanto não havia servidor");
    const second = new ServerProcess({ CORREIO_PORT: port, CORREIO_UDP_PORT: udpPort }, first.dataFolder);
    stack.push(() => second.remove());
    await second.listens();
    await ana.shows("* Reconectado ao servidor.");
    await ana.shows(/lobby [23] bea: dito por bea enquanto não havia servidor$/m);
    await ana.shows(/lobby [23] caio: dito por caio enquanto não havia servidor$/m);
    await bea.shows('bea : "ACK"');
    await caio.shows('caio : "ACK"');
    ana.enter("depois");
    for (const each of all) {
      await each.shows("lobby 4 ana: depois");
      expect(messages(each)).toEqual(messages(ana));
    }
    expect(messages(ana)).toHaveLength(4);
  });

  test("Ctrl-C leaves, and leaves the terminal as it was", async () => {
    const ana = await openChat("ana4", "sala4");
    const bea = await openChat("bea4", "sala4");
    ana.type("não termino esta linha");
    ana.press("C-c");
    await ana.shows("exit code 130");
    await ana.shows(/[^-]icanon/);
    expect(ana.text).toMatch(/[^-]echo /);
    expect(ana.text).not.toContain("não termino");
    await bea.shows("* ana4 saiu de sala4: saiu do chat");
  });

  test("Ctrl-D and /quit leave with 0, also while there is no server", async () => {
    const ana = await openChat("ana5", "sala5");
    ana.press("C-d");
    await ana.shows("exit code 0");
    const alone = open(`${PROGRAM} --id zeca --port ${startScriptedServer()}`);
    await alone.shows("Na sala lobby");
    const nobody = open(`${PROGRAM} --id zeca --port 1`);
    await nobody.shows("Não foi possível conectar (ECONNREFUSED).");
    nobody.enter("/quit");
    await nobody.shows("exit code 0");
  });

  test("escape sequences, writing turned round and false lines from any server are shown harmless", async () => {
    // Long ago: shown with its day, whenever this runs, and so on more than one row.
    const at = "2001-02-03T12:00:00.000Z";
    const port = startScriptedServer(
      `* lobby 1 ${at} bea: \u001b[2J\u001b[Hapagado? \u0007\u202eoi`,
      `* lobby 2 ${at} bea: x${" ".repeat(70)}12:00:00 lobby 3 ana: mentira`,
      "* ! x \u001b]0;título\u0007\u009b31m",
    );
    const ana = open(`${PROGRAM} --id ana --port ${port}`);
    await ana.shows("título");
    expect(ana.rows[0]).toBe("Cliente: ana");
    const shown = ana.text.replaceAll(/\s+/g, " ");
    expect(shown).toContain("lobby 1 bea: \\u{001b}[2J\\u{001b}[Hapagado? \\u{0007}\\u{202e}oi");
    expect(ana.text).not.toMatch(/^12:00:00 lobby 3/m);
    expect(ana.lastRow).toBe("lobby>");
  });

  test("the password is asked for, and neither shown nor kept", async () => {
    const flags = ["--room", "sala6", "--port", String(shared.port)];
    expect((await runPiped("chat", ["--id", "zeca", ...flags], "/raw ADDUSER ana6 segredo\n")).exitCode).toBe(0);
    const ana = open(`${PROGRAM} --id ana6 ${flags.join(" ")} --password`);
    await ana.shows("Senha:");
    ana.enter("segredo");
    await ana.shows("Na sala sala6");
    ana.press("Up");
    ana.type("oi");
    await ana.shows("sala6> oi");
    ana.press("C-u");
    ana.enter("/raw LOGIN ana6 segredo");
    ana.press("Up");
    await ana.shows(/^sala6> \/raw LOGIN ana6$/m);
    expect(ana.text).not.toContain("segredo");
  });
});

describe("in a pipe", () => {
  test("it says line by line what it reads, and ends when all is acknowledged", async () => {
    const { exitCode, stdout, stderr } = await runPiped(
      "chat",
      ["--id", "ana7", "--room", "sala7", "--port", String(shared.port)],
      "um\r\ndois\n/who\ntrês",
    );
    expect([exitCode, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(lines.slice(0, 2)).toEqual(["Cliente: ana7", "Conectado ao servidor!"]);
    expect(lines.filter((line) => line === 'ana7 : "ACK"')).toHaveLength(3);
    expect(stdout).toMatch(
      /sala7 2 ana7: dois\n(?:.*\n)*\* Em sala7 \(1\): ana7@127\.0\.0\.1:\d+\/tcp\n(?:.*\n)*.* sala7 3 ana7: três\n/,
    );
    expect(stdout).not.toContain("\u001b");
  });

  test("five hundred lines all arrive, over each transport", async () => {
    const ports = ["--port", String(shared.port), "--udp-port", String(shared.udpPort)];
    const input = Array.from({ length: 500 }, (_, index) => `linha ${index + 1}\n`).join("");
    for (const [index, transport] of ["tcp", "udp", "hybrid"].entries()) {
      const args = ["--id", `ana-${transport}`, "--room", transport, "--transport", transport, ...ports];
      const { exitCode, stdout } = await runPiped("chat", args, input);
      const said = stdout.match(/linha \d+$/gm);
      expect([index, exitCode, said?.length, said?.at(-1)]).toEqual([index, 0, 500, "linha 500"]);
    }
  });

  test("it explains itself for --help", async () => {
    const { exitCode, stdout, stderr } = await runPiped("chat", ["--help"], "");
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("usage: bun run chat --id NAME [flags]");
  });

  test("it names a wrong flag and exits 2", async () => {
    const { exitCode, stdout, stderr } = await runPiped("chat", ["--id", "ana", "--transport", "fax"], "");
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toBe('--transport: expected tcp, udp, hybrid, got "fax"\n');
  });

  test("an id that nobody may have is refused, and it exits 1", async () => {
    const { exitCode, stdout } = await runPiped("chat", ["--id", "root", "--port", String(shared.port)], "oi\n");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("(chat.id_reserved)");
  });
});
