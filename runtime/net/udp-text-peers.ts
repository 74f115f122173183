// Text in datagrams: addresses that have shown a cookie have a session each; of all others nothing is kept.
import { asError } from "../base/as-error.ts";
import type { SharedMessage } from "../core/ports.ts";
import type { SecretRandom } from "../datagrams/secrets.ts";
import { limits } from "../limits.ts";
import type { ConnectionTable } from "./connection-table.ts";
import { MessageConnection, type MessageConnectionOptions } from "./message-connection.ts";
import type { MessageOutlet } from "./message-outlet.ts";
import { TextCookies } from "./text-cookie.ts";
import type { DatagramOutlet } from "./udp-port.ts";

export interface UdpTextOptions extends MessageConnectionOptions {
  /** The reply to a line of a stranger, without its ending; undefined where only a session has one. */
  readonly answerStranger: (line: string) => string | undefined;
}

const OPENED = "COOKIE: ok";
const LINES = /[^\n]*\n|[^\n]+$/g;
const LINE_ENDING = /\r?\n$/;
const SHOWS_COOKIE = /^COOKIE[ \t]+(\S+)\s*$/i;
/**
 * What servers say. Two of them must not go on answering each other's answers because somebody has forged the first
 * question.
 */
const IS_ANSWER = /^(?:#\S+[ \t]+)?(?:\S*:(?:\s|$)|\*)/;

export class UdpTextPeers {
  readonly #port: DatagramOutlet;
  readonly #table: ConnectionTable;
  readonly #options: UdpTextOptions;
  readonly #cookies: TextCookies;
  readonly #peers = new Map<string, UdpTextPeer>();
  #strangersSinceMs = 0;
  #strangers = 0;

  constructor(port: DatagramOutlet, table: ConnectionTable, options: UdpTextOptions, random: SecretRandom) {
    this.#port = port;
    this.#table = table;
    this.#options = options;
    this.#cookies = new TextCookies(random, table.clock.monotonicMs());
  }

  received(octets: Buffer, port: number, address: string): void {
    if (octets.length > limits.udpTextBytesMax) {
      this.#port.figures.ignored++;
      return;
    }
    const name = `${address}:${port}`;
    for (const line of octets.toString("utf8").match(LINES) ?? []) {
      const peer = this.#peers.get(name);
      if (peer !== undefined) this.#peerSaid(peer, line);
      else if (!this.#strangerSaid(line, port, address)) return;
    }
  }

  #peerSaid(peer: UdpTextPeer, line: string): void {
    // The answer to its cookie was lost.
    if (SHOWS_COOKIE.test(line)) return void peer.send(OPENED + endingOf(line));
    try {
      if (!peer.connection.received(line, Buffer.byteLength(line))) this.#port.figures.ignored++;
    } catch (error) {
      peer.connection.failed(asError(error));
    }
  }

  /** False where it still is one: a datagram of a stranger has one answer, whatever is in it. */
  #strangerSaid(line: string, port: number, address: string): boolean {
    const nowMs = this.#table.clock.monotonicMs();
    const text = line.replace(LINE_ENDING, "");
    const reply = IS_ANSWER.test(text) || !this.#mayAnswer(nowMs) ? "" : this.#replyTo(text, port, address, nowMs);
    if (reply === "") this.#port.figures.ignored++;
    else this.#port.queue(Buffer.from(reply + endingOf(line)), port, address);
    return reply === OPENED;
  }

  #replyTo(text: string, port: number, address: string, nowMs: number): string {
    const name = `${address}:${port}`;
    const shown = SHOWS_COOKIE.exec(text)?.[1];
    if (shown !== undefined && this.#cookies.isGood(shown, name, nowMs)) return this.#open(port, address);
    const answer = shown === undefined ? this.#options.answerStranger(text) : undefined;
    return answer ?? `COOKIE: mande antes: COOKIE ${this.#cookies.give(name, nowMs)}`;
  }

  #open(port: number, address: string): string {
    const name = `${address}:${port}`;
    const peer = new UdpTextPeer(this.#port, port, address, () => void this.#peers.delete(name));
    const opened = this.#table.open(address, (id) => new MessageConnection(id, peer, this.#options, this.#table));
    if (typeof opened === "string") return `ERROR: Conexão recusada (${opened}).`;
    peer.connection = opened;
    this.#peers.set(name, peer);
    return OPENED;
  }

  #mayAnswer(nowMs: number): boolean {
    if (nowMs - this.#strangersSinceMs >= 1_000) {
      this.#strangersSinceMs = nowMs;
      this.#strangers = 0;
    }
    return this.#strangers++ < limits.udpStrangersPerSecond;
  }
}

/** What is sent may be lost, and nobody learns of it. */
class UdpTextPeer implements MessageOutlet {
  readonly transport = "udp";
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly queuedBytes = 0;
  readonly holding = false;
  connection!: MessageConnection;
  readonly #port: DatagramOutlet;
  readonly #left: () => void;

  constructor(port: DatagramOutlet, remotePort: number, remoteAddress: string, left: () => void) {
    this.#port = port;
    this.remotePort = remotePort;
    this.remoteAddress = remoteAddress;
    this.#left = left;
  }

  send(text: string): number {
    return this.#send(Buffer.from(text));
  }

  sendShared(message: SharedMessage): number {
    return this.#send(message.encodedFor(UdpTextPeer, () => Buffer.from(message.value as string)));
  }

  finish(): boolean {
    this.#left();
    return true;
  }

  drop(): void {
    // Nothing waits here.
  }

  #send(octets: Uint8Array): number {
    this.#port.queue(octets, this.remotePort, this.remoteAddress);
    return octets.length;
  }
}

function endingOf(line: string): string {
  return LINE_ENDING.exec(line)?.[0] ?? "";
}
