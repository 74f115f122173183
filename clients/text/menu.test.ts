// The menu client without a socket: choices, replies in order, losses, silence.
import { describe, expect, test } from "bun:test";

import { createRandom } from "#runtime/base/random.ts";
import { FakeClock } from "#runtime/testing/fake-clock.ts";

import type { Action, Happening } from "../machine/actions.ts";
import { COMMANDS_WAITING_MAX, Menu, REPLY_WITHIN_MS } from "./menu.ts";

class TestMenu {
  readonly clock = new FakeClock();
  readonly menu = new Menu("servidor:5000", this.clock, createRandom(1));
  readonly printed: string[] = [];
  readonly sent: string[] = [];
  readonly log: string[] = [];
  exitCode: number | undefined;

  constructor() {
    this.happen({ kind: "woken" });
  }

  happen(happening: Happening): void {
    for (const action of this.menu.take(happening)) this.#act(action);
  }

  type(...lines: readonly string[]): void {
    for (const line of lines) this.happen({ kind: "typed", line });
  }

  receive(...lines: readonly string[]): void {
    for (const line of lines) this.happen({ kind: "received", link: "main", line });
  }

  lose(): void {
    this.happen({ kind: "lost", link: "main", reason: "disconnect" });
  }

  /** Lets time pass until it wants to be woken, and wakes it. */
  wait(): void {
    this.clock.block(Math.max(0, this.menu.wakeAtMs - this.clock.monotonicMs()));
    this.happen({ kind: "woken" });
  }

  #act(action: Action): void {
    if (action.kind === "print") this.printed.push(action.text);
    else if (action.kind === "send") this.sent.push(action.line);
    else if (action.kind === "finish") this.exitCode = action.exitCode;
    else this.log.push(action.kind);
  }
}

function connected(): TestMenu {
  const menu = new TestMenu();
  menu.happen({ kind: "opened", link: "main" });
  return menu;
}

describe("the menu", () => {
  test("is shown once there is a connection, and again for an empty line", () => {
    const menu = connected();
    const shown = menu.printed.slice(2);
    expect(shown).toHaveLength(6);
    expect(shown[0]).toStartWith("  1. ECHO ");
    menu.type("");
    expect(menu.printed.slice(8)).toEqual(shown);
  });

  test.each([
    ["1", "ECHO"],
    ["2", "TIME"],
    ["3", "HELP"],
    ["4", "PING"],
    ["6", "EXIT"],
    ["echo", "echo"],
    ["HELP say", "HELP say"],
  ])("sends for %j the command %j", (typed, command) => {
    const menu = connected();
    menu.type(typed);
    expect(menu.sent).toEqual([command]);
  });

  test("asks for the command that is not in it", () => {
    const menu = connected();
    menu.type("5");
    expect(menu.menu.prompt).toBe("Comando: ");
    menu.type("2");
    expect(menu.sent).toEqual(["2"]);
    expect(menu.menu.prompt).toBe("Escolha: ");
  });

  test.each(["0", "7", "99"])("has no choice %s", (typed) => {
    const menu = connected();
    menu.type(typed);
    expect(menu.printed.at(-1)).toBe("Escolha de 1 a 6, ou escreva um comando.");
    expect(menu.sent).toEqual([]);
  });

  test("shows replies and notices as they are, without what would move the cursor", () => {
    const menu = connected();
    menu.type("1");
    menu.receive("ECHO: Comando recebido com sucesso.", "* ! x \u001b[2J");
    expect(menu.printed.slice(-2)).toEqual(["ECHO: Comando recebido com sucesso.", "* ! x \\u{001b}[2J"]);
  });

  test("ends with the reply to EXIT", () => {
    const menu = connected();
    menu.type("1", "6");
    menu.receive("ECHO: Comando recebido com sucesso.");
    expect(menu.exitCode).toBeUndefined();
    menu.receive("EXIT: Encerrando conexão.");
    expect(menu.exitCode).toBe(0);
  });

  test("ends with Ctrl-C", () => {
    const menu = connected();
    menu.happen({ kind: "interrupted" });
    expect(menu.exitCode).toBe(130);
  });
});

describe("when the connection is lost", () => {
  test("it is opened again, and what waited meanwhile is sent", () => {
    const menu = connected();
    menu.type("2");
    menu.lose();
    expect(menu.printed.at(-2)).toBe("Sem resposta: TIME");
    expect(menu.printed.at(-1)).toMatch(/^Sem conexão \(disconnect\)\. Tentando de novo em \d+,\d s, até conseguir\.$/);
    menu.type("1");
    expect(menu.menu.prompt).toBe("(sem conexão) Escolha: ");
    menu.wait();
    menu.happen({ kind: "opened", link: "main" });
    expect(menu.log).toEqual(["open", "open"]);
    expect(menu.sent).toEqual(["TIME", "ECHO"]);
    expect(menu.printed.at(-1)).toBe("Conectado a servidor:5000.");
  });

  test("that is said once, however often it fails", () => {
    const menu = connected();
    for (let count = 0; count < 5; count++) {
      menu.lose();
      menu.wait();
    }
    expect(menu.printed.filter((line) => line.startsWith("Sem conexão"))).toHaveLength(1);
    expect(menu.log.filter((each) => each === "open")).toHaveLength(6);
  });

  test("so many commands wait and no more", () => {
    const menu = new TestMenu();
    for (let count = 0; count <= COMMANDS_WAITING_MAX; count++) menu.type("1");
    expect(menu.printed.at(-1)).toBe("Comandos demais à espera.");
    menu.happen({ kind: "opened", link: "main" });
    expect(menu.sent).toHaveLength(COMMANDS_WAITING_MAX);
  });

  test("EXIT just ends", () => {
    const menu = new TestMenu();
    menu.type("6");
    expect(menu.exitCode).toBe(0);
  });
});

describe("silence", () => {
  test("of the server behind a command is a loss", () => {
    const menu = connected();
    menu.type("1");
    expect(menu.menu.wakeAtMs).toBe(menu.clock.monotonicMs() + REPLY_WITHIN_MS);
    menu.wait();
    expect(menu.log).toEqual(["open", "close"]);
    expect(menu.printed).toContain("Sem resposta: ECHO");
  });

  test.each([
    "* ! idle_timeout Conexão encerrada por inatividade.",
    "* ! first_byte_timeout Conexão encerrada: nada foi recebido.",
  ])("of ours, for which the server closes, lets the next command connect again: %s", (farewell) => {
    const menu = connected();
    menu.receive(farewell);
    menu.lose();
    expect(menu.printed.at(-1)).toBe("O próximo comando conecta de novo.");
    expect(menu.menu.wakeAtMs).toBe(Number.POSITIVE_INFINITY);
    menu.type("1");
    menu.wait();
    menu.happen({ kind: "opened", link: "main" });
    expect(menu.sent).toEqual(["ECHO"]);
  });
});

describe("from a pipe", () => {
  test("commands come one after the other, and EXIT at the end", () => {
    const menu = connected();
    menu.type("1");
    expect(menu.menu.isReadyFor()).toBe(false);
    menu.receive("ECHO: Comando recebido com sucesso.");
    expect(menu.menu.isReadyFor()).toBe(true);
    menu.happen({ kind: "ended", isPatient: true });
    menu.receive("EXIT: Encerrando conexão.");
    expect(menu.exitCode).toBe(0);
  });
});
