// The menu client of the command server without socket and terminal: choices go in, commands and lines come out.
import type { Clock } from "#runtime/base/clock.ts";
import type { Random } from "#runtime/base/random.ts";

import { type Action, Actions, type Happening, type Machine } from "../machine/actions.ts";
import { waitText } from "../machine/backoff.ts";
import { Lifeline } from "../machine/lifeline.ts";
import { safeText } from "../terminal/safe-text.ts";

interface Choice {
  /** Undefined: it is asked for. */
  readonly command: string | undefined;
  readonly shown: string;
}

/** From 1 on. */
const CHOICES: readonly Choice[] = [
  { command: "ECHO", shown: "ECHO           confirma que o comando chegou" },
  { command: "TIME", shown: "TIME           data e hora do servidor" },
  { command: "HELP", shown: "HELP           os comandos do servidor" },
  { command: "PING", shown: "PING           o servidor está vivo?" },
  { command: undefined, shown: "Outro comando" },
  { command: "EXIT", shown: "EXIT           encerra a conexão e o programa" },
];

/** Commands that wait for a connection; and for how long a reply is waited for. */
export const COMMANDS_WAITING_MAX = 16;
export const REPLY_WITHIN_MS = 10_000;
/** Octets of one line, as the server has it. */
const COMMAND_BYTES_MAX = 4_096;

/** Before the first command a connection is closed sooner than behind one. */
const IDLE = /^\* ! (idle|first_byte)_timeout /;
const NEVER = Number.POSITIVE_INFINITY;

export class Menu implements Machine {
  readonly #where: string;
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #actions = new Actions();
  readonly #lifeline: Lifeline;
  /** To be sent, oldest first. */
  #waiting: string[] = [];
  /** Sent, and not answered: replies come in this order. */
  #sent: string[] = [];
  #replyUntilMs = NEVER;
  /** The next line is a command, whatever it looks like. */
  #isCommandNext = false;
  #isAway = false;
  /** The server closed because nobody said anything: it will again. */
  #isIdle = false;
  #isLeaving = false;

  /** `where` is shown to the person: host and port. */
  constructor(where: string, clock: Pick<Clock, "monotonicMs">, random: Random) {
    this.#where = where;
    this.#clock = clock;
    this.#lifeline = new Lifeline({ actions: this.#actions, clock, random });
    this.#actions.print("Cliente de comandos do Correio");
  }

  get prompt(): string {
    if (this.#isCommandNext) return "Comando: ";
    return this.#lifeline.isOpen || this.#isIdle ? "Escolha: " : "(sem conexão) Escolha: ";
  }

  get wakeAtMs(): number {
    return Math.min(this.#lifeline.wakeAtMs, this.#replyUntilMs);
  }

  /** One after the other. */
  isReadyFor(): boolean {
    return this.#lifeline.isOpen && this.#sent.length === 0 && this.#waiting.length === 0;
  }

  take(happening: Happening): readonly Action[] {
    this.#happened(happening);
    this.#flush();
    return this.#actions.drain();
  }

  #happened(happening: Happening): void {
    switch (happening.kind) {
      case "opened":
        return this.#opened();
      case "received":
        return this.#received(happening.line);
      case "lost":
        return this.#lost(happening.reason);
      case "typed":
        return this.#typed(happening.line.trim());
      case "ended":
        return this.#leave();
      case "interrupted":
        return this.#actions.add({ kind: "finish", exitCode: 130 });
      case "woken":
        return this.#woken();
    }
  }

  #opened(): void {
    this.#lifeline.opened();
    this.#actions.print(`Conectado a ${this.#where}.`);
    if (!this.#isAway && !this.#isIdle) this.#showMenu();
    this.#isAway = false;
    this.#isIdle = false;
  }

  /** What begins with a star nobody asked for; any other line is the oldest command's reply. */
  #received(line: string): void {
    this.#actions.print(safeText(line));
    if (IDLE.test(line)) this.#isIdle = true;
    if (line.startsWith("* ")) return;
    const command = this.#sent.shift();
    this.#replyUntilMs = this.#sent.length === 0 ? NEVER : this.#clock.monotonicMs() + REPLY_WITHIN_MS;
    if (command !== undefined && isExit(command)) this.#actions.add({ kind: "finish", exitCode: 0 });
  }

  #lost(reason: string): void {
    for (const command of this.#sent) this.#actions.print(`Sem resposta: ${safeText(command)}`);
    const wasExit = this.#sent.some(isExit);
    this.#sent = [];
    this.#replyUntilMs = NEVER;
    const waitMs = this.#lifeline.lost();
    if (wasExit || this.#isLeaving) return this.#actions.add({ kind: "finish", exitCode: wasExit ? 0 : 1 });
    if (this.#isIdle) {
      this.#lifeline.rest();
      return this.#actions.print("O próximo comando conecta de novo.");
    }
    if (this.#isAway) return undefined;
    this.#isAway = true;
    return this.#actions.print(
      `Sem conexão (${safeText(reason)}). Tentando de novo em ${waitText(waitMs)}, até conseguir.`,
    );
  }

  #typed(text: string): void {
    if (this.#isCommandNext) {
      this.#isCommandNext = false;
      return text === "" ? this.#showMenu() : this.#command(text);
    }
    if (text === "") return this.#showMenu();
    if (!/^\d+$/.test(text)) return this.#command(text);
    const choice = CHOICES[Number(text) - 1];
    if (choice === undefined) return this.#actions.print(`Escolha de 1 a ${CHOICES.length}, ou escreva um comando.`);
    if (choice.command !== undefined) return this.#command(choice.command);
    this.#isCommandNext = true;
  }

  #command(text: string): void {
    if (isExit(text) && !this.#lifeline.isOpen) return this.#actions.add({ kind: "finish", exitCode: 0 });
    if (Buffer.byteLength(text) > COMMAND_BYTES_MAX) return this.#actions.print("Comando longo demais.");
    if (this.#waiting.length >= COMMANDS_WAITING_MAX) return this.#actions.print("Comandos demais à espera.");
    this.#waiting.push(text);
    if (this.#isIdle) this.#lifeline.wanted();
    else if (!this.#lifeline.isOpen) this.#actions.print(`Para quando houver conexão: ${safeText(text)}`);
  }

  /** Nothing more will be typed: what was is still answered. */
  #leave(): void {
    this.#isLeaving = true;
    this.#command("EXIT");
  }

  #woken(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs >= this.#replyUntilMs) {
      this.#actions.add({ kind: "close", link: "main" });
      return this.#lost("o servidor não responde");
    }
    if (this.#lifeline.woken(nowMs)) this.#lost("ninguém atende");
  }

  #flush(): void {
    if (!this.#lifeline.isOpen || this.#waiting.length === 0) return;
    for (const line of this.#waiting) this.#actions.add({ kind: "send", link: "main", line });
    this.#sent.push(...this.#waiting);
    this.#waiting = [];
    this.#replyUntilMs = Math.min(this.#replyUntilMs, this.#clock.monotonicMs() + REPLY_WITHIN_MS);
  }

  #showMenu(): void {
    for (const [index, { shown }] of CHOICES.entries()) this.#actions.print(`  ${index + 1}. ${shown}`);
  }
}

function isExit(command: string): boolean {
  return command.toUpperCase() === "EXIT";
}
