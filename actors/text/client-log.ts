// What the server says of its clients: events, and of each what the chat document has for the console and its file.
import { asField, type ClientEvents, printable } from "../commands/client-events.ts";
import type { TextSession } from "../commands/command.ts";
import { LogTimes } from "../commands/local-time.ts";

/** Where lines go, each with its newline, and events. Declared here, by its caller. */
export interface ServerLog extends ClientEvents {
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

export class ClientLog {
  readonly #log: ServerLog;
  readonly #times = new LogTimes();

  constructor(log: ServerLog) {
    this.#log = log;
  }

  connected(client: Client, unixMs: number): void {
    const { number, address, transport } = client;
    this.#event("text.connected", client);
    this.#file(unixMs, number, `conectado de ${address} (${transport})`);
  }

  /** It has said who it is. */
  named(client: Client, unixMs: number): void {
    const { number, id, address, transport } = client;
    const stream = transport === "tcp" || transport === "tls" || transport === "web";
    const line = stream ? `[CONNECT] Cliente ${id} conectado de` : `[REGISTER] Novo cliente ${id} registrado de`;
    this.#event("text.named", client);
    this.#log.console(`${line} ${address}\n`);
    this.#file(unixMs, number, `identificado como ${id}`);
  }

  /** `what` is the command as it may be shown. */
  command(client: Client, what: string, unixMs: number): void {
    this.#log.event?.("text.command", () => ({ ...fieldsOf(client), command: asField(what) }));
    this.#file(unixMs, client.number, what);
  }

  said({ id }: Client, text: string): void {
    this.#log.console(`[MESSAGE] ${id} : "${printable(text)}"\n`);
  }

  disconnected(client: Client, reason: string, unixMs: number): void {
    const { number, id } = client;
    this.#log.event?.("text.disconnected", () => ({ ...fieldsOf(client), why: asField(reason) }));
    if (id !== "") this.#log.console(`[DISCONNECT] Cliente ${id} desconectado\n`);
    const idle = reason === "idle_timeout" ? "encerrado por inatividade" : `desconectado (${reason})`;
    this.#file(unixMs, number, idle);
  }

  #event(reason: string, client: Client): void {
    this.#log.event?.(reason, () => fieldsOf(client));
  }

  #file(unixMs: number, number: string, what: string): void {
    this.#log.file(`${this.#times.at(unixMs)} - Cliente ${number}: ${printable(what)}\n`);
  }
}

function fieldsOf({ number, id, address, transport }: Client) {
  return { client: number, id: asField(id), address, transport };
}
