// Messages without an end over TCP, to and from a peer whom nobody vouches for: everything that it may do has a bound.
import type { Socket, SocketHandler } from "bun";

import { systemClock } from "#runtime/base/clock.ts";

import { errorText } from "../load/error-text.ts";
import { SocketWriter } from "../load/socket-writer.ts";
import type { Link, LinkEvents, LinkTarget } from "./link.ts";
import { MessageGatherer, type MessageGrammar } from "./message-gatherer.ts";

/** Messages that a peer may send in one second; players need one or two. */
export const MESSAGES_PER_SECOND_MAX = 32;
const SECOND_MS = 1_000;
/** Between two of ours: existing programs take what comes in one piece for one message. */
export const APART_MS = 20;
/** Of ours that wait for their turn; players have one or two. */
export const OUTGOING_MAX = 32;
/** Who has been told that we close gets what we said last, and so long to close too. */
const LINGER_MS = 1_000;
const NOT_READING = "não lê o que lhe mandamos";

/** Handlers are shared by all links; the link is the socket's data. */
export const MESSAGE_HANDLERS: SocketHandler<MessageLink> = {
  open: (socket) => socket.data.onConnected(socket),
  data: (socket, chunk) => socket.data.onData(socket, chunk),
  drain: (socket) => socket.data.onDrain(socket),
  end: (socket) => void socket.end(),
  close: (socket) => socket.data.onClose(socket),
  error: (socket, error) => socket.data.onFailure(socket, error.message),
  // Told by the promise of `connect`.
  connectError: () => {},
};

export function startMessageLink(target: LinkTarget, events: LinkEvents): Link {
  const { host, port, grammar } = target;
  if (grammar === undefined) throw new TypeError("Cannot open a link for messages: its target has no grammar");
  const link = new MessageLink(grammar, events);
  Bun.connect<MessageLink>({ hostname: host, port, data: link, socket: MESSAGE_HANDLERS }).catch((error: unknown) =>
    link.lose(errorText(error)),
  );
  return link;
}

export class MessageLink implements Link {
  readonly #events: LinkEvents;
  readonly #gatherer: MessageGatherer;
  readonly #writer = new SocketWriter();
  #socket: Socket<MessageLink> | undefined;
  readonly #outgoing: string[] = [];
  /** The next one of ours may go. */
  #freeAtMs = 0;
  #cancelTurn: () => void = () => undefined;
  #cancelSilence: () => void = () => undefined;
  #countedSinceMs = 0;
  #count = 0;
  #isOver = false;

  /** Of its peer: its first socket. Others are ended. */
  constructor(grammar: MessageGrammar, events: LinkEvents) {
    this.#gatherer = new MessageGatherer(grammar);
    this.#events = events;
  }

  /** No socket may come any more. */
  get isTaken(): boolean {
    return this.#isOver || this.#socket !== undefined;
  }

  get localAddress(): string | undefined {
    return this.#socket?.localAddress;
  }

  /** As it is, without an end, and apart from the one before. A peer that does not take it is lost. */
  send(line: string): void {
    if (this.#isOver || this.#socket === undefined) return;
    this.#outgoing.push(line);
    if (this.#outgoing.length > OUTGOING_MAX) this.lose(NOT_READING);
    else if (this.#outgoing.length === 1) this.#sendNext();
  }

  /** What was sent still arrives, where the peer reads it. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const line of this.#outgoing.splice(0)) this.#write(line);
    this.#cancelTimers();
    const socket = this.#socket;
    socket?.end();
    systemClock.after(LINGER_MS, () => void socket?.terminate());
  }

  onConnected(socket: Socket<MessageLink>): void {
    if (this.isTaken) return void socket.terminate();
    socket.setNoDelay(true);
    this.#socket = socket;
    this.#events.opened();
  }

  onData(socket: Socket<MessageLink>, chunk: Uint8Array): void {
    if (this.#isOver || socket !== this.#socket) return;
    this.#cancelSilence();
    const messages = this.#gatherer.take(chunk);
    for (const message of messages ?? []) this.#received(message);
    if (messages === undefined) this.lose("mensagem longa demais");
    const { silenceMs } = this.#gatherer;
    if (silenceMs === undefined || this.#isOver) return;
    this.#cancelSilence = systemClock.after(silenceMs, () => this.#received(this.#gatherer.rest()));
  }

  onDrain(socket: Socket<MessageLink>): void {
    if (socket === this.#socket) this.#writer.drain(socket);
  }

  /** A last message needs no silence. */
  onClose(socket: Socket<MessageLink>): void {
    if (socket !== this.#socket) return;
    const last = this.#gatherer.rest();
    if (last !== "") this.#received(last);
    this.lose("conexão encerrada");
  }

  onFailure(socket: Socket<MessageLink>, reason: string): void {
    if (socket === this.#socket) this.lose(reason);
  }

  lose(reason: string): void {
    if (this.#isOver) return;
    // Before the socket goes: it says that it is closed while it is being closed.
    this.#isOver = true;
    this.#cancelTimers();
    this.#socket?.terminate();
    this.#events.lost(reason);
  }

  #sendNext(): void {
    const nowMs = systemClock.monotonicMs();
    if (nowMs < this.#freeAtMs) {
      this.#cancelTurn = systemClock.after(this.#freeAtMs - nowMs, () => this.#sendNext());
      return;
    }
    const line = this.#outgoing.shift();
    if (line === undefined) return;
    this.#freeAtMs = nowMs + APART_MS;
    this.#write(line);
    if (this.#outgoing.length > 0) this.#sendNext();
  }

  /** What the kernel does not take at once, a peer has not read: a game is a few hundred octets. */
  #write(line: string): void {
    if (this.#socket === undefined) return;
    const bytes = Buffer.from(line);
    this.#writer.write(this.#socket, bytes, bytes.length);
    if (!this.#writer.isFree) this.lose(NOT_READING);
  }

  #cancelTimers(): void {
    this.#cancelTurn();
    this.#cancelSilence();
  }

  /** Empty messages say nothing, and count. */
  #received(message: string): void {
    if (this.#isOver) return;
    const nowMs = systemClock.monotonicMs();
    if (nowMs - this.#countedSinceMs >= SECOND_MS) [this.#countedSinceMs, this.#count] = [nowMs, 0];
    if (++this.#count > MESSAGES_PER_SECOND_MAX) this.lose("mensagens demais");
    else if (message !== "") this.#events.received(message);
  }
}
