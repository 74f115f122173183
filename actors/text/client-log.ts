// What the server says of its clients: lines for its console, as the chat document has them, and for the log file.
import type { TextSession } from "../commands/command.ts";
import { LogTimes } from "../commands/local-time.ts";

/** Where lines go, each with its newline. Declared here, by its caller. */
export interface ServerLog {
  /** The console: few lines, for people. */
  console(line: string): void;
  /** The file: every command. */
  file(line: string): void;
}

/** Who a line is about. */
export interface Client {
  /** Counted from 1 for each start of the server; `12` in `Cliente 12`. */
  readonly number: string;
  /** Empty before it said who it is. */
  readonly id: string;
  readonly address: string;
  readonly transport: string;
}

/** As its session knows it. */
export function clientOf({ connection, state }: TextSession): Client {
  const { id, remoteAddress, remotePort, transport } = connection;
  const number = id.slice(id.lastIndexOf("-") + 1);
  return { number, id: state.id, address: `${remoteAddress}:${remotePort}`, transport };
}

const CONTROL_CHARACTERS = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

export class ClientLog {
  readonly #log: ServerLog;
  readonly #times = new LogTimes();

  constructor(log: ServerLog) {
    this.#log = log;
  }

  connected({ number, address, transport }: Client, unixMs: number): void {
    this.#file(unixMs, number, `conectado de ${address} (${transport})`);
  }

  /** It has said who it is. */
  named({ number, id, address, transport }: Client, unixMs: number): void {
    const stream = transport === "tcp" || transport === "tls" || transport === "web";
    const line = stream ? `[CONNECT] Cliente ${id} conectado de` : `[REGISTER] Novo cliente ${id} registrado de`;
    this.#log.console(`${line} ${address}\n`);
    this.#file(unixMs, number, `identificado como ${id}`);
  }

  /** `what` is the command as it may be shown. */
  command({ number }: Client, what: string, unixMs: number): void {
    this.#file(unixMs, number, what);
  }

  said({ id }: Client, text: string): void {
    this.#log.console(`[MESSAGE] ${id} : "${printable(text)}"\n`);
  }

  disconnected({ number, id }: Client, reason: string, unixMs: number): void {
    if (id !== "") this.#log.console(`[DISCONNECT] Cliente ${id} desconectado\n`);
    const idle = reason === "idle_timeout" ? "encerrado por inatividade" : `desconectado (${reason})`;
    this.#file(unixMs, number, idle);
  }

  #file(unixMs: number, number: string, what: string): void {
    this.#log.file(`${this.#times.at(unixMs)} - Cliente ${number}: ${printable(what)}\n`);
  }
}

/** One line that moves no cursor, whatever a client sent. */
function printable(text: string): string {
  return text.replace(CONTROL_CHARACTERS, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16).padStart(4, "0")}}`;
  });
}
